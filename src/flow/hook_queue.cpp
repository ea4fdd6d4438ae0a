#include "opentraces/flow/hook_queue.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>

#include "opentraces/capture/hook.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/fs/lock_within.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_largest_entry = std::size_t{64} << 10;
constexpr std::chrono::minutes k_longest_turn{1};
constexpr std::size_t k_name_digits = 16;
constexpr std::string_view k_suffix = ".json";

std::string entry_name(const std::string& session) {
    return sha256_hex(session).substr(0, k_name_digits) + std::string(k_suffix);
}

bool is_entry(std::string_view name) {
    return name.ends_with(k_suffix) &&
           is_lower_hex(name.substr(0, name.size() - k_suffix.size()), k_name_digits);
}

std::uint64_t version_of(const fs::FileInfo& entry) {
    // Each writing is a new file; the time tells two apart that got the same number.
    return entry.inode ^ static_cast<std::uint64_t>(entry.modified_ns);
}

}  // namespace

HookQueue::HookQueue(const std::string& root, fs::Disk& disk)
    : m_folder(store::in_project(root, store::k_queue_folder)), m_disk(disk.beneath(root)) {}

void HookQueue::add(const std::string& session) {
    write(session, {}, session);
}

void HookQueue::add(std::string_view agent, const std::string& id) {
    write(std::string(agent) + "#" + id, agent, id);
}

void HookQueue::write(const std::string& named, std::string_view agent, const std::string& session) {
    m_disk->make_directories(m_folder, 0700);
    json::Object entry;
    if (!agent.empty()) entry.append("agent", agent);
    entry.append(agent.empty() ? "session" : "id", session);
    m_disk->replace(fs::join(m_folder, entry_name(named)),
                    json::write_document(json::Value(std::move(entry))) + "\n");
}

QueuedSessions HookQueue::waiting() const {
    QueuedSessions queued;
    for (const fs::FileInfo& file : m_disk->list(m_folder))
        if (file.kind == fs::FileKind::File && is_entry(fs::file_name(file.path))) read(file, queued);
    return queued;
}

void HookQueue::read(const fs::FileInfo& entry, QueuedSessions& queued) const {
    try {
        const json::Value text = json::read_document(m_disk->read_all(entry.path, k_largest_entry));
        const std::string agent(text["agent"].string_or());
        std::string session(text[agent.empty() ? "session" : "id"].string_or());
        const bool known = agent.empty() || capture::find_agent(agent) != nullptr;
        if (session.empty() || !known)
            ++queued.unreadable;
        else
            queued.sessions.push_back({agent, std::move(session), entry.path, version_of(entry)});
    } catch (const json::SyntaxError&) {
        ++queued.unreadable;
    } catch (const Error& error) {
        // Another process has captured it meanwhile.
        if (error.code() != ErrorCode::NotFound) throw;
    }
}

void HookQueue::done(const QueuedSession& session) {
    const auto now = m_disk->info(session.entry);
    if (now && version_of(*now) == session.version) m_disk->remove(session.entry);
}

std::unique_ptr<fs::Lock> HookQueue::wait_for_turn() {
    m_disk->make_directories(m_folder, 0700);
    return fs::lock_soon(k_longest_turn, fs::join(m_folder, store::k_lock_file), *m_disk);
}

std::vector<capture::Found> find_queued(const QueuedSessions& waiting, const std::string& root,
                                        const std::vector<std::string>& agents, const Ports& ports,
                                        Failures& failed, Progress& progress) {
    std::vector<std::string> files;
    for (const QueuedSession& one : waiting.sessions)
        if (one.agent.empty()) files.push_back(one.session);
    std::vector<capture::Found> sessions = find_sessions(files, agents, ports.disk, failed, progress);
    std::map<std::string, std::vector<capture::Found>> of_project;
    for (const QueuedSession& one : waiting.sessions) {
        if (one.agent.empty()) continue;
        if (!agents.empty() && std::find(agents.begin(), agents.end(), one.agent) == agents.end()) {
            failed.add(one.session,
                       Error(ErrorCode::NoSessions, "a session of " + one.agent +
                                                        ", which is not among the agents of this project"));
            continue;
        }
        auto [place, is_new] = of_project.try_emplace(one.agent);
        if (is_new) place->second = find_project_sessions(root, {one.agent}, ports, progress);
        const std::size_t before = sessions.size();
        std::copy_if(place->second.begin(), place->second.end(), std::back_inserter(sessions),
                     [&](const capture::Found& found) { return is_called(found.session, one.session); });
        if (sessions.size() == before)
            failed.add(one.session, Error(ErrorCode::NotFound, "no session of this project that " +
                                                                   one.agent + " calls so was found"));
    }
    return sessions;
}

}  // namespace opentraces::flow
