// Parts of values are put together only where they belong together, and encoded text is read within bounds.
#include <zlib.h>

#include <string>

#include "catch.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/security/stream.hpp"
#include "security/rules/pattern.hpp"
#include "security/scan/encoded.hpp"
#include "security/scan/scanner.hpp"

using namespace opentraces;
using namespace opentraces::security;

namespace {

std::string token() {
    return expand_sample("ghp_{}{w36}");
}

std::string redacted(const std::string& text) {
    return redact_text(text).text;
}

std::string deflated(const std::string& text) {
    std::string out(compressBound(text.size()), '\0');
    uLongf size = out.size();
    compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
             text.size());
    return out.substr(0, size);
}

}  // namespace

TEST_CASE("joints: what stands behind a whole token stays") {
    CHECK(redacted(token() + "\nDone in 3 s.\n") == "[REDACTED]\nDone in 3 s.\n");
    CHECK(redacted(token() + "\n2026-01-02T10:00:00 next\n") == "[REDACTED]\n2026-01-02T10:00:00 next\n");
    CHECK(redacted("[\"" + token() + "\", \"status\"]") == "[\"[REDACTED]\", \"status\"]");
    CHECK(redacted("run \"" + token() + "\" \"main\"") == "run \"[REDACTED]\" \"main\"");
    CHECK(redacted("k = \"" + token() + "\" + \"/repo\"") == "k = \"[REDACTED]\" + \"/repo\"");
}

TEST_CASE("joints: beginnings of tokens are no parts of what follows them") {
    for (const std::string text :
         {"[\"sk-ant-\", \"sk-proj-\", \"AKIA\", \"ghp_\", \"glpat-\"]",
          "prefix = \"hf_\"\nsome_long_identifier_here\n", "grep sk-\nreading_the_configuration_file\n",
          "\"hf_\" + \"hub_download_of_a_large_file\""}) {
        INFO(text);
        CHECK(redacted(text) == text);
    }
}

TEST_CASE("encoded: the name before an encoded text stays, and so does text without secrets") {
    const std::string secret = base64("a line\nkey " + token() + "\n");
    CHECK(redacted("SSH_KEY_B64=" + secret + " x") == "SSH_KEY_B64=[REDACTED] x");
    const std::string harmless = base64("just a line of text without anything in it, and another one\n");
    CHECK(redacted("DATA=" + harmless) == "DATA=" + harmless);
}

TEST_CASE("encoded: only the rows of a dump that hold the secret go") {
    const std::string before = "00000000: 6161 6161 6161 6161 6161 6161 6161 610a  aaaaaaaaaaaaaaa.\n";
    std::string dump = before;
    const std::string text = token() + "12345678";  // whole rows
    for (std::size_t at = 0; at < text.size(); at += 16) {
        const std::string row = text.substr(at, 16);
        dump += "000000" + std::string(1, static_cast<char>('1' + static_cast<char>(at / 16))) +
                "0: " + hex({reinterpret_cast<const std::uint8_t*>(row.data()), row.size()}) + "  " + row +
                "\n";
    }
    const std::string after = "00000040: 0a77 6f72 6473 2061 6e64 206d 6f72 650a  .words and more.\n";
    CHECK(redacted(dump + after) == before + "00000010: [REDACTED]\n" + after);
    CHECK(redacted(before + after) == before + after);
}

TEST_CASE("encoded: what is inflated is bounded") {
    CHECK(inflated(deflated("text")) == "text");
    const std::string bomb = deflated(std::string(std::size_t{4} << 20, 'a'));
    CHECK(inflated(bomb).value().size() == k_inflated_floor + k_inflated_ratio * bomb.size());
    CHECK_FALSE(inflated("no zlib").has_value());
    const std::string cut = deflated(std::string(1000, 'a') + token());
    CHECK(inflated(cut.substr(0, cut.size() - 4)).has_value());
}

TEST_CASE("random runs: members that hold digests stay, known forms in them go") {
    const std::string run = expand_sample("{B43}=");
    CHECK(residual_findings("{\"input\":{\"note\":\"" + run + "\"}}").size() == 1);
    CHECK(residual_findings("{\"input\":{\"hashes\":\"" + run + "\"}}").empty());
    CHECK(residual_findings("{\"input\":{\"hashes\":\"" + token() + "\"}}").size() == 1);
}

TEST_CASE("joints: a broken value is put together behind thousands of lines that could begin one") {
    std::string beginnings;
    for (int i = 0; i < 20'000; ++i)
        beginnings += "AKCp\n";
    const std::string whole = token();
    const std::string text = beginnings + "| " + whole.substr(0, 20) + "\n| " + whole.substr(20) + "\nend\n";
    CHECK(redacted(text).find(whole.substr(20)) == std::string::npos);
    CHECK(redacted(text).ends_with("\nend\n"));
}

TEST_CASE("joints: putting together costs a share of the text at most") {
    JoinBudget budget;
    CHECK(budget.allows(0));
    budget.spend(std::size_t{4} << 20);
    CHECK_FALSE(budget.allows(0));
    CHECK_FALSE(budget.allows(std::size_t{100} << 10));
    CHECK(budget.allows(std::size_t{1} << 20));
}

TEST_CASE("joints: a table's second header begins its own column") {
    const std::string secret = expand_sample("{b16}") + "9x";
    const std::string text = "| user | password |\n| a | b |\n| user | password |\n| c | " + secret + " |\n";
    CHECK(redacted(text).find(secret) == std::string::npos);
}

TEST_CASE("joints: a JSON text that nests a thousand times is read as text, and nothing in it is lost") {
    const std::string deep = std::string(2000, '[') + "\"" + token() + "\"" + std::string(2000, ']');
    CHECK_FALSE(is_json(deep));
    CHECK(is_json(std::string(900, '[') + std::string(900, ']')));
    CHECK(redacted(deep).find(token()) == std::string::npos);
}
