// Gemini CLI, all versions that keep their chats: <root>/tmp/<project>/chats/session-<time>-<id>.json, since
// 2026 .jsonl, where <root> is $GEMINI_CLI_HOME or the home, /.gemini, and <project> the SHA-256 of the
// project's path, later a name of it. A sub-agent is a session of its own, in chats/<id of its parent>/.
#include "capture/gemini/documents.hpp"
#include "capture/hooks/format.hpp"
#include "capture/rows.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/digest.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.2.0";

FileRole role_of(std::string_view name) {
    const bool own = name.starts_with("session-") && name.ends_with(".json");
    return own || name.ends_with(".jsonl") ? FileRole::Sessions : FileRole::None;
}

bool recognises(const std::string& path, Sources& sources) {
    return gemini::is_session(path, sources) && !gemini::is_of_qwen(path, sources);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    return gemini::list_session(k_gemini, path, sources);
}

std::vector<Place> places(const std::string& project, const Environment& environment) {
    const auto set = environment.get("GEMINI_CLI_HOME");
    const std::string tmp = fs::join(fs::join(set ? *set : environment.home(), ".gemini"), "tmp");
    // The first lies in the second: its sessions do not say where they began.
    return {{fs::join(fs::join(tmp, sha256_hex(project)), "chats"), false}, {tmp, true}};
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    return gemini::read_session(k_gemini, session, sources);
}

// docs/hooks/reference.md of Gemini CLI; it does not wait for what runs when it ends. The time is in
// milliseconds.
constexpr HookSpec k_hook{
    .format = &k_matcher_groups,
    .agent = "gemini",
    .settings = ".gemini/settings.json",
    .sign = ".gemini",
    .event = "SessionEnd",
    .timeout = k_hook_seconds * 1000,
    .user_variable = "GEMINI_CLI_HOME",
    .user_settings = ".gemini/settings.json",
    .to_do = "in a project's settings Gemini CLI runs it only if you trust the folder",
};

}  // namespace

constinit const Agent k_gemini{"gemini", "Gemini CLI", k_version,  {true}, &k_hook,
                               places,   role_of,      recognises, list,   read};

}  // namespace opentraces::capture
