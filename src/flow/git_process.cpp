#include "flow/git_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "opentraces/core/program_words.hpp"

namespace opentraces::flow {
namespace {

constexpr std::array<const char*, 11> k_careful = {"git",
                                                   "--no-pager",
                                                   "--no-optional-locks",
                                                   "-c",
                                                   "core.fsmonitor=false",
                                                   "-c",
                                                   "core.hooksPath=/dev/null",
                                                   "-c",
                                                   "protocol.allow=never",
                                                   "-c",
                                                   "log.showSignature=false"};
constexpr std::array<const char*, 8> k_environment = {"LC_ALL=C",
                                                      "GIT_CONFIG_NOSYSTEM=1",
                                                      "GIT_CONFIG_GLOBAL=/dev/null",
                                                      "GIT_TERMINAL_PROMPT=0",
                                                      "GIT_NO_LAZY_FETCH=1",
                                                      "GIT_NO_REPLACE_OBJECTS=1",
                                                      "GIT_LITERAL_PATHSPECS=1",
                                                      "GIT_PAGER=cat"};

constexpr std::size_t k_most_output = std::size_t{8} << 20;
constexpr std::chrono::seconds k_patience{10};

// Between fork and exec nothing may be allocated.
[[noreturn]] void become_git(char* const* arguments, char* const* environment, int out) {
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
    ::execvpe("git", arguments, environment);
    ::_exit(127);
}

// False when it takes too long or says too much.
bool read_all(int from, std::string& text) {
    const auto end = std::chrono::steady_clock::now() + k_patience;
    std::array<char, 16384> buffer{};
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        pollfd waiting{from, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return false;
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count <= 0) return count == 0;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > k_most_output) return false;
    }
}

}  // namespace

GitProcess::GitProcess(const std::string& folder, const std::vector<std::string>& question) {
    std::vector<std::string> words(k_careful.begin(), k_careful.end());
    words.insert(words.end(), {"-C", folder});
    words.insert(words.end(), question.begin(), question.end());
    std::vector<std::string> settings(k_environment.begin(), k_environment.end());
    const std::vector<char*> arguments = pointers_to(words);
    const std::vector<char*> environment = pointers_to(settings);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    m_output = ends[0];
    m_child = ::fork();
    if (m_child == 0) become_git(arguments.data(), environment.data(), ends[1]);
    ::close(ends[1]);
}

bool GitProcess::ended_well() {
    if (m_child <= 0) return false;
    int status = 0;
    const bool ended = ::waitpid(m_child, &status, 0) == m_child;
    m_child = -1;
    return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void GitProcess::stop() {
    if (m_child > 0) ::kill(m_child, SIGKILL);
}

GitProcess::~GitProcess() {
    if (m_output >= 0) ::close(m_output);
    stop();
    ended_well();
}

std::string git_answer(const std::string& folder, const std::vector<std::string>& question) {
    GitProcess git(folder, question);
    std::string text;
    const bool whole = git.output() >= 0 && read_all(git.output(), text);
    if (!whole) git.stop();
    const bool ended = git.ended_well();
    return whole && ended ? text : std::string();
}

}  // namespace opentraces::flow
