// Factory Droid.
//
// Files: <home>/.factory/sessions/<folder>/<id>.jsonl, in old versions without the folder, and beside each
// <id>.settings.json with the model and the tokens of the whole session. A sub-agent is a session of its own,
// which names its parent. The printed stream of "droid exec" is a session too.
#include "capture/droid/session.hpp"
#include "capture/heads.hpp"
#include "capture/hooks/format.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "opentraces/capture/hook.hpp"

namespace opentraces::capture {
namespace {

FileRole role_of(std::string_view name) {
    if (name.ends_with(".settings.json")) return FileRole::Part;
    return name.ends_with(".jsonl") ? FileRole::Sessions : FileRole::None;
}

bool is_stream(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, droid::is_stream_line);
}

bool is_stored(const std::string& path, Sources& sources) {
    bool is = false;
    starts_with_lines(path, sources, [&](const json::Value& line) {
        is = droid::is_start(line);
        return true;
    });
    return is;
}

bool recognises(const std::string& path, Sources& sources) {
    return is_stored(path, sources) || is_stream(path, sources);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    std::string project =
        first_in_lines(path, sources, [](const json::Value& line) { return line["cwd"].string_or(); });
    return {session_in_file(k_droid.name, path, std::move(project), sources, {droid::settings_path(path)})};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("FACTORY_HOME_OVERRIDE");
    const std::string home = set ? *set : environment.home();
    return {{fs::join(fs::join(home, ".factory"), "sessions"), true}};
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    const bool stream = !is_stored(session.locator, sources) && is_stream(session.locator, sources);
    return stream ? droid::read_stream(session, sources) : droid::read_store(session, sources);
}

// docs.factory.ai/reference/hooks-reference.
constexpr HookSpec k_hook{
    .format = &k_matcher_groups,
    .agent = "droid",
    .settings = ".factory/settings.json",
    .sign = ".factory",
    .event = "SessionEnd",
    .timeout = k_hook_seconds,
    .project_variable = "FACTORY_PROJECT_DIR",
    .user_variable = "FACTORY_HOME_OVERRIDE",
    .user_settings = ".factory/settings.json",
};

}  // namespace

constinit const Agent k_droid{"droid", "Factory Droid", "1.0.0",    {false}, &k_hook,
                              places,  role_of,         recognises, list,    read};

}  // namespace opentraces::capture
