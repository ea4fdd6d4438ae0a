// Secrets in the forms in which people and programs write them down: phrases, lists of bytes, keys in
// colours.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "catch.hpp"
#include "opentraces/security/scrub.hpp"
#include "security/rules/pattern.hpp"

using namespace opentraces::security;

namespace {

// Of digests of "opentraces sample"; apart by slashes, so that they are no phrases here.
const std::string_view k_phrases[] = {
    "chaos/suggest/cabbage/right/leave/thank/success/evoke/enable/measure/soul/animal",
    "crime/tray/mystery/path/field/scissors/pave/stadium/zero/easily/raise/cheese/ranch/orient/genuine",
    "tail/camera/spawn/pizza/usual/noodle/mom/wet/exercise/satoshi/mercy/exercise/soup/glimpse/vague/"
    "seminar/brick/social",
    "gap/wool/menu/wealth/pitch/father/hospital/produce/kiwi/forward/syrup/allow/swarm/rain/toward/luxury/"
    "cry/unknown/matter/blue/morning",
    "key/first/venue/front/horn/wool/ginger/accident/cousin/fall/render/zoo/topic/seven/survey/bid/tenant/"
    "three/pear/sell/wise/object/hen/nurse"};

std::string apart_by(std::string_view phrase, const std::string& between) {
    std::string text;
    for (const char c : phrase)
        text += c == '/' ? between : std::string(1, c);
    return text;
}

std::string numbered(std::string_view phrase) {
    std::string text = "1. ";
    int number = 1;
    for (const char c : phrase)
        text += c == '/' ? fmt::format("\n{}. ", ++number) : std::string(1, c);
    return text;
}

std::string redacted(const std::string& text) {
    return redact_text(text).text;
}

std::string token() {
    return expand_sample("ghp_{w36}");
}

std::string key_lines() {
    return expand_sample("{B64}\n{B64}\n{B40}=\n");
}

std::string label(const std::string& what, const std::string& before = "", const std::string& after = "") {
    return before + "-----" + what + after + " RSA PRIVATE " + "KEY-----";
}

}  // namespace

TEST_CASE("phrases of wallets go, wherever they stand") {
    for (const std::string_view phrase : k_phrases) {
        for (const char* between : {" ", ", ", "\n", "  ", "\", \""}) {
            const std::string words = apart_by(phrase, between);
            CAPTURE(words);
            CHECK(redacted("MNEMONIC=\"" + words + "\"\n") == "MNEMONIC=\"[REDACTED]\"\n");
            for (std::size_t shift = 0; shift < 60; ++shift) {
                const std::string before(shift, '.');
                CHECK(redacted(before + " \"" + words + "\"") == before + " \"[REDACTED]\"");
            }
        }
        CHECK(redacted("Write it down:\n" + numbered(phrase) + "\n# end") ==
              "Write it down:\n1. [REDACTED]\n# end");
    }
}

TEST_CASE("words that are no phrase stay") {
    std::string wrong(k_phrases[0]);
    std::swap(wrong[0], wrong[wrong.size() - 1]);
    for (const std::string& words :
         {apart_by("chaos/suggest/cabbage/right/leave/thank/success/evoke/enable/measure/soul/ankle", " "),
          apart_by("abandon/ability/able/about/above/absent/absorb/abstract/absurd/abuse/access/accident",
                   "\n"),
          apart_by(
              "abandon/abandon/abandon/abandon/abandon/abandon/abandon/abandon/abandon/abandon/abandon/about",
              " "),
          apart_by("chaos/suggest/cabbage/right/leave/thank/success/evoke/enable/measure/soul", " ")}) {
        CAPTURE(words);
        CHECK(redacted("a: \"" + words + "\" b") == "a: \"" + words + "\" b");
    }
}

