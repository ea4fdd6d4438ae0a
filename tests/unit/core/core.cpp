#include "catch.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/core/printable.hpp"
#include "opentraces/core/text.hpp"

using namespace opentraces;

TEST_CASE("every error code has a name and an exit status of the documented table") {
    for (const ErrorRow& row : error_table()) {
        CAPTURE(row.name);
        const int status = static_cast<int>(row.kind);
        CHECK(((status >= 1 && status <= 8) || status == 130));
        CHECK(Error(row.code, "x").hint() == row.hint);
    }
    Error error(ErrorCode::NotFound, "no trace abcd");
    error.add_context("committing");
    CHECK(std::string(error.what()) == "no trace abcd (while committing)");
}

TEST_CASE("date-times are read in any offset and written in UTC") {
    const auto at = parse_iso8601("2026-01-31T23:30:00.5+02:00");
    REQUIRE(at);
    CHECK(format_iso8601(*at) == "2026-01-31T21:30:00.500Z");
    CHECK(format_basic_utc(*at) == "20260131T213000Z");
    CHECK(parse_iso8601("2026-01-31T21:30:00.500123Z") == at);
    CHECK(format_iso8601(*parse_iso8601("1969-12-31")) == "1969-12-31T00:00:00.000Z");
    CHECK(format_iso8601(*parse_iso8601("0007-03-09T04:05:06.078Z")) == "0007-03-09T04:05:06.078Z");
    CHECK(format_iso8601(*parse_iso8601("9999-12-31T23:59:59.999Z") + std::chrono::milliseconds(1)) ==
          "10000-01-01T00:00:00.000Z");
    CHECK(format_iso8601(*parse_iso8601("0000-01-01") - std::chrono::milliseconds(1)) ==
          "-001-12-31T23:59:59.999Z");
    for (const char* text :
         {"", "2026", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00Zjunk"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_iso8601(text));
    }
}

TEST_CASE("digests agree with published vectors") {
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(git_blob_id("hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a");
    CHECK(base64("any carnal pleas") == "YW55IGNhcm5hbCBwbGVhcw==");
    CHECK(hmac_sha256_hex("key", "The quick brown fox jumps over the lazy dog") ==
          "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
}

TEST_CASE("ids: version 5 as in RFC 9562, seeded ones repeat, trace ids depend on all parts") {
    CHECK(uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com") ==
          "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    SeededIds a(7);
    SeededIds b(7);
    CHECK(a.uuid4() == b.uuid4());
    CHECK(a.hex(5).size() == 5);
    const TraceId first = trace_id_for("claude-code", "s", 0);
    CHECK(first == trace_id_for("claude-code", "s", 0));
    CHECK(first != trace_id_for("claude-code", "s", 1));
    CHECK(first != trace_id_for("codex", "s", 0));
}

TEST_CASE("UTF-8 is checked, repaired, counted and cut by code points") {
    std::size_t replaced = 0;
    CHECK(repair_utf8("a\xFF\xC3\xA9\xED\xA0\x80", &replaced) ==
          "a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(replaced == 4);
    CHECK_FALSE(is_valid_utf8("\xC0\x80"));
    CHECK(code_points("a\xC3\xA9\xF0\x9F\x98\x80") == 3);
    CHECK(first_code_points("a\xC3\xA9\xF0\x9F\x98\x80", 2) == "a\xC3\xA9");
    CHECK(first_code_points("ab", 5) == "ab");
}

TEST_CASE("UTF-8 is what the table of the standard calls well-formed, wherever it stands") {
    // Every start of up to four bytes whose parts are at an edge of the table, behind 0 to 16 plain bytes.
    const std::vector<unsigned char> edges{0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                           0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                           0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    const auto by_sequences = [](std::string_view text) {
        std::size_t replaced = 0;
        repair_utf8(text, &replaced);
        return replaced == 0;
    };
    std::size_t wrong = 0;
    std::size_t tried = 0;
    std::string text;
    const auto try_each = [&](const auto& self, std::size_t more) -> void {
        const bool valid = by_sequences(text);
        for (const std::size_t before : {0, 13, 16}) {
            const std::string shifted = std::string(before, 'x') + text;
            wrong += is_valid_utf8(shifted) == valid ? 0 : 1;
            wrong += is_valid_utf8(shifted + std::string(16, 'y')) == valid ? 0 : 1;
            tried += 2;
        }
        if (more == 0) return;
        for (const unsigned char byte : edges) {
            text.push_back(static_cast<char>(byte));
            self(self, more - 1);
            text.pop_back();
        }
    };
    try_each(try_each, 4);
    CHECK(wrong == 0);
    CHECK(tried == (1 + 25 + 625 + 15'625 + 390'625) * 6);
}

TEST_CASE("what a terminal obeys or does not show is made visible") {
    CHECK(printable_line("a\x1b[31m\nb\r\tc\x7f") == "a\\x1b[31m b  c\\x7f");
    CHECK(printable_text("a\n\tb\r") == "a\n\tb\\x0d");
    CHECK(printable_line("x\xC2\x9Bm\x9Bm") == "x\\x9bm\\x9bm");  // C1 in UTF-8, and as a raw byte
    CHECK(printable_line("\xE2\x80\xAEtxt.exe\xE2\x81\xA6") == "<U+202E>txt.exe<U+2066>");
    CHECK(printable_line("p\xE2\x80\x8B\xEF\xBB\xBF\xD8\x9C\xF3\xA0\x81\xA1") ==
          "p<U+200B><U+FEFF><U+061C><U+E0061>");
    const std::string plain = "gr\xC3\xBC\xC3\x9F \xE4\xB8\xAD\xF0\x9F\x98\x80 \xC2\xA0";
    CHECK(printable_text(plain) == plain);
    CHECK_FALSE(find_unseen(plain, 0).has_value());
    CHECK(find_unseen("ab\xFFz", 0)->at == 2);
    CHECK_FALSE(find_unseen("ab\xFFz", 2)->code.has_value());
}

TEST_CASE("what a terminal obeys is found wherever it stands in plain text") {
    for (const std::string unseen : {"\x01", "\x1f", "\x7f", "\xc2\x80", "\xff"}) {
        for (std::size_t at = 0; at < 20; ++at) {
            const std::string text = std::string(at, ' ') + unseen + std::string(20 - at, '~');
            CHECK(find_unseen(text, 0)->at == at);
        }
    }
    CHECK_FALSE(find_unseen(std::string(9, ' ') + std::string(9, '~'), 0));
}
