// Amp, whose threads are on its server now: what older versions have left, and exports.
//
// Files: <data>/amp/threads/T-<uuid>.json, of all projects together, a document for each thread. A thread
// that was forked begins with copies of the other one's messages.
#include <algorithm>

#include "capture/amp/thread.hpp"
#include "capture/copied_start.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
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
    return {session_in_file(k_amp.name, path, project_of(path, sources), sources)};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("XDG_DATA_HOME");
    const std::string data =
        set && set->starts_with('/') ? *set : fs::join(fs::join(environment.home(), ".local"), "share");
    return {{fs::join(fs::join(data, "amp"), "threads"), true}};
}

std::vector<std::string> threads_in(const std::string& folder, fs::Disk& disk) {
    std::vector<std::string> paths;
    for (const fs::FileInfo& file : disk.list(folder))
        if (file.kind == fs::FileKind::File && role_of(fs::file_name(file.path)) == FileRole::Sessions)
            paths.push_back(file.path);
    return paths;
}

std::vector<std::string> identities_of(const json::Value& thread) {
    std::vector<std::string> all;
    if (const json::Array* messages = thread["messages"].if_array())
        for (const json::Value& message : *messages)
            all.push_back(amp::identity_of(message));
    return all;
}

// Of two threads that begin alike the one that was created later is the fork. Without a reply in it, an equal
// start is no copy: people say the same twice.
amp::Fork fork_of(const std::string& path, const json::Value& thread, Sources& sources,
                  ParsedSession& parsed) {
    const std::string folder = fs::parent(path);
    const Neighbours neighbours{
        "amp " + folder, [&] { return threads_in(folder, sources.disk()); },
        [&](const std::string& other) { return amp::first_identity(start_of_document(other, sources)); }};
    std::vector<std::string> others = alike_beside(path, amp::first_identity(thread), neighbours, sources);
    const std::int64_t created = thread["created"].integer().value_or(0);
    std::erase_if(others, [&](const std::string& other) {
        const std::int64_t at = start_of_document(other, sources)["created"].integer().value_or(0);
        return at == created ? other > path : at > created;
    });
    if (others.empty()) return {};
    const std::vector<std::string> own = identities_of(thread);
    const CopiedStart copied = longest_copied_start(own, others, [&](const std::string& other) {
        ParsedSession apart;
        return identities_of(read_side_document(other, sources, apart));
    });
    const auto end = own.begin() + static_cast<std::ptrdiff_t>(copied.messages);
    const bool has_reply = std::any_of(
        own.begin(), end, [](const std::string& identity) { return identity.starts_with("assistant "); });
    if (!has_reply) return {};
    parsed.files.push_back(copied.session);
    return {copied.messages, std::string(start_of_document(copied.session, sources)["id"].string_or())};
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
    const amp::Fork fork = fork_of(session.locator, *thread, sources, parsed);
    amp::tell(*thread, fork, k_amp.version, parsed);
    finish(k_amp, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_amp{"amp", "Amp", "1.1.0", {false}, nullptr, places, role_of, recognises, list, read};

}  // namespace opentraces::capture
