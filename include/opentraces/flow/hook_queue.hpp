// Sessions that hooks have named and nobody has captured yet: a file each in .opentraces/queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/flow/failures.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {

struct QueuedSession {
    std::string agent;          // that calls it so; empty: it is named by its file
    std::string session;        // its id, or the path of its file
    std::string entry;          // path of the queue's file
    std::uint64_t version = 0;  // other after the session was queued again
};

struct QueuedSessions {
    std::vector<QueuedSession> sessions;  // sorted by entry
    std::size_t unreadable = 0;           // entries that name no session; they stay
};

// `root` is a registered project.
class HookQueue {
public:
    HookQueue(const std::string& root, fs::Disk& disk);

    // Of a session that waits already, once more: what is captured meanwhile may be without its end.
    void add(const std::string& session);
    // By what its agent calls it, where the hook tells no file.
    void add(std::string_view agent, const std::string& id);
    QueuedSessions waiting() const;
    // Captured, or never to be: unless it was queued again since it was listed.
    void done(const QueuedSession& session);
    // Held by one process that captures what waits; others wait for a minute, then Error Locked.
    std::unique_ptr<fs::Lock> wait_for_turn();

private:
    void write(const std::string& named, std::string_view agent, const std::string& session);
    void read(const fs::FileInfo& entry, QueuedSessions& queued) const;

    std::string m_folder;
    std::unique_ptr<fs::Disk> m_disk;
};

// The sessions that wait: of those that are named by their ids, the agent's of this project. What is not
// there, or of none of these agents (empty: any), becomes a failure with status 6.
std::vector<capture::Found> find_queued(const QueuedSessions& waiting, const std::string& root,
                                        const std::vector<std::string>& agents, const Ports& ports,
                                        Failures& failed, Progress& progress);

}  // namespace opentraces::flow
