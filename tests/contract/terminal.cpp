// What every Terminal must do: the real one, over pipes and on a pseudo terminal, and the double.
#include "opentraces/cli/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "catch.hpp"
#include "doubles/buffer_terminal.hpp"
#include "opentraces/cli/posix_terminal.hpp"

using namespace opentraces;
using testing::BufferTerminal;

namespace {

enum class Kind { Buffer, BufferSomebody, Pipes, OnePipe, PseudoTerminal };
constexpr std::array k_kinds{Kind::Buffer, Kind::BufferSomebody, Kind::Pipes, Kind::OnePipe,
                             Kind::PseudoTerminal};

bool has_somebody(Kind kind) {
    return kind == Kind::BufferSomebody || kind == Kind::PseudoTerminal;
}

using Action = std::function<void(cli::Terminal&)>;

struct Seen {
    std::string out;
    std::string err;
    std::string screen;
    bool apart = true;    // out and err are known
    bool ordered = true;  // screen is known
};

class NeverStops final : public Checkpoint {
public:
    bool stop_requested() const override { return false; }
    void wait_readable(int) override {}
    void wait_writable(int) override {}
};

[[noreturn]] void act(int in, int out, int err, const Action& action) {
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    Environment environment;
    environment.variables = {{"TERM", "xterm"}};
    NeverStops checkpoint;
    const auto terminal = cli::posix_terminal(environment, checkpoint);
    action(*terminal);
    terminal->flush();
    ::_exit(0);
}

std::string read_to_end(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = ::read(fd, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    ::close(fd);
    return text;
}

Seen over_pipes(bool one, const std::string& input, const Action& action) {
    std::array<int, 2> in{}, out{}, err{};
    REQUIRE(::pipe2(in.data(), O_CLOEXEC) + ::pipe2(out.data(), O_CLOEXEC) + ::pipe2(err.data(), O_CLOEXEC) ==
            0);
    REQUIRE(::write(in[1], input.data(), input.size()) == static_cast<ssize_t>(input.size()));
    ::close(in[1]);
    const pid_t child = ::fork();
    if (child == 0) act(in[0], out[1], one ? out[1] : err[1], action);
    for (const int fd : {in[0], out[1], err[1]})
        ::close(fd);
    Seen seen;
    seen.apart = !one;
    seen.ordered = one;
    (one ? seen.screen : seen.out) = read_to_end(out[0]);
    seen.err = read_to_end(err[0]);
    ::waitpid(child, nullptr, 0);
    return seen;
}

// Whoever sits there answers what ends in "? ", a line at a time, and ends the input after the last.
class Typist {
public:
    Typist(int master, std::string input) : m_master(master), m_input(std::move(input)) {}

    void look_at(const std::string& screen) {
        if (!screen.ends_with("? ") || screen.size() == m_seen) return;
        m_seen = screen.size();
        const std::size_t end = m_input.find('\n');
        // The second end of input ends a line that was begun.
        const std::string typed = end == std::string::npos ? m_input + (m_input.empty() ? "\x04" : "\x04\x04")
                                                           : m_input.substr(0, end + 1);
        m_input.erase(0, end == std::string::npos ? end : end + 1);
        REQUIRE(::write(m_master, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
    }

private:
    int m_master;
    std::string m_input;
    std::size_t m_seen = 0;
};

Seen on_pseudo_terminal(const std::string& input, const Action& action, bool echo = false) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(master >= 0);
    REQUIRE((::grantpt(master) == 0 && ::unlockpt(master) == 0));
    const int slave = ::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(slave >= 0);
    termios settings{};
    ::tcgetattr(slave, &settings);
    settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    if (!echo) settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(slave, TCSANOW, &settings);
    const pid_t child = ::fork();
    if (child == 0) act(slave, slave, slave, action);
    ::close(slave);
    Seen seen;
    seen.apart = false;
    Typist typist(master, input);
    std::array<char, 4096> buffer{};
    pollfd waiting{master, POLLIN, 0};
    while (::poll(&waiting, 1, 30'000) > 0) {
        const ssize_t count = ::read(master, buffer.data(), buffer.size());
        if (count <= 0) break;
        seen.screen.append(buffer.data(), static_cast<std::size_t>(count));
        typist.look_at(seen.screen);
    }
    ::close(master);
    ::waitpid(child, nullptr, 0);
    return seen;
}

Seen see(Kind kind, const std::string& input, const Action& action) {
    if (kind == Kind::PseudoTerminal) return on_pseudo_terminal(input, action);
    if (kind == Kind::Pipes || kind == Kind::OnePipe) return over_pipes(kind == Kind::OnePipe, input, action);
    BufferTerminal terminal(input, has_somebody(kind));
    terminal.colours = terminal.out_is_terminal();
    action(terminal);
    terminal.flush();
    return {terminal.output, terminal.errors, terminal.screen};
}

const char* said(bool yes) {
    return yes ? "yes " : "no ";
}

std::string answered(const std::optional<std::string>& line) {
    return line ? "<" + *line + ">" : "end";
}

}  // namespace

TEST_CASE("terminal contract: what is written arrives, each where it belongs and in its order") {
    const Kind kind = k_kinds[GENERATE(range(std::size_t{0}, k_kinds.size()))];
    const Seen seen = see(kind, "", [](cli::Terminal& terminal) {
        terminal.out("one\n");
        terminal.err("two\n");
        terminal.out("three\n");
        terminal.flush();
        terminal.out("");
        terminal.err("four\n");
    });
    if (seen.apart) CHECK(seen.out == "one\nthree\n");
    if (seen.apart) CHECK(seen.err == "two\nfour\n");
    if (seen.ordered) CHECK(seen.screen == "one\ntwo\nthree\nfour\n");
}

TEST_CASE("terminal contract: much is not cut") {
    const Kind kind = k_kinds[GENERATE(range(std::size_t{0}, k_kinds.size()))];
    const std::string line = std::string(999, 'x') + "\n";
    const Seen seen = see(kind, "", [&](cli::Terminal& terminal) {
        for (int i = 0; i < 300; ++i)
            terminal.out(line);
    });
    CHECK((seen.apart ? seen.out : seen.screen).size() == 300 * line.size());
}

TEST_CASE("terminal contract: only data may be bytes, and only where nobody sits") {
    const Kind kind = k_kinds[GENERATE(range(std::size_t{0}, k_kinds.size()))];
    const Seen seen = see(kind, "", [](cli::Terminal& terminal) {
        terminal.out("a\x1b[2J\n");
        terminal.err("b\x1b[2J\n");
        terminal.out(said(terminal.has_data()));
        terminal.data("c\x1b[2J\n");
        terminal.out(said(terminal.has_data()));
    });
    const std::string data = has_somebody(kind) ? "c\\x1b[2J\n" : "c\x1b[2J\n";
    if (seen.apart) CHECK(seen.out == "a\\x1b[2J\nno " + data + "yes ");
    if (seen.apart) CHECK(seen.err == "b\\x1b[2J\n");
    if (seen.ordered) CHECK(seen.screen == "a\\x1b[2J\nb\\x1b[2J\nno " + data + "yes ");
}

TEST_CASE("terminal contract: what the streams are, the width, the colours") {
    const Kind kind = k_kinds[GENERATE(range(std::size_t{0}, k_kinds.size()))];
    const Seen seen = see(kind, "", [](cli::Terminal& terminal) {
        terminal.out(std::string(said(terminal.in_is_terminal())) + said(terminal.out_is_terminal()) +
                     said(terminal.err_is_terminal()) + said(terminal.colour()) +
                     std::to_string(terminal.width()));
    });
    CHECK((seen.apart ? seen.out : seen.screen) ==
          (has_somebody(kind) ? "yes yes yes yes 80" : "no no no no 80"));
}

TEST_CASE("terminal contract: input is read to its end, which stays the end") {
    const Kind kind = k_kinds[GENERATE(range(std::size_t{0}, k_kinds.size()))];
    const Seen seen = see(kind, "one\ntwo\n", [](cli::Terminal& terminal) {
        std::string text;
        std::array<char, 3> buffer{};
        std::size_t count = 0;
        do {
            terminal.err("? ");
            count = terminal.read(buffer.data(), buffer.size());
            text.append(buffer.data(), count);
        } while (count > 0);
        terminal.out(answered(text));
    });
    CHECK((seen.apart ? seen.out : seen.screen).ends_with("<one\ntwo\n>"));
}

TEST_CASE("terminal contract: questions go to standard error and take one line each") {
    const Kind kind = k_kinds[GENERATE(range(std::size_t{0}, k_kinds.size()))];
    const Seen seen = see(kind, "ada\n\nsecret\nlast", [](cli::Terminal& terminal) {
        terminal.out(answered(terminal.ask("Name? ")));
        terminal.out(answered(terminal.ask("Nothing? ")));
        terminal.out(answered(terminal.ask_hidden("Token? ")));
        terminal.out(answered(terminal.ask("More? ")));
        terminal.out(answered(terminal.ask("Again? ")));
    });
    if (seen.apart) CHECK(seen.out == "<ada><><secret><last>end");
    if (seen.apart) CHECK(seen.err == "Name? Nothing? Token? \nMore? Again? ");
    if (seen.ordered) CHECK(seen.screen == "Name? <ada>Nothing? <>Token? \n<secret>More? <last>Again? end");
}

TEST_CASE("terminal contract: what is typed unseen is not shown, and the echo comes back") {
    const Seen seen = on_pseudo_terminal(
        "secret\nada\n",
        [](cli::Terminal& terminal) {
            const auto hidden = terminal.ask_hidden("Token? ");
            terminal.out(std::to_string(hidden.value_or("").size()) + "\n");
            terminal.ask("Name? ");
        },
        true);
    CHECK(seen.screen == "Token? \n6\nName? ada\n");
}
