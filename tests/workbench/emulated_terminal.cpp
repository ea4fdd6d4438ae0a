#include "workbench/emulated_terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

#include <array>
#include <functional>

#include "catch.hpp"
#include "opentraces/core/text.hpp"
#include "where.hpp"

namespace opentraces::testing {

// What libvterm tells, kept.
struct EmulatedTerminal::Emulator {
    Emulator(std::size_t rows, std::size_t columns)
        : terminal(::vterm_new(static_cast<int>(rows), static_cast<int>(columns))) {
        ::vterm_set_utf8(terminal, 1);
        screen = ::vterm_obtain_screen(terminal);
        ::vterm_screen_enable_altscreen(screen, 1);
        callbacks.settermprop = [](VTermProp property, VTermValue* value, void* self) {
            static_cast<Emulator*>(self)->note(property, *value);
            return 1;
        };
        ::vterm_screen_set_callbacks(screen, &callbacks, this);
        ::vterm_screen_reset(screen, 1);
    }
    ~Emulator() { ::vterm_free(terminal); }
    Emulator(const Emulator&) = delete;
    Emulator& operator=(const Emulator&) = delete;

    void note(VTermProp property, const VTermValue& value) {
        if (property == VTERM_PROP_ALTSCREEN) other_screen = value.boolean != 0;
        if (property == VTERM_PROP_CURSORVISIBLE) cursor_visible = value.boolean != 0;
        if (property == VTERM_PROP_MOUSE) mouse = value.number != VTERM_PROP_MOUSE_NONE;
    }

    using Visit = std::function<void(const VTermScreenCell&)>;
    // Each cell, and null behind each row.
    void visit(const Visit& cell, const std::function<void()>& end_of_row) const {
        int rows = 0;
        int columns = 0;
        ::vterm_get_size(terminal, &rows, &columns);
        for (int row = 0; row < rows; ++row) {
            for (int column = 0; column < columns;) {
                VTermScreenCell found{};
                ::vterm_screen_get_cell(screen, {row, column}, &found);
                cell(found);
                column += found.width > 0 ? found.width : 1;
            }
            end_of_row();
        }
    }

