#include "opentraces/flow/auto_push.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"

extern char** environ;

namespace opentraces::flow {
namespace {

// In the grandchild: no terminal, no open descriptors of the agent, own session.
[[noreturn]] void become_push(const std::string& program, const std::string& project,
                              const std::string& log) {
    ::setsid();
    const int null = ::open("/dev/null", O_RDONLY);
    const int out =
        ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    ::dup2(null, STDIN_FILENO);
    ::dup2(out >= 0 ? out : null, STDOUT_FILENO);
    ::dup2(out >= 0 ? out : null, STDERR_FILENO);
    constexpr int k_last_descriptor = 256;
    for (int fd = 3; fd < k_last_descriptor; ++fd)
        ::close(fd);
    std::array<std::string, 5> words{program, "-C", project, "push", "--quiet"};
    std::array<char*, 6> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i)
        arguments[i] = words[i].data();
    ::execve(program.c_str(), arguments.data(), environ);
    ::_exit(127);
}

std::set<TraceId> in_open_pushes(store::Store& store) {
    std::set<TraceId> ids;
    for (const store::PushIntent& intent : store.open_pushes()) {
        ids.insert(intent.traces.begin(), intent.traces.end());
        ids.insert(intent.duplicates.begin(), intent.duplicates.end());
    }
    return ids;
}

// Growth that could not be committed when it was captured, because a push was under way.
std::vector<TraceId> growth_in_inbox(store::Store& store) {
    store::Filter inbox;
    inbox.stages = {store::Stage::Inbox};
    std::vector<TraceId> ids;
    for (const store::TraceRow& row : store.list(inbox))
        if (row.revision > 0) ids.push_back(row.id);
    return ids;
}

// What a person has rejected does not come back by itself in a later version.
bool moves_on(store::Store& store, const TraceId& id, const std::set<TraceId>& under_way) {
    bool clean = false;
    for (const store::TraceRow& row : store.revisions(id)) {
        if (row.stage == store::Stage::Rejected || under_way.contains(row.id)) return false;
        if (row.id == id) clean = row.stage == store::Stage::Inbox && !row.needs_review;
    }
    return clean;
}

// Traces that are discarded meanwhile are not there any more.
std::vector<TraceId> clean_in_inbox(store::Store& store, const std::vector<TraceId>& captured) {
    std::vector<TraceId> clean;
    const std::set<TraceId> under_way = in_open_pushes(store);
    std::vector<TraceId> candidates = growth_in_inbox(store);
    candidates.insert(candidates.end(), captured.begin(), captured.end());
    for (const TraceId& id : candidates) {
        try {
            const bool known = std::find(clean.begin(), clean.end(), id) != clean.end();
            if (!known && moves_on(store, id, under_way)) clean.push_back(id);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::NotFound) throw;
        }
    }
    return clean;
}

}  // namespace

std::int64_t commit_clean(store::Store& store, const std::vector<TraceId>& captured, IdSource& ids) {
    constexpr int k_attempts = 5;
    for (int attempt = 1;; ++attempt) {
        const std::vector<TraceId> clean = clean_in_inbox(store, captured);
        if (clean.empty()) return 0;
        try {
            store.commit(clean, "Captured without findings", ids);
            return static_cast<std::int64_t>(clean.size());
        } catch (const Error& error) {
            // Somebody rejects or commits one of them at this moment: what is left is looked at again.
            if (error.code() != ErrorCode::Locked || attempt == k_attempts) throw;
        }
    }
}

void push_detached(const std::string& project, const Environment& environment) {
    if (environment.executable.empty()) return;
    const std::string log = store::in_project(project, store::k_auto_push_log);
    const pid_t child = ::fork();
    if (child < 0) throw Error(ErrorCode::Internal, "cannot start the push in the background");
    if (child == 0) {
        if (::fork() == 0) become_push(environment.executable, project, log);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
}

}  // namespace opentraces::flow
