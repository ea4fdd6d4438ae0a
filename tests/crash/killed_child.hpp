// Work in a process of its own, so that a kill is a real one.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>

#include "catch.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::testing {

// In memory where there is such a place: syncs cost nothing there.
inline std::string base_folder() {
    return std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path().string();
}

enum class Ending { Finished, FinishedBefore, Killed, NoSpace, Wrong };

// FinishedBefore: `work` ended without what was to happen, and said so.
inline constexpr int k_finished_before = 5;

inline Ending in_child(const std::function<void()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int answer = 0;
        try {
            work();
        } catch (const Error& error) {
            const bool full = error.message().find("no space left on device") != std::string::npos;
            answer = error.code() == ErrorCode::DiskFailed && full ? 3 : 4;
        }
        ::_exit(answer);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGKILL ? Ending::Killed : Ending::Wrong;
    if (WEXITSTATUS(status) == 3) return Ending::NoSpace;
    if (WEXITSTATUS(status) == k_finished_before) return Ending::FinishedBefore;
    return WEXITSTATUS(status) == 0 ? Ending::Finished : Ending::Wrong;
}

}  // namespace opentraces::testing
