#include "opentraces/flow/background.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "opentraces/core/program_words.hpp"

extern char** environ;

namespace opentraces::flow {
namespace {

// In the grandchild: nothing of the agent is kept open or waited for.
[[noreturn]] void become(std::vector<char*>& arguments, const char* log) {
    ::setsid();
    const int null = ::open("/dev/null", O_RDONLY);
    const int out = ::open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    ::dup2(null, STDIN_FILENO);
    ::dup2(out >= 0 ? out : null, STDOUT_FILENO);
    ::dup2(out >= 0 ? out : null, STDERR_FILENO);
    constexpr int k_last_descriptor = 256;
    for (int fd = 3; fd < k_last_descriptor; ++fd)
        ::close(fd);
    ::execve(arguments.front(), arguments.data(), environ);
    ::_exit(127);
}

bool start(std::vector<std::string> command, const std::string& log) {
    // Made before the fork: between fork and exec nothing may be allocated.
    std::vector<char*> arguments = pointers_to(command);
    const pid_t child = ::fork();
    if (child < 0) return false;
    if (child == 0) {
        const pid_t grandchild = ::fork();
        if (grandchild == 0) become(arguments, log.c_str());
        ::_exit(grandchild < 0 ? 1 : 0);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool start_detached(const Environment& environment, const std::vector<std::string>& words,
                    const std::string& log) {
    if (environment.executable.empty()) return false;
    std::vector<std::string> command{environment.executable};
    command.insert(command.end(), words.begin(), words.end());
    return start(std::move(command), log);
}

bool start_program_detached(const std::vector<std::string>& command) {
    return start(command, "/dev/null");
}

}  // namespace opentraces::flow
