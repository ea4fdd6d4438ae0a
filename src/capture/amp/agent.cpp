// Amp, whose threads are on its server now: what older versions have left, and exports.
//
// Files: <data>/amp/threads/T-<uuid>.json, of all projects together, a document for each thread.
#include "capture/amp/thread.hpp"
#include "capture/documents.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"

namespace opentraces::capture {
namespace {

FileRole role_of(std::string_view name) {
    return name.starts_with("T-") && name.ends_with(".json") ? FileRole::Sessions : FileRole::None;
}

bool recognises(const std::string& path, Sources& sources) {
    return amp::is_thread(start_of_document(path, sources));
}

// Where it began stands behind the messages.
std::string project_of(const std::string& path, Sources& sources) {
    std::string folder = amp::folder_of(start_of_document(path, sources));
    if (!folder.empty()) return folder;
    ParsedSession unread;
    const std::optional<json::Value> thread = read_session_document(path, sources, unread);
    return thread ? amp::folder_of(*thread) : std::string();
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    return {{std::string(k_amp.name), path, project_of(path, sources),
             fingerprint_of_files({path}, sources.disk())}};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("XDG_DATA_HOME");
    const std::string data =
        set && set->starts_with('/') ? *set : fs::join(fs::join(environment.home(), ".local"), "share");
    return {{fs::join(fs::join(data, "amp"), "threads"), true}};
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    std::optional<json::Value> thread = read_session_document(session.locator, sources, parsed);
    if (!thread) return parsed;
    if (!amp::is_thread(*thread)) {
        refuse(parsed, "not an Amp thread: no id of a thread, or no messages");
        return parsed;
    }
    amp::tell(*thread, k_amp.version, parsed);
    finish(k_amp, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_amp{"amp", "Amp", "1.0.0", {false}, nullptr, places, role_of, recognises, list, read};

}  // namespace opentraces::capture
