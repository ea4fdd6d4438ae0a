// Pi (pi-coding-agent), session versions 1 to 3.
//
// Files: <agent>/sessions/--<folder>--/<time>_<id>.jsonl, where folders may share a name: the session's own
// says which. <agent> is ~/.pi/agent.
#include "capture/pi/session.hpp"
#include "capture/rows.hpp"

namespace opentraces::capture {
namespace {

FileRole role_of(std::string_view name) {
    return name.ends_with(".jsonl") ? FileRole::Sessions : FileRole::None;
}

bool recognises(const std::string& path, Sources& sources) {
    return pi::is_session(path, sources) && !pi::is_of_openclaw(path, sources);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    return pi::list(k_pi, path, sources);
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    if (environment.get("PI_CODING_AGENT_SESSION_DIR"))
        return {{pi::folder_from(environment, "PI_CODING_AGENT_SESSION_DIR", {}), true}};
    return {{fs::join(pi::folder_from(environment, "PI_CODING_AGENT_DIR", ".pi/agent"), "sessions"), true}};
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    return pi::read(k_pi, session, sources);
}

}  // namespace

constinit const Agent k_pi{"pi", "Pi", "1.0.0", {false}, nullptr, places, role_of, recognises, list, read};

}  // namespace opentraces::capture
