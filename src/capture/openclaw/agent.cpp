// OpenClaw, which runs Pi and writes sessions of its shape, version 3.
//
// Files: <state>/agents/<agent>/sessions/<id>.jsonl, of all projects together; after a reset
// <id>.jsonl.reset.<time>. Beside them lie copies of sessions (<id>.checkpoint.<uuid>.jsonl) and traces of
// runs
// (<id>.trajectory.jsonl), which are no sessions. <state> is ~/.openclaw, once ~/.moltbot and ~/.clawdbot.
#include "capture/pi/session.hpp"
#include "capture/rows.hpp"

namespace opentraces::capture {
namespace {

FileRole role_of(std::string_view name) {
    if (name.find(".jsonl.reset.") != std::string_view::npos) return FileRole::Sessions;
    if (!name.ends_with(".jsonl")) return FileRole::None;
    const bool beside =
        name.find(".checkpoint.") != std::string_view::npos || name.ends_with(".trajectory.jsonl");
    return beside ? FileRole::Part : FileRole::Sessions;
}

bool recognises(const std::string& path, Sources& sources) {
    return pi::is_session(path, sources) && pi::is_of_openclaw(path, sources);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    return pi::list(k_openclaw, path, sources);
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    if (environment.get("OPENCLAW_STATE_DIR"))
        return {{fs::join(pi::folder_from(environment, "OPENCLAW_STATE_DIR", {}), "agents"), true}};
    std::vector<Place> places;
    for (const char* state : {".openclaw", ".moltbot", ".clawdbot"})
        places.push_back({fs::join(fs::join(environment.home(), state), "agents"), true});
    return places;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    return pi::read(k_openclaw, session, sources);
}

}  // namespace

constinit const Agent k_openclaw{"openclaw", "OpenClaw", "1.0.0",    {false}, nullptr,
                                 places,     role_of,    recognises, list,    read};

}  // namespace opentraces::capture
