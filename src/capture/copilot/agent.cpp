// GitHub Copilot CLI: <home>/session-state/<id>/events.jsonl (before 1.0.11 <id>.jsonl, and in
// history-session-state), of all projects together. The transcripts that Copilot's extension for VS Code
// keeps (workspaceStorage/<id>/GitHub.copilot-chat/transcripts/<id>.jsonl) hold the same events, fewer of
// them.
#include "capture/copilot/events.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_ending = ".jsonl";
constexpr std::string_view k_events = "events.jsonl";

FileRole role_of(std::string_view name) {
    return name.ends_with(k_ending) ? FileRole::Sessions : FileRole::None;
}

bool recognises(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, copilot::is_event);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    SessionRef session{std::string(k_copilot.name), path, {}, {}};
    starts_with_lines(path, sources, [&](const json::Value& line) {
        session.project = line["data"]["context"]["cwd"].string_or();
        return !session.project.empty();
    });
    session.fingerprint = fingerprint_of_files({path}, sources.disk());
    return {std::move(session)};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("COPILOT_HOME");
    const std::string root = set ? *set : fs::join(environment.home(), ".copilot");
    return {{fs::join(root, "session-state"), true}, {fs::join(root, "history-session-state"), true}};
}

std::string id_by_place(const std::string& path) {
    const std::string name = fs::file_name(path);
    if (name == k_events) return repair_utf8(fs::file_name(fs::parent(path)));
    return repair_utf8(name.ends_with(k_ending) ? name.substr(0, name.size() - k_ending.size()) : name);
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    copilot::Events events(parsed);
    bool recognised = false;
    const LineTally tally = read_objects(sources, session.locator, [&](json::Value&& line, std::size_t) {
        recognised = recognised || copilot::is_event(line);
        events.take(line);
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed, "not a Copilot session: no line is one of its events");
        return parsed;
    }
    if (events.about().id.empty()) events.about().id = id_by_place(session.locator);
    events.finish(k_version, k_copilot.accounting);
    finish(k_copilot, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_copilot{"copilot", "GitHub Copilot", k_version,  {true}, nullptr,
                                places,    role_of,          recognises, list,   read};

}  // namespace opentraces::capture
