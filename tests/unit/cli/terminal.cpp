#include "opentraces/cli/terminal.hpp"

#include "catch.hpp"
#include "cli/error_text.hpp"
#include "doubles/buffer_terminal.hpp"

using namespace opentraces;
using testing::BufferTerminal;

namespace {

const std::string k_foreign = "a\x1b[2Jb\x1b[32mc\xE2\x80\xAE\n";

}  // namespace

TEST_CASE("terminal: only our own colours pass, and only where there are colours") {
    BufferTerminal plain("", true);
    plain.out(k_foreign);
    CHECK(plain.screen == "a\\x1b[2Jb\\x1b[32mc<U+202E>\n");
    BufferTerminal coloured("", true);
    coloured.colours = true;
    coloured.out(k_foreign + std::string(cli::k_plain));
    CHECK(coloured.screen == "a\\x1b[2Jb\x1b[32mc<U+202E>\n\x1b[0m");
    BufferTerminal errors("", true);
    errors.colours = true;
    errors.err(k_foreign);
    CHECK(errors.screen == "a\\x1b[2Jb\\x1b[32mc<U+202E>\n");
    BufferTerminal bar("", true);
    bar.redraw("up\x1b[2J\nload");
    CHECK(bar.screen == "\rup\\x1b[2J load");
}

TEST_CASE("terminal: what a filter writes keeps its bytes, except on a terminal") {
    BufferTerminal pipe;
    CHECK_FALSE(pipe.has_data());
    pipe.data(k_foreign);
    CHECK(pipe.screen == k_foreign);
    CHECK(pipe.has_data());
    BufferTerminal terminal("", true);
    terminal.data(k_foreign);
    CHECK(terminal.screen.find('\x1b') == std::string::npos);
}

TEST_CASE("errors: one printable line each, and one in all for the end of a command") {
    const Error error(ErrorCode::NotFound, "no\x1b[2J file\nforged", "do\nthis");
    CHECK(cli::error_text(error) == "error: no\\x1b[2J file forged\nhint: do this\n");
    const Error ended(ErrorCode::Interrupted, "interrupted", "Run it again.");
    CHECK(cli::error_text(ended) == "interrupted. Run it again.\n");
    CHECK(cli::error_text(Error(ErrorCode::NotFound, std::string(5000, 'x'))).size() < 2100);
}
