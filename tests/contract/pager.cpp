// The user's pager, on a pseudo terminal: what goes through it, and what happens without one that works.
#include "cli/pager.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/cli/posix_terminal.hpp"
#include "opentraces/cli/signals.hpp"

using namespace opentraces;
using Variables = std::map<std::string, std::string>;

namespace {

class NeverStops final : public Checkpoint {
public:
    bool stop_requested() const override { return false; }
    void wait_readable(int) override {}
    void wait_writable(int descriptor) override {
        pollfd out{descriptor, POLLOUT, 0};
        ::poll(&out, 1, -1);
    }
};

[[noreturn]] void act(const Variables& variables, const std::string& text) {
    ::signal(SIGPIPE, SIG_IGN);
    Environment environment;
    environment.variables = variables;
    NeverStops checkpoint;
    const auto terminal = cli::posix_terminal(environment, checkpoint);
    terminal->page();
    terminal->out(text);
    terminal->flush();
    terminal->out("after\n");
    terminal->flush();
    ::_exit(0);
}

struct Seen {
    std::string screen;
    int status = -1;
};

// What a terminal shows of the text that went through page().
Seen paged(const Variables& variables, const std::string& text) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE((master >= 0 && ::grantpt(master) == 0 && ::unlockpt(master) == 0));
    const int slave = ::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(slave >= 0);
    termios settings{};
    ::tcgetattr(slave, &settings);
    settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    ::tcsetattr(slave, TCSANOW, &settings);
    const pid_t child = ::fork();
    if (child == 0) {
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            ::dup2(slave, fd);
        act(variables, text);
    }
    ::close(slave);
    Seen seen;
    std::array<char, 4096> buffer{};
    pollfd waiting{master, POLLIN, 0};
    while (::poll(&waiting, 1, 30'000) > 0) {
        const ssize_t count = ::read(master, buffer.data(), buffer.size());
        if (count <= 0) break;
        seen.screen.append(buffer.data(), static_cast<std::size_t>(count));
    }
    ::close(master);
    int status = 0;
    ::waitpid(child, &status, 0);
    seen.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return seen;
}

class PagerBench {
public:
    std::string program(const std::string& name, const std::string& text) const {
        const std::string path = m_folder.file(name);
        std::ofstream(path) << text;
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }
    std::string file(const std::string& name) const { return m_folder.file(name); }
    const std::string& folder() const { return m_folder.path(); }

private:
    testing::TemporaryDirectory m_folder;
};

}  // namespace

TEST_CASE("pager: text goes through it, made safe, and what comes later does not") {
    const PagerBench bench;
    const std::string pager = bench.program("pager", "#!/bin/sh\nexec /bin/sed \"s/^/$1/\"\n");
    const Seen seen = paged({{"TERM", "xterm"}, {"PAGER", pager + "  P: "}}, "one\ntwo\x1b[2J\n");
    CHECK(seen.screen == "P:one\nP:two\\x1b[2J\nafter\n");
    CHECK(seen.status == 0);
}

TEST_CASE("pager: less is told to pass colours and to leave one screen alone, unless the user has told it") {
    const PagerBench bench;
    bench.program("less", "#!/bin/sh\nexec /bin/sed \"s/^/$LESS /\"\n");
    CHECK(paged({{"TERM", "xterm"}, {"PATH", bench.folder()}}, "one\n").screen == "FRX one\nafter\n");
    CHECK(paged({{"TERM", "xterm"}, {"PATH", bench.folder()}, {"LESS", "S"}}, "one\n").screen ==
          "S one\nafter\n");
}

TEST_CASE("pager: no shell reads PAGER") {
    const PagerBench bench;
    const std::string pager = bench.program("pager", "#!/bin/sh\nexec /bin/sed \"s/^/$1/\"\n");
    const std::string made = bench.file("made");
    const Seen seen =
        paged({{"TERM", "xterm"}, {"PAGER", pager + " $(touch " + made + ");>" + made}}, "one\n");
    CHECK(seen.screen == "$(touchone\nafter\n");
    CHECK_FALSE(std::filesystem::exists(made));
}

TEST_CASE("pager: one that is not there, or cannot be run, is no error") {
    const PagerBench bench;
    const std::string broken = bench.program("broken",
                                             "\x7f"
                                             "ELF and nothing else");
    for (const Variables& variables :
         {Variables{{"PAGER", "/nowhere/pager"}}, Variables{{"PAGER", broken}},
          Variables{{"PAGER", bench.folder()}}, Variables{{"PAGER", ""}}, Variables{{"PAGER", "cat"}},
          Variables{{"PATH", "/nowhere"}}, Variables{{"NO_PAGER", "1"}, {"PAGER", "/bin/false"}},
          Variables{{"TERM", "dumb"}, {"PAGER", "/bin/false"}}}) {
        const Seen seen = paged(variables, "one\n");
        CHECK(seen.screen == "one\nafter\n");
        CHECK(seen.status == 0);
    }
}

TEST_CASE("pager: one that is left early is no error, however much there was to say") {
    const PagerBench bench;
    std::string text;
    for (int i = 0; i < 31'000; ++i)
        text += "line " + std::to_string(i) + "\n";
    const std::string pager = bench.program("pager", "#!/bin/sh\nread line\necho \"$line\"\n");
    const Seen seen = paged({{"TERM", "xterm"}, {"PAGER", pager}}, text);
    CHECK(seen.screen.starts_with("line 0\n"));
    CHECK(seen.status == 0);
}

TEST_CASE("pager: a program in the working folder is never run") {
    const PagerBench bench;
    bench.program("less", "#!/bin/sh\necho taken\n");
    Environment environment;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(bench.folder());
    for (const char* path : {".", "", ":", "./", "nowhere:."}) {
        environment.variables = {{"PATH", path}};
        if (*path == '\0') environment.variables = {{"PATH", ":nowhere"}};
        CHECK_FALSE(cli::pager_command(environment).has_value());
    }
    environment.variables = {{"PAGER", "./less"}, {"PATH", "/nowhere"}};
    CHECK_FALSE(cli::pager_command(environment).has_value());
    environment.variables = {{"PATH", "/nowhere:" + bench.folder()}};
    CHECK(cli::pager_command(environment) == std::vector<std::string>{bench.file("less")});
    std::filesystem::current_path(before);
}