TEST_CASE("tokens that are written as numbers go") {
    for (const char* format : {"{}", "0x{:02x}", "0x{:02X}"}) {
        for (const char* between : {", ", ",", ",\n    "}) {
            std::string list;
            for (const char c : token())
                list +=
                    (list.empty() ? "" : between) + fmt::format(fmt::runtime(format), static_cast<int>(c));
            CAPTURE(list);
            CHECK(redacted("Buffer.from([" + list + "])") == "Buffer.from([[REDACTED]])");
            for (std::size_t shift = 0; shift < 40; ++shift) {
                const std::string before(shift, '.');
                CHECK(redacted(before + "{" + list + "}") == before + "{[REDACTED]}");
            }
        }
    }
    std::string numbers = "[";
    for (int i = 0; i < 200; ++i)
        numbers += fmt::format("{}, ", 32 + i * 37 % 90);
    CHECK(redacted(numbers) == numbers);
}

TEST_CASE("Discord's tokens go in code, and what only looks like them stays") {
    const std::string bot = expand_sample("MTE5MjM0NTY3ODkwMTIzNDU2Nw{}.Gx{w4}.{w38}");
    for (const std::string frame : {"client.login('{}');", "TOKEN = \"{}\"", "Bot {}", "bot.run(r\"{}\")"}) {
        CAPTURE(frame);
        std::string text = frame;
        text.replace(text.find("{}"), 2, bot);
        std::string expected = frame;
        expected.replace(expected.find("{}"), 2, "[REDACTED]");
        CHECK(redacted(text) == expected);
    }
    for (const std::string text : {"import com.foobar.internationalizationandlocalization",
                                   "a.module.internationalizationandlocalizationsupport"})
        CHECK(redacted(text) == text);
}

TEST_CASE("private keys go when terminals colour them, and in lists of lines") {
    const std::string body = key_lines();
    const std::string red = "\x1b[31m";
    const std::string plain = "\x1b[0m";
    for (const std::string& text :
         {label("BEGIN", red, plain) + "\n" + body + label("END"),
          red + "-----" + plain + "BEGIN RSA PRIVATE " + "KEY-----" + plain + "\n" + body + label("END"),
          red + label("BEGIN") + plain + "\n" + red + body.substr(0, 64) + plain + body.substr(64) +
              label("END"),
          label("BEGIN", red, plain) + "\n" + body}) {
        CAPTURE(text);
        const std::string rest = redacted("$ cat key\n" + text + "\n");
        CHECK(rest.find(body.substr(0, 40)) == std::string::npos);
        CHECK(rest.find(body.substr(70, 40)) == std::string::npos);
        CHECK(rest.find(body.substr(131, 30)) == std::string::npos);
    }
    for (const char* between : {"\", \"", "\",\n  \"", "\",\"", "\\n\",\n\"", "\\\", \\\"", "',\n    '"}) {
        CAPTURE(between);
        std::string list = label("BEGIN");
        for (std::size_t at = 0; at < body.size(); at += 65)
            list += between + body.substr(at, 64 - (at > 100 ? 23 : 0));
        list += between + label("END");
        const std::string quote(1, between[0] == '\\' ? '"' : between[0]);
        const std::string rest = redacted("key = [" + quote + list + quote + "]");
        CHECK(rest.find(body.substr(0, 40)) == std::string::npos);
        CHECK(rest.find(body.substr(70, 40)) == std::string::npos);
        CHECK(rest.find(body.substr(131, 30)) == std::string::npos);
    }
}

TEST_CASE("values of INSERT go from the column that names them") {
    const std::string secret = expand_sample("x9Kp2{l6}");
    CHECK(redacted("INSERT INTO u (id, name, password_hash, passwd) VALUES (1, 'a, (b)', 'h', '" + secret +
                   "')") ==
          "INSERT INTO u (id, name, password_hash, passwd) VALUES (1, 'a, (b)', 'h', '[REDACTED]')");
    CHECK(redacted("INSERT INTO u (`passwd`, `name`) VALUES\n ('" + secret + "', 'a'),\n ('" + secret +
                   "', 'b');") ==
          "INSERT INTO u (`passwd`, `name`) VALUES\n ('[REDACTED]', 'a'),\n ('[REDACTED]', 'b');");
    for (const std::string& text :
         {"SELECT name, password FROM u; -- VALUES ('a', '" + secret.substr(0, 3) + "')",
          std::string("INSERT INTO u (name, password) VALUES (?, ?)"),
          std::string("INSERT INTO u (name, password) VALUES ($1, $2)"),
          std::string("call(name, password) VALUES ('a', 'b')")})
        CHECK(redacted(text) == text);
}
