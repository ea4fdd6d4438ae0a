// iFlow CLI: ~/.iflow/projects/<project's path with hyphens>/session-<id>.jsonl. How it names the folders of
// projects is not known to the last character: the lines say where a session began.
#include <algorithm>

#include "capture/heads.hpp"
#include "capture/iflow/chat.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.2.0";
constexpr std::string_view k_lines = ".jsonl";

FileRole role_of(std::string_view name) {
    return name.ends_with(k_lines) ? FileRole::Sessions : FileRole::None;
}

bool recognises(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, iflow::is_line);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    std::string project =
        first_in_lines(path, sources, [](const json::Value& line) { return line["cwd"].string_or(); });
    return {session_in_file(k_iflow.name, path, std::move(project), sources)};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    return {{fs::join(fs::join(environment.home(), ".iflow"), "projects"), true}};
}

std::string name_of(const std::string& path) {
    std::string name = repair_utf8(fs::file_name(path));
    name.resize(std::min(name.find(k_lines), name.size()));
    return name;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    bool recognised = false;
    iflow::Chat chat(parsed);
    const LineTally tally = read_objects(sources, session.locator, [&](json::Value&& line, std::size_t) {
        recognised = recognised || iflow::is_line(line);
        chat.take(line);
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed,
               "not an iFlow session: no line has a sessionId \"session-…\" and a message with content");
        return parsed;
    }
    chat.finish(name_of(session.locator), k_version);
    finish(k_iflow, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_iflow{"iflow", "iFlow CLI", k_version,  {false}, nullptr,
                              places,  role_of,     recognises, list,    read};

}  // namespace opentraces::capture
