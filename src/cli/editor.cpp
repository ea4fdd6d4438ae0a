#include "cli/editor.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "cli/users_program.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/program_words.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/hooks.hpp"

namespace opentraces::cli {
namespace {

constexpr int k_not_started = 128;

// What Ctrl-C means is the editor's business while it runs.
class KeysForTheEditor {
public:
    KeysForTheEditor() {
        struct sigaction ignore = {};
        ignore.sa_handler = SIG_IGN;
        ::sigemptyset(&ignore.sa_mask);
        ::sigaction(SIGINT, &ignore, &m_interrupt);
        ::sigaction(SIGQUIT, &ignore, &m_quit);
    }
    ~KeysForTheEditor() {
        ::sigaction(SIGINT, &m_interrupt, nullptr);
        ::sigaction(SIGQUIT, &m_quit, nullptr);
    }
    KeysForTheEditor(const KeysForTheEditor&) = delete;
    KeysForTheEditor& operator=(const KeysForTheEditor&) = delete;

private:
    struct sigaction m_interrupt = {};
    struct sigaction m_quit = {};
};

[[noreturn]] void become(char* const* command, char* const* variables) {
    for (const int number : {SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGHUP})
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(command[0], command, variables);
    ::_exit(127);
}

}  // namespace

std::vector<std::string> editor_command(const Environment& environment, fs::Disk& disk) {
    const auto named = environment.get("VISUAL") ? environment.get("VISUAL") : environment.get("EDITOR");
    std::vector<std::string> words = command_words(named.value_or(""));
    if (words.empty())
        throw Error(ErrorCode::ConfigInvalid, "no editor is known: neither VISUAL nor EDITOR is set",
                    "Run: EDITOR=nano opentraces config edit, or change one setting with: opentraces config "
                    "set KEY VALUE");
    std::string& program = words.front();
    const std::string found = program.starts_with('/') && disk.info(program)
                                  ? program
                                  : flow::program_on_path(program, environment, disk);
    if (found.empty())
        throw Error(ErrorCode::ConfigInvalid,
                    fmt::format("the editor '{}' is not there", printable_line(program)),
                    "Set VISUAL or EDITOR to a program in a folder of PATH, or to its full path.");
    program = found;
    return words;
}

int run_editor(std::vector<std::string> command, const std::string& path, const Environment& environment) {
    command.push_back(path);
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment.variables)
        variables.push_back(name + "=" + value);
    const std::vector<char*> arguments = pointers_to(command);
    const std::vector<char*> settings = pointers_to(variables);
    const KeysForTheEditor keys;
    const pid_t child = ::fork();
    if (child == 0) become(arguments.data(), settings.data());
    if (child < 0) return k_not_started;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return k_not_started;
    return WIFEXITED(status) ? WEXITSTATUS(status) : k_not_started + WTERMSIG(status);
}

}  // namespace opentraces::cli
