// Pi (pi-coding-agent), session versions 1 to 3.
//
// Files: <agent>/sessions/--<folder>--/<time>_<id>.jsonl, where folders may share a name: the session's own
// says which. <agent> is ~/.pi/agent.
#include "capture/hooks/format.hpp"
#include "capture/pi/session.hpp"
#include "capture/rows.hpp"
#include "opentraces/capture/hook.hpp"

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

// docs/extensions.md of Pi: a module in its folder of extensions.
constexpr HookSpec k_hook{
    .format = &k_module,
    .agent = "pi",
    .settings = ".pi/extensions/opentraces.ts",
    .sign = ".pi",
    .event = "session_shutdown",
    .user_variable = "PI_CODING_AGENT_DIR",
    .user_folder = ".pi/agent",
    .user_settings = "extensions/opentraces.ts",
    .script = R"(import { spawnSync } from "node:child_process";

const command = @COMMAND@;

export default function (pi) {
  pi.on("session_shutdown", async (event, ctx) => {
    try {
      const call = {
        transcript_path: ctx.sessionManager.getSessionFile(),
        cwd: ctx.cwd,
        hook_event_name: "session_shutdown",
      };
      spawnSync("/bin/sh", ["-c", command], {
        input: JSON.stringify(call),
        stdio: ["pipe", "ignore", "ignore"],
        timeout: 10000,
      });
    } catch {
      // Pi ends as it would without this.
    }
  });
}
)",
    .own_file = true,
};

}  // namespace

constinit const Agent k_pi{"pi", "Pi", "1.0.0", {false}, &k_hook, places, role_of, recognises, list, read};

}  // namespace opentraces::capture
