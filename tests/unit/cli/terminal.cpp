#include "opentraces/cli/terminal.hpp"

#include "catch.hpp"
#include "opentraces/cli/error_text.hpp"

using namespace opentraces;

namespace {

class Screen final : public cli::Terminal {
public:
    Screen(bool is_terminal, bool colours) : m_is_terminal(is_terminal), m_colours(colours) {}
    std::size_t read(char*, std::size_t) override { return 0; }
    bool in_is_terminal() const override { return m_is_terminal; }
    bool out_is_terminal() const override { return m_is_terminal; }
    bool err_is_terminal() const override { return m_is_terminal; }
    int width() const override { return 80; }
    bool colour() const override { return m_colours; }
    std::optional<std::string> ask(std::string_view) override { return std::nullopt; }
    std::optional<std::string> ask_hidden(std::string_view) override { return std::nullopt; }
    void flush() override {}
    std::string shown;

protected:
    void write_out(std::string_view bytes) override { shown += bytes; }
    void write_err(std::string_view bytes) override { shown += bytes; }

private:
    bool m_is_terminal;
    bool m_colours;
};

const std::string k_foreign = "a\x1b[2Jb\x1b[32mc\xE2\x80\xAE\n";

}  // namespace

TEST_CASE("terminal: only our own colours pass, and only where there are colours") {
    Screen plain(true, false);
    plain.out(k_foreign);
    CHECK(plain.shown == "a\\x1b[2Jb\\x1b[32mc<U+202E>\n");
    Screen coloured(true, true);
    coloured.out(k_foreign + std::string(cli::k_plain));
    CHECK(coloured.shown == "a\\x1b[2Jb\x1b[32mc<U+202E>\n\x1b[0m");
    Screen errors(true, true);
    errors.err(k_foreign);
    CHECK(errors.shown == "a\\x1b[2Jb\\x1b[32mc<U+202E>\n");
    Screen bar(true, true);
    bar.redraw("up\x1b[2J\nload");
    CHECK(bar.shown == "\r\x1b[Kup\\x1b[2J load");
}

TEST_CASE("terminal: what a filter writes keeps its bytes, except on a terminal") {
    Screen pipe(false, false);
    CHECK_FALSE(pipe.has_data());
    pipe.data(k_foreign);
    CHECK(pipe.shown == k_foreign);
    CHECK(pipe.has_data());
    Screen terminal(true, false);
    terminal.data(k_foreign);
    CHECK(terminal.shown.find('\x1b') == std::string::npos);
}

TEST_CASE("errors: one printable line each, and one in all for the end of a command") {
    const Error error(ErrorCode::NotFound, "no\x1b[2J file\nforged", "do\nthis");
    CHECK(cli::error_text(error) == "error: no\\x1b[2J file forged\nhint: do this\n");
    const Error ended(ErrorCode::Interrupted, "interrupted", "Run it again.");
    CHECK(cli::error_text(ended) == "interrupted. Run it again.\n");
    CHECK(cli::error_text(Error(ErrorCode::NotFound, std::string(5000, 'x'))).size() < 2100);
}
