#include "cli/pager.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "cli/users_program.hpp"
#include "opentraces/core/program_words.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::cli {
namespace {

bool can_be_run(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string find_program(const std::string& name, const Environment& environment) {
    if (name.find('/') != std::string::npos) return name.front() == '/' && can_be_run(name) ? name : "";
    const std::string path = environment.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        const std::string folder = path.substr(begin, end - begin);
        if (folder.starts_with('/') && can_be_run(fs::join(folder, name))) return fs::join(folder, name);
        begin = end + 1;
    }
    return {};
}

// Colours pass, one screen needs no pager, and it leaves the screen as it is.
constexpr std::string_view k_less_options = "FRX";

std::vector<std::string> variables_for(const Environment& environment) {
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment.variables)
        variables.push_back(name + "=" + value);
    if (!environment.get("LESS")) variables.push_back("LESS=" + std::string(k_less_options));
    return variables;
}

// In the child. Says through `failed` when there is nothing to run.
[[noreturn]] void become(int text, int failed, char* const* command, char* const* variables) {
    ::dup2(text, STDIN_FILENO);
    // The pager decides what Ctrl-C means to it, and wants to know when nobody reads.
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(command[0], command, variables);
    const char reason = 1;
    static_cast<void>(!::write(failed, &reason, 1));
    ::_exit(127);
}

void wait_for(pid_t child) {
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace

std::optional<std::vector<std::string>> pager_command(const Environment& environment) {
    const bool named = environment.variables.contains("PAGER");  // also as nothing
    const bool none = environment.get("NO_PAGER") || environment.get("TERM").value_or("") == "dumb";
    if (none) return std::nullopt;
    std::vector<std::string> words =
        named ? command_words(environment.get("PAGER").value_or("")) : std::vector<std::string>{"less"};
    if (words.empty() || words.front() == "cat") return std::nullopt;
    words.front() = find_program(words.front(), environment);
    if (words.front().empty()) return std::nullopt;
    return words;
}

std::unique_ptr<Pager> Pager::start(const std::vector<std::string>& command, const Environment& environment) {
    std::vector<std::string> words = command;
    std::vector<std::string> variables = variables_for(environment);
    const std::vector<char*> arguments = pointers_to(words);
    const std::vector<char*> settings = pointers_to(variables);
    std::array<int, 2> text{};
    if (::pipe2(text.data(), O_CLOEXEC) != 0) return nullptr;
    std::array<int, 2> failed{};
    if (::pipe2(failed.data(), O_CLOEXEC) != 0) {
        ::close(text[0]);
        ::close(text[1]);
        return nullptr;
    }
    const pid_t child = ::fork();
    if (child == 0) become(text[0], failed[1], arguments.data(), settings.data());
    ::close(text[0]);
    ::close(failed[1]);
    char reason = 0;
    ssize_t told = 0;
    while (child > 0 && (told = ::read(failed[0], &reason, 1)) < 0 && errno == EINTR) {
    }
    ::close(failed[0]);
    if (child > 0 && told == 0) return std::unique_ptr<Pager>(new Pager(text[1], child));
    ::close(text[1]);
    if (child > 0) wait_for(child);
    return nullptr;
}

Pager::~Pager() {
    ::close(m_descriptor);
    wait_for(m_child);
}

}  // namespace opentraces::cli