    VTerm* terminal;
    VTermScreen* screen = nullptr;
    VTermScreenCallbacks callbacks{};
    bool other_screen = false;
    bool cursor_visible = true;
    bool mouse = false;
};

namespace {

constexpr int k_patience_ms = 30'000;

std::string letters_of(const VTermScreenCell& cell) {
    std::string text;
    for (const std::uint32_t code : cell.chars) {
        if (code == 0) break;
        append_utf8(text, static_cast<char32_t>(code));
    }
    return text.empty() ? " " : text;
}

[[noreturn]] void become(const std::string& slave, const std::filesystem::path& folder,
                         std::vector<std::string> words,
                         const std::map<std::string, std::string>& environment) {
    ::setsid();
    const int terminal = ::open(slave.c_str(), O_RDWR);  // becomes the controlling one
    ::ioctl(terminal, TIOCSCTTY, 0);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(terminal, descriptor);
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    std::vector<std::string> pairs;
    for (const auto& [name, value] : environment)
        pairs.push_back(name + "=" + value);
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<char*> variables;
    for (std::string& pair : pairs)
        variables.push_back(pair.data());
    variables.push_back(nullptr);
    ::execve(arguments[0], arguments.data(), variables.data());
    ::_exit(127);
}

winsize size_of(std::size_t rows, std::size_t columns) {
    return {static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
}

}  // namespace

EmulatedTerminal::EmulatedTerminal(Workbench& bench, const std::vector<std::string>& arguments,
                                   std::size_t rows, std::size_t columns, const std::string& type)
    : m_master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)),
      m_emulator(std::make_unique<Emulator>(rows, columns)) {
    REQUIRE((m_master >= 0 && ::grantpt(m_master) == 0 && ::unlockpt(m_master) == 0));
    const std::string slave = ::ptsname(m_master);
    m_slave = ::open(slave.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(m_slave >= 0);
    const winsize size = size_of(rows, columns);
    ::ioctl(m_master, TIOCSWINSZ, &size);
    auto environment = bench.environment();
    environment["TERM"] = type;
    std::vector<std::string> words{testing::program_to_test()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    m_child = ::fork();
    if (m_child == 0) become(slave, bench.working_directory(), words, environment);
    REQUIRE(m_child > 0);
}

EmulatedTerminal::~EmulatedTerminal() {
    if (m_child > 0) {
        ::kill(m_child, SIGKILL);
        ::waitpid(m_child, nullptr, 0);
    }
    ::close(m_slave);
    ::close(m_master);
}

void EmulatedTerminal::type(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_master, bytes.data(), bytes.size());
        if (count <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void EmulatedTerminal::resize(std::size_t rows, std::size_t columns) {
    settle();
    const winsize size = size_of(rows, columns);
    ::vterm_set_size(m_emulator->terminal, size.ws_row, size.ws_col);
    ::ioctl(m_master, TIOCSWINSZ, &size);
}

void EmulatedTerminal::send(int signal) const {
    ::kill(m_child, signal);
}

bool EmulatedTerminal::take(int milliseconds) {
    pollfd waiting{m_master, POLLIN, 0};
    if (::poll(&waiting, 1, milliseconds) <= 0 || (waiting.revents & POLLIN) == 0) return false;
    std::array<char, 65536> buffer{};
    const ssize_t count = ::read(m_master, buffer.data(), buffer.size());
    if (count <= 0) return false;
    m_written.append(buffer.data(), static_cast<std::size_t>(count));
    ::vterm_input_write(m_emulator->terminal, buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::string EmulatedTerminal::screen() {
    while (take(0)) {
    }
    std::string text;
    std::string line;
    m_emulator->visit([&](const VTermScreenCell& cell) { line += letters_of(cell); },
                      [&] {
                          line.erase(line.find_last_not_of(' ') + 1);
                          text += line + "\n";
                          line.clear();
                      });
    return text;
}

std::string EmulatedTerminal::row(std::size_t number) {
    const std::string text = screen();
    std::size_t begin = 0;
    for (std::size_t i = 0; i < number; ++i)
        begin = text.find('\n', begin) + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
}

void EmulatedTerminal::wait_for(std::string_view text) {
    for (int waited = 0; waited < k_patience_ms; waited += 20) {
        if (screen().find(text) != std::string::npos) return;
        take(20);
    }
    FAIL("the screen never said: " << text << "\n" << screen());
}

void EmulatedTerminal::wait_until_gone(std::string_view text) {
    for (int waited = 0; waited < k_patience_ms; waited += 20) {
        if (screen().find(text) == std::string::npos) return;
        take(20);
    }
    FAIL("the screen always said: " << text << "\n" << screen());
}

void EmulatedTerminal::settle() {
    while (take(150)) {
    }
}

int EmulatedTerminal::wait() {
    int status = 0;
    for (int waited = 0; waited < k_patience_ms; waited += 10) {
        take(10);
        if (::waitpid(m_child, &status, WNOHANG) != m_child) continue;
        m_child = -1;
        settle();
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    FAIL("the program did not end in 30 s\n" << screen());
    return -1;
}

std::string EmulatedTerminal::letters_with(Look look) {
    while (take(0)) {
    }
    std::string text;
    m_emulator->visit(
        [&](const VTermScreenCell& cell) {
            const bool has_colour =
                !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
            const bool wanted = look == Look::Bold      ? cell.attrs.bold != 0
                                : look == Look::Reverse ? cell.attrs.reverse != 0
                                                        : has_colour;
            if (wanted) text += letters_of(cell);
        },
        [&] { text += "\n"; });
    return text;
}

bool EmulatedTerminal::on_other_screen() const {
    return m_emulator->other_screen;
}
bool EmulatedTerminal::reports_mouse() const {
    return m_emulator->mouse;
}
bool EmulatedTerminal::cursor_is_visible() const {
    return m_emulator->cursor_visible;
}

bool EmulatedTerminal::is_cooked() const {
    termios settings{};
    REQUIRE(::tcgetattr(m_slave, &settings) == 0);
    constexpr tcflag_t k_wanted = ICANON | ECHO | ISIG | IEXTEN;
    return (settings.c_lflag & k_wanted) == k_wanted && (settings.c_iflag & ICRNL) != 0;
}

}  // namespace opentraces::testing
