// Gemini CLI, all versions that keep their chats: <root>/tmp/<project>/chats/session-<time>-<id>.json, since
// 2026 .jsonl, where <root> is $GEMINI_CLI_HOME or the home, /.gemini, and <project> the SHA-256 of the
// project's path, later a name of it. A sub-agent is a session of its own, in chats/<id of its parent>/.
#include "capture/gemini/documents.hpp"
#include "capture/rows.hpp"
#include "opentraces/core/digest.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.1.0";

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

}  // namespace

constinit const Agent k_gemini{"gemini", "Gemini CLI", k_version,  {true}, nullptr,
                               places,   role_of,      recognises, list,   read};

}  // namespace opentraces::capture
