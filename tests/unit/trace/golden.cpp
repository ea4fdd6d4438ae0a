#include "golden.hpp"

#include "catch.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;
using namespace opentraces::trace;
using namespace opentraces::trace::testing;

namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

// Our lines escape three code points that the goldens have raw.
std::string without_line_separator_escapes(std::string line) {
    line = replaced(std::move(line), "\\u2028", "\xE2\x80\xA8");
    line = replaced(std::move(line), "\\u2029", "\xE2\x80\xA9");
    return replaced(std::move(line), "\\u0085", "\xC2\x85");
}

std::string canonical(const json::Value& value) {
    std::string text;
    json::append_canonical(text, value);
    return text;
}

// The value that a golden case of this kind is about.
const json::Value& subject(const std::string& kind, const json::Value& view) {
    if (kind == "integer") return view["metrics"]["total_steps"];
    if (kind == "integer or null") return view["steps"].at(0)["parent_step"];
    if (kind == "float or null") return view["metrics"]["total_duration_s"];
    if (kind == "float 0..1 or null") return view["metrics"]["cache_hit_rate"];
    if (kind == "boolean") return view["outcome"]["committed"];
    if (kind == "boolean or null") return view["outcome"]["success"];
    if (kind == "string or null") return view["task"]["description"];
    if (kind == "string") return view["schema_version"];
    if (kind == "enumeration or null") return view["execution_context"];
    if (kind == "enumeration") return view["outcome"]["signal_confidence"];
    if (kind == "list of strings") return view["dependencies"];
    if (kind == "map string to string") return view["system_prompts"];
    if (kind == "free-form object") return view["metadata"];
    if (kind == "object (defaulted model)") return view["task"];
    if (kind == "object or null") return view["attribution"];
    if (kind == "list of free-form objects") return view["tool_definitions"];
    REQUIRE(kind == "list of steps");
    return view["steps"];
}

}  // namespace

TEST_CASE("content-hash goldens: canonical text, hash, line and the hash of the line read back") {
    std::size_t cases = 0;
    for (const auto& entry : std::filesystem::directory_iterator(golden_folder() / "content-hash")) {
        const json::Value golden = read_json(entry.path());
        CAPTURE(golden["name"].string_or());
        const Decoded decoded = decode(golden["input_line"].string_or());
        REQUIRE(decoded.record);
        CHECK(canonical_text(*decoded.record) == golden["expected_canonical_text"].string_or());
        CHECK(content_hash(*decoded.record).str() == golden["expected_content_hash"].string_or());
        const std::string line = encode(*decoded.record);
        CHECK(without_line_separator_escapes(line) == golden["expected_jsonl_line"].string_or());
        CHECK(content_hash(record_of(line)).str() == golden["reread_hash"].string_or());
        ++cases;
    }
    CHECK(cases == 15);
}

TEST_CASE("validation goldens: every value is converted or refused as in the reference") {
    const json::Value cases = read_json(golden_folder() / "validation/values.json");
    REQUIRE(cases.if_array()->size() == 199);
    for (const json::Value& golden : *cases.if_array()) {
        CAPTURE(golden["kind"].string_or(), golden["given"].string_or());
        const Decoded decoded = decode(golden["input_line"].string_or());
        REQUIRE(decoded.record.has_value() == golden["accepted"].bool_or(false));
        REQUIRE(decoded.problem.has_value() != decoded.record.has_value());
        if (decoded.record) {
            const json::Value view = json::parse(canonical_text(*decoded.record));
            CHECK(canonical(subject(std::string(golden["kind"].string_or()), view)) ==
                  golden["value_canonical"].string_or());
        } else {
            CHECK(decoded.problem->rule == golden["reason"].string_or());
            CHECK(decoded.problem->field == golden["at"].string_or());
        }
    }
}

TEST_CASE("validation goldens: whole documents") {
    const json::Value cases = read_json(golden_folder() / "validation/documents.json");
    REQUIRE(cases.if_array()->size() == 44);
    for (const json::Value& golden : *cases.if_array()) {
        CAPTURE(golden["about"].string_or());
        const Decoded decoded = decode(golden["input_line"].string_or());
        REQUIRE(decoded.record.has_value() == golden["accepted"].bool_or(false));
        if (decoded.record) {
            CHECK(decoded.record->trace_id == golden["trace_id"].string_or());
        } else {
            CHECK(decoded.problem->rule == golden["reason"].string_or());
            CHECK(decoded.problem->field == golden["at"].string_or());
        }
    }
}
