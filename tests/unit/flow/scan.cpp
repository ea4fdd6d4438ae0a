// Streams of text and JSON through the scanner.
#include "opentraces/flow/scan.hpp"
#include "catch.hpp"
#include "opentraces/security/stream.hpp"
#include "security/rules/pattern.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

using namespace opentraces;
using security::expand_sample;

namespace {

// Hands out the text in pieces of any size.
json::ByteSource source_of(const std::string& text, std::size_t piece) {
    return [&text, piece, at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        const std::size_t count = std::min({size, piece, text.size() - at});
        std::memcpy(buffer, text.data() + at, count);
        at += count;
        return count;
    };
}

struct Result {
    std::string text;
    std::vector<security::Finding> findings;
    flow::ScanSummary summary;
};

Result run(const std::string& text, std::size_t piece = 65'536) {
    Result result;
    json::StringSink sink;
    result.summary = flow::scan_stream(source_of(text, piece), "stdin", {}, &sink,
                                       [&](const security::Finding& finding, const flow::FindingContext&) {
                                           result.findings.push_back(finding);
                                       });
    result.text = sink.text();
    return result;
}

}  // namespace

TEST_CASE("text passes byte for byte except for what is found") {
    const std::string token = expand_sample("ghp_{}{w36}");
    const std::string text = "first\r\nbytes \xff\xfe stay\nkey " + token + " end\nlast";
    const Result result = run(text, 7);
    CHECK(result.text == "first\r\nbytes \xff\xfe stay\nkey [REDACTED] end\nlast");
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].line == 3);
    CHECK(result.findings[0].offset == text.find(token));
    CHECK(result.findings[0].length == token.size());
    CHECK(result.summary.bytes == text.size());
}

TEST_CASE("nothing is missed at the borders of windows") {
    const std::string token = expand_sample("ghp_{}{w36}");
    const std::string key = expand_sample(
        "-----BEGIN {}RSA PRIVATE KEY-----\n{B64}\n{B64}\n{B64}\n-----END {}RSA PRIVATE KEY-----");
    std::string text;
    std::size_t planted = 0;
    while (text.size() < (std::size_t{5} << 20)) {
        text.append(planted % 7 * 13, 'x').append(" some words\n");
        text.append(planted % 5 == 0 ? key : token).append("\n");
        text.append(2'000 + planted * 37 % 900, '.').append("\n");
        ++planted;
    }
    const Result result = run(text);
    CHECK(result.summary.findings == planted);
    CHECK(result.text.find(token.substr(4)) == std::string::npos);
    CHECK(result.text.find("RSA") == std::string::npos);
}

TEST_CASE("a line of megabytes is scanned to its end") {
    const std::string token = expand_sample("ghp_{}{w36}");
    std::string text;
    std::size_t planted = 0;
    while (text.size() < (std::size_t{3} << 20)) {
        text.append(9'973, 'a').append(" ").append(token).append(" ");
        ++planted;
    }
    const Result result = run(text);
    CHECK(result.summary.findings == planted);
    CHECK(result.text.find(token.substr(4)) == std::string::npos);
}

TEST_CASE("JSON stays JSON") {
    const std::string token = expand_sample("sk-ant-{}api03-{b40}");
    const std::string lines = "{\"a\": \"x " + token +
                              " \\u00e9 \\\" y\", \"password\": \"k3y(b0ard!\", \"n\": 1e5}\n\n[1, \"" +
                              token + "\"]\n";
    const Result result = run(lines);
    CHECK(result.summary.json);
    CHECK(result.text ==
          "{\"a\": \"x [REDACTED] \\u00e9 \\\" y\", \"password\": \"[REDACTED]\", \"n\": 1e5}\n\n[1, "
          "\"[REDACTED]\"]\n");

    const std::string document = "{\n  \"key\": \"" + token + "\",\n  \"list\": [\n    \"b\"\n  ]\n}\n";
    const Result pretty = run(document);
    CHECK(pretty.summary.json);
    CHECK(security::is_json(pretty.text));
    REQUIRE(pretty.findings.size() == 1);
    CHECK(pretty.findings[0].line == 2);
}

TEST_CASE("text that only begins like JSON is text") {
    const std::string token = expand_sample("ghp_{}{w36}");
    const Result result = run("[info] starting\n{ not json " + token + "\n");
    CHECK_FALSE(result.summary.json);
    CHECK(result.findings.size() == 1);
}
