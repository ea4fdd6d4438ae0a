// The last scan: as strict about JSON as the reader, and by the same rules at each place as the scrubber.
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/security/stream.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/places.hpp"
#include "opentraces/trace/walk.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::security;

namespace {

// Found by a rule that is not critical.
std::string address() {
    return "jane.doe@" + std::string("corp-mail.io");
}

// Every key of the schema occurs in it.
trace::TraceRecord full_record() {
    std::ifstream in(testing::source_folder() + "/tests/fixtures/golden/content-hash/15-full.json",
                     std::ios::binary);
    const json::Value golden = json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
    trace::TraceRecord record = trace::decode(golden["input_line"].string_or()).record.value();
    record.system_prompts.emplace_back("hash", "text");
    return record;
}

std::string line_with_input(const std::string& key, const std::string& text) {
    trace::TraceRecord record = full_record();
    trace::ToolCall call;
    call.tool_call_id = "call_1";
    call.tool_name = "WebFetch";
    call.input.append(key, text);
    for (trace::Step& step : record.steps)
        if (!step.tool_calls.empty()) step.tool_calls = {call};
    return trace::encode(record);
}

}  // namespace

TEST_CASE("what is JSON is JSON by the letter") {
    for (const char* text :
         {"1.2.3", "1e+-", "01", R"("\q")", R"("\u12")", "[1,]", "{\"a\":1", "1 2", "", "-"})
        CHECK_FALSE(is_json(text));
    for (const char* text : {"1.25", "1e+9", "0", R"("\n")", R"("\u12ab")", " [1] ", "NaN", R"("\ud800")"})
        CHECK(is_json(text));
}

TEST_CASE("the last scan knows fields of the schema by their place, not by their name") {
    for (const char* key :
         {"url", "name", "source", "version", "type", "language", "model", "role", "os", "shell", "branch",
          "repository", "session_id", "trace_id", "timestamp", "tool_name", "content_hash", "dependencies"}) {
        CAPTURE(key);
        const std::string line = line_with_input(key, "write to " + address());
        REQUIRE(residual_findings(line).size() == 1);
        CHECK(line.substr(residual_findings(line)[0].offset, residual_findings(line)[0].length) == address());
    }
}

TEST_CASE("keys of free-form values are scanned like texts, keys of the schema are not") {
    CHECK(residual_findings(line_with_input(address(), "x")).size() == 1);
    ScrubOptions options;
    options.custom_strings = {"tool_calls"};
    CHECK(residual_findings(trace::encode(full_record()), options).empty());
    CHECK(residual_findings(line_with_input("tool_calls", "x"), options).size() == 1);
    CHECK(residual_findings(line_with_input("trace_id", "a tool_calls b"), options).size() == 1);
}

TEST_CASE("what the schema does not know is scanned to the full") {
    for (const std::string line :
         {R"({"surprise":"A"})", R"({"url":"A"})", R"({"task":{"name":"A"}})", R"({"agent":{"name":["A"]}})",
          R"({"agent":{"name":{"model":"A"}}})", R"({"agent":[{"name":"A"}]})", R"({"steps":{"role":"A"}})",
          R"({"metrics":{"total_steps":"A"}})", R"([{"agent":{"name":"A"}}])", R"({"A":1})",
          R"({"agent":{"A":1}})", R"({"agent":{"n\u0061me2":"A"}})"}) {
        CAPTURE(line);
        std::string with = line;
        with.replace(with.find('A'), 1, address());
        CHECK(residual_findings(with).size() == 1);
    }
    for (const std::string line :
         {R"({"agent":{"name":"A"}})", R"({"agent":{"n\u0061me":"A"}})", R"({"dependencies":["x","A"]})",
          R"({"steps":[{"tool_calls":[{"tool_name":"A"}]}]})", R"({"environment":{"vcs":{"branch":"A"}}})"}) {
        CAPTURE(line);
        std::string with = line;
        with.replace(with.find('A'), 1, address());
        CHECK(residual_findings(with).empty());
    }
}

TEST_CASE("the last scan looks at every text of a record as the scrubber does") {
    std::vector<std::string> paths;
    const trace::TraceRecord full = full_record();
    trace::walk_texts(full, [&](const trace::TextPlace& place, std::string_view) {
        paths.push_back(std::string(place.path) + (place.is_key ? " (key)" : ""));
    });
    REQUIRE(paths.size() > 60);
    std::size_t exempt = 0;
    for (std::size_t wanted = 0; wanted < paths.size(); ++wanted) {
        trace::TraceRecord record = full;
        std::size_t at = 0;
        trace::walk_texts(record, [&](const trace::TextPlace&, std::string& text) {
            if (at++ == wanted) text = "x " + address();
        });
        const bool scrubbed = scrub(record, {}).redactions() > 0;
        CAPTURE(paths[wanted]);
        CHECK(scrubbed != residual_findings(trace::encode(record)).empty());
        exempt += scrubbed ? 0 : 1;
    }
    CHECK(exempt > 10);
    CHECK(paths.size() - exempt > 20);
}

TEST_CASE("places follow the schema as the walk over a record does") {
    trace::TraceRecord full = full_record();
    trace::walk_texts(full, [&](const trace::TextPlace& place, std::string_view) {
        // "steps[3].tool_calls[0].input.url"; keys of the fixture hold no dots or brackets.
        trace::SchemaPlace here = trace::SchemaPlace::record();
        for (std::size_t begin = 0; begin < place.path.size();) {
            if (place.path[begin] == '[') {
                here = here.item();
                begin = place.path.find(']', begin) + 1;
                continue;
            }
            begin += place.path[begin] == '.' ? 1 : 0;
            const std::size_t end = std::min(place.path.find_first_of(".[", begin), place.path.size());
            here = here.member(place.path.substr(begin, end - begin));
            begin = end;
        }
        CAPTURE(std::string(place.path));
        CHECK((place.is_key ? here.key_kind() : here.kind()) == place.kind);
        if (!place.is_key) CHECK(here.is_open() == place.is_open);
    });
}

TEST_CASE("a line that is not JSON is scanned as text from where it breaks") {
    const std::string token = address();
    for (const std::string& line :
         {"{\"agent\":{\"name\":\"\\q " + token + "\"}}", "{\"agent\":{\"name\":\"a\"}} " + token,
          "{\"agent\" " + token + "}", "{\"agent\":{\"name\":\"" + token, "[1.2.3, \"" + token + "\"]"}) {
        CAPTURE(line);
        REQUIRE(residual_findings(line).size() == 1);
        CHECK(line.substr(residual_findings(line)[0].offset, residual_findings(line)[0].length) == token);
    }
}
