// Kimi CLI: <share>/sessions/<MD5 of the working directory>/<id>/wire.jsonl, with the context of the model in
// context.jsonl beside it, which is the session where there is no log; <share>/kimi.json lists the
// directories. Kimi Code: <home>/sessions/<folder>/<id>/ agents/<agent>/wire.jsonl with state.json in <id>;
// agents other than "main" are sessions of their own.
#include <algorithm>

#include "capture/describe.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/hooks/format.hpp"
#include "capture/kimi/context.hpp"
#include "capture/kimi/wire.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/md5.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.1.0";
constexpr std::string_view k_ending = ".jsonl";
constexpr std::string_view k_wire = "wire.jsonl";
constexpr std::string_view k_context = "context.jsonl";
constexpr std::string_view k_main = "main";

FileRole role_of(std::string_view name) {
    if (!name.ends_with(k_ending)) return FileRole::None;
    if (name == k_context) return FileRole::Perhaps;
    return name.starts_with("context") ? FileRole::Part : FileRole::Sessions;
}

bool recognises(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, [](const json::Value& line) {
        return kimi::is_wire_line(line) || kimi::is_context_line(line);
    });
}

bool is_context(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, kimi::is_context_line);
}

// What the place of a log says.
struct PlaceOfLog {
    bool is_code = false;  // of Kimi Code
    std::string folder;    // of the session
    std::string agent;     // "main", "agent-0"
};

PlaceOfLog place_of(const std::string& path) {
    PlaceOfLog place{false, fs::parent(path), std::string(k_main)};
    const std::string agents = fs::parent(place.folder);
    if (fs::file_name(path) != k_wire || fs::file_name(agents) != "agents") return place;
    place.is_code = true;
    place.agent = fs::file_name(place.folder);
    place.folder = fs::parent(agents);
    return place;
}

std::string session_id(const std::string& path, const PlaceOfLog& place) {
    std::string name = fs::file_name(path);
    if (name == k_wire || name == k_context) {
        name = fs::file_name(place.folder);
        if (place.agent != k_main) name += "/" + place.agent;
    } else if (name.ends_with(k_ending)) {
        name.resize(name.size() - k_ending.size());
    }
    return repair_utf8(name);
}

json::Value start_of(const std::string& path, Sources& sources) {
    return is_file_itself(path, sources.disk()) ? start_of_document(path, sources) : json::Value();
}

// Of Kimi CLI: the listed directory whose digest the session's folder is named after.
std::string listed_directory(const PlaceOfLog& place, Sources& sources) {
    const std::string digests = fs::parent(place.folder);
    const std::string digest = fs::file_name(digests);
    const json::Value listed = start_of(fs::join(fs::parent(fs::parent(digests)), "kimi.json"), sources);
    const json::Array* folders = listed["work_dirs"].if_array();
    for (std::size_t at = 0; folders != nullptr && at < folders->size(); ++at) {
        const std::string_view folder = (*folders)[at]["path"].string_or((*folders)[at].string_or());
        if (!folder.empty() && digest.ends_with(md5_hex(folder))) return std::string(folder);
    }
    return {};
}

std::string state_beside(const PlaceOfLog& place) {
    return fs::join(place.folder, "state.json");
}

std::string project_of(const std::string& path, const PlaceOfLog& place, Sources& sources) {
    if (!place.is_code) return listed_directory(place, sources);
    const json::Value state = start_of(state_beside(place), sources);
    std::string project(state["workDir"].string_or(state["cwd"].string_or()));
    if (!project.empty()) return project;
    starts_with_lines(path, sources, [&](const json::Value& line) {
        project = line["cwd"].string_or(line["environmentDisclosure"]["cwd"].string_or());
        return !project.empty();
    });
    return project;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    const PlaceOfLog place = place_of(path);
    const std::string context = fs::join(place.folder, std::string(k_context));
    const bool has_log = sources.disk().info(fs::join(place.folder, std::string(k_wire))).has_value();
    if (path == context && has_log) return {};
    return {session_in_file(k_kimi.name, path, project_of(path, place, sources), sources,
                            {state_beside(place), context})};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto share = environment.get("KIMI_SHARE_DIR");
    const auto home = environment.get("KIMI_CODE_HOME");
    return {{fs::join(share ? *share : fs::join(environment.home(), ".kimi"), "sessions"), true},
            {fs::join(home ? *home : fs::join(environment.home(), ".kimi-code"), "sessions"), true}};
}

// The prompt of the system is the first line of the context; all other lines are in the log, too.
void take_context(const PlaceOfLog& place, Sources& sources, SessionBuilder& session, ParsedSession& parsed) {
    const std::string path = fs::join(place.folder, std::string(k_context));
    if (place.is_code || !is_file_itself(path, sources.disk())) return;
    parsed.files.push_back(path);
    starts_with_lines(path, sources, [&session](const json::Value& line) {
        const std::string_view role = line["role"].string_or();
        if (role == "_system_prompt" || role == "system")
            session.set_system_prompt(std::string(line["content"].string_or()));
        return !role.starts_with('_');
    });
}

void describe(const PlaceOfLog& place, const std::string& path, Sources& sources, SessionBuilder& session,
              ParsedSession& parsed) {
    const std::string name = fs::file_name(path);
    session.about.id = session_id(path, place);
    if (name != k_wire && name != k_context) return;
    session.about.directory = project_of(path, place, sources);
    const json::Value state = read_side_document(state_beside(place), sources, parsed);
    if (place.agent == k_main) {
        session.about.title = state["title"].string_or(state["custom_title"].string_or());
        return;
    }
    session.about.is_subagent = true;
    const std::string_view parent = state["agents"][place.agent]["parentAgentId"].string_or(k_main);
    session.about.parent = session_id(path, {true, place.folder, std::string(parent)});
}

ParsedSession read_context(const std::string& path, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(path);
    kimi::Context context(parsed);
    describe(place_of(path), path, sources, context.session(), parsed);
    add_tally(
        read_objects(sources, path, [&context](json::Value&& line, std::size_t) { context.take(line); }),
        parsed.report);
    context.finish(k_version);
    finish(k_kimi, parsed);
    return parsed;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    if (is_context(session.locator, sources)) return read_context(session.locator, sources);
    ParsedSession parsed;
    const std::string& path = session.locator;
    const PlaceOfLog place = place_of(path);
    parsed.files.push_back(path);
    kimi::Wire wire(parsed, place.is_code && place.agent != k_main);
    describe(place, path, sources, wire.session(), parsed);
    take_context(place, sources, wire.session(), parsed);
    bool recognised = false;
    const LineTally tally = read_objects(sources, path, [&](json::Value&& line, std::size_t) {
        recognised = recognised || kimi::is_wire_line(line);
        wire.take(std::move(line));
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed, "not a Kimi session: no line is one of its wire logs");
        return parsed;
    }
    wire.finish(k_version);
    finish(k_kimi, parsed);
    return parsed;
}

// docs/en/customization/hooks.md of Kimi CLI: in the user's config.toml alone. It names no file.
constexpr HookSpec k_hook{
    .format = &k_toml_tables,
    .agent = "kimi",
    .event = "SessionEnd",
    .timeout = k_hook_seconds,
    .user_variable = "KIMI_SHARE_DIR",
    .user_folder = ".kimi",
    .user_settings = "config.toml",
    .keys = {.transcript = {}},
};

}  // namespace

constinit const Agent k_kimi{"kimi", "Kimi",  k_version,  {false}, &k_hook,
                             places, role_of, recognises, list,    read};

}  // namespace opentraces::capture
