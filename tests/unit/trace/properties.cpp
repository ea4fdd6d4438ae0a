#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "golden.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;
using namespace opentraces::trace;
using namespace opentraces::trace::testing;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
    return random() % bound;
}

std::string random_text(Random& random) {
    static const std::vector<std::string> k_pieces{"a",
                                                   "Z",
                                                   " ",
                                                   "\"",
                                                   "\\",
                                                   "/",
                                                   "\n",
                                                   "\t",
                                                   std::string(1, '\0'),
                                                   "\x1F",
                                                   "\x7F",
                                                   "\xC2\x85",
                                                   "\xC3\xA9",
                                                   "\xE2\x80\xA8",
                                                   "\xE2\x80\xA9",
                                                   "\xEF\xBF\xBF",
                                                   "\xF0\x9F\x98\x80",
                                                   "\\u0041",
                                                   "</script>"};
    std::string text;
    for (std::size_t i = below(random, 6); i > 0; --i)
        text += k_pieces[below(random, k_pieces.size())];
    return text;
}

json::Number random_number(Random& random) {
    switch (below(random, 5)) {
        case 0:
            return {std::to_string(static_cast<std::int32_t>(random())), false};
        case 1:
            return {"-" + std::to_string(random()) + "000000000000000000000000", false};
        case 2:
            return {"0", false};
        case 3:
            return {std::to_string(random()) + "." + std::to_string(random() % 1000) + "e-" +
                        std::to_string(below(random, 330)),
                    true};
        default:
            return {below(random, 2) == 0 ? "-0.0" : "1e22", true};
    }
}

json::Value random_value(Random& random, int depth);

json::Object random_object(Random& random, int depth) {
    json::Object object;
    for (std::size_t i = below(random, 5); i > 0; --i)
        object.set(random_text(random), random_value(random, depth - 1));
    return object;
}

json::Value random_value(Random& random, int depth) {
    switch (below(random, depth > 0 ? 6 : 4)) {
        case 0:
            return {};
        case 1:
            return below(random, 2) == 0;
        case 2:
            return random_number(random);
        case 3:
            return random_text(random);
        case 4: {
            json::Array array;
            for (std::size_t i = below(random, 4); i > 0; --i)
                array.push_back(random_value(random, depth - 1));
            return array;
        }
        default:
            return random_object(random, depth);
    }
}

// The full golden record with random texts and free-form parts.
TraceRecord random_record(Random& random) {
    static const TraceRecord k_full = record_of(golden_hash_case("15-full")["input_line"].string_or());
    TraceRecord record = k_full;
    record.metadata = random_object(random, 4);
    record.tool_definitions.push_back(random_object(random, 3));
    record.system_prompts = {{random_text(random), random_text(random)}};
    record.outcome.reward = random_number(random).as_double();
    record.metrics.total_duration_s =
        std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 600) - 300);
    record.task.description = random_text(random);
    for (Step& step : record.steps) {
        step.content = random_text(random);
        step.token_usage.input_tokens = Integer::from_decimal(std::to_string(random()) + "99999999999999");
        for (ToolCall& call : step.tool_calls)
            call.input = random_object(random, 4);
    }
    return record;
}

void append_space(Random& random, std::string& out) {
    static const std::vector<std::string> k_spaces{"", "", " ", "\n", "\t\r\n "};
    out += k_spaces[below(random, k_spaces.size())];
}

// The same document with members in another order, white space anywhere and every text escaped.
void respell(Random& random, const json::Value& value, std::string& out) {
    append_space(random, out);
    if (const auto* object = value.if_object()) {
        std::vector<const json::Member*> members;
        for (const json::Member& member : *object)
            members.push_back(&member);
        std::shuffle(members.begin(), members.end(), random);
        out += '{';
        for (const json::Member* member : members) {
            if (member != members.front()) out += ',';
            append_space(random, out);
            json::append_canonical_string(out, member->first);
            append_space(random, out);
            out += ':';
            respell(random, member->second, out);
        }
        append_space(random, out);
        out += '}';
    } else if (const auto* array = value.if_array()) {
        out += '[';
        for (std::size_t i = 0; i < array->size(); ++i) {
            if (i > 0) out += ',';
            respell(random, (*array)[i], out);
        }
        append_space(random, out);
        out += ']';
    } else {
        json::append_canonical(out, value);
    }
    append_space(random, out);
}

std::string nested_arrays(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

class PieceSink final : public json::Sink {
public:
    void write(std::string_view text) override {
        m_text.append(text);
        m_largest = std::max(m_largest, text.size());
    }
    const std::string& text() const { return m_text; }
    std::size_t largest() const { return m_largest; }

private:
    std::string m_text;
    std::size_t m_largest = 0;
};

}  // namespace

TEST_CASE("what is written is read back: same line, same hash, same canonical text") {
    Random random(20260101);
    for (int round = 0; round < 300; ++round) {
        const TraceRecord record = random_record(random);
        const std::string line = encode(record);
        const Decoded decoded = decode(line);
        REQUIRE(decoded.record);
        CHECK(decoded.unknown_keys.empty());
        CHECK(decoded.non_finite.empty());
        CHECK(encode(*decoded.record) == line);
        CHECK(canonical_text(*decoded.record) == canonical_text(record));
        CHECK(decoded.record->content_hash == content_hash(record).str());
    }
}

TEST_CASE("the hash does not depend on key order, white space or escapes of the input") {
    Random random(20260102);
    for (int round = 0; round < 100; ++round) {
        const TraceRecord record = random_record(random);
        std::string respelled;
        respell(random, json::parse(encode(record)), respelled);
        const Decoded decoded = decode(respelled);
        REQUIRE(decoded.record);
        CHECK(content_hash(*decoded.record) == content_hash(record));
    }
}

TEST_CASE("the hash covers everything but trace_id and the record's own content_hash") {
    TraceRecord record = record_of(minimal_line());
    const ContentHash hash = content_hash(record);
    record.trace_id = "other";
    record.content_hash = "other";
    CHECK(content_hash(record) == hash);
    record.session_id = "other";
    CHECK(content_hash(record) != hash);
}

TEST_CASE("the canonical text is what the digest runs over") {
    Random random(20260103);
    const TraceRecord record = random_record(random);
    CHECK(sha256_hex(canonical_text(record)) == content_hash(record).str());
}

TEST_CASE("numbers that JSON cannot write are reported and change the hash") {
    const Decoded decoded =
        decode(minimal_line(R"(,"metadata":{"a":[0,{"b":-1e999}]},"outcome":{"reward":"nan"})"));
    REQUIRE(decoded.record);
    CHECK(decoded.non_finite == std::vector<std::string>{"outcome.reward", "metadata.a.1.b"});
    CHECK(content_hash(record_of(encode(*decoded.record))) != content_hash(*decoded.record));
}

TEST_CASE("integers keep every digit") {
    const std::string big = "-123456789012345678901234567890";
    const TraceRecord record = record_of(minimal_line(R"(,"metrics":{"total_steps":)" + big + "}"));
    CHECK_FALSE(record.metrics.total_steps.fits());
    CHECK(record.metrics.total_steps.text() == big);
    CHECK(record.metrics.total_steps.value() == INT64_MIN);
    CHECK(Integer::from_decimal("-9223372036854775808").fits());
    CHECK(Integer::from_decimal("-9223372036854775808").value() == INT64_MIN);
    CHECK_FALSE(Integer::from_decimal("9223372036854775808").fits());
    CHECK(Integer::from_decimal("-0") == Integer(0));
    CHECK(Integer::from_decimal("00000000000000000000000000007") == Integer(7));
    CHECK(Integer::from_decimal("-00009223372036854775809").text() == "-9223372036854775809");
    const std::string digits(4300, '9');
    CHECK(record_of(minimal_line(R"(,"metrics":{"total_steps":")" + digits + "\"}"))
              .metrics.total_steps.text() == digits);
    CHECK(decode(minimal_line(R"(,"metrics":{"total_steps":"9)" + digits + "\"}")).problem->rule ==
          "int_parsing_size");
    CHECK(decode(minimal_line(R"(,"metrics":{"total_steps":9)" + digits + "}")).problem->rule ==
          "json_invalid");
}

TEST_CASE("201 nested containers are read, 202 are not") {
    CHECK(decode(minimal_line(R"(,"metadata":{"v":)" + nested_arrays(199) + "}")).record);
    const Decoded refused = decode(minimal_line(R"(,"metadata":{"v":)" + nested_arrays(200) + "}"));
    REQUIRE(refused.problem);
    CHECK(refused.problem->rule == "json_invalid");
    CHECK(decode(std::string(100000, '[')).problem);
}

TEST_CASE("unknown keys are listed with their paths, cut when long") {
    const Decoded decoded = decode(minimal_line(
        R"(,"zzz":1,"steps":[{"step_index":1,"role":"user"},{"novel":{"x":1},"step_index":2,"role":"user"}],)"
        R"("metadata":{"kept":1},")" +
        std::string(500, 'k') + R"(":0)"));
    REQUIRE(decoded.record);
    CHECK(decoded.unknown_keys == std::vector<std::string>{"zzz", std::string(100, 'k'), "steps.1.novel"});
}

TEST_CASE("the schema version is known even when the record is refused") {
    CHECK(decode(minimal_line(R"(,"schema_version":"9.0","task":null)")).schema_version == "9.0");
    CHECK(decode("{}").schema_version == k_schema_version);
}

TEST_CASE("later schema versions are recognised") {
    for (const char* newer : {"0.2.1", "0.3", "0.3.0", "1", "1.0", "0.10.0", "0.2.0.1", "0.3.0-rc1",
                              "00.03.0", "99999999999999999999999.0"})
        CHECK(is_newer_schema(newer));
    for (const char* other :
         {"0.2.0", "0.2", "0.1.1", "0.2.0-rc1", "0.2.0.0", "", "v1", "1.x", "1.", ".1", "next"})
        CHECK_FALSE(is_newer_schema(other));
}

TEST_CASE("schemas up to 0.9 can be read") {
    for (const char* known : {"0.1.0", "0.2.0", "0.3", "0.6.0", "0.9.0", "0.9.17", "", "next"})
        CHECK_FALSE(is_unknown_schema(known));
    for (const char* unknown : {"0.10", "0.10.0", "1", "1.0.0", "2"})
        CHECK(is_unknown_schema(unknown));
}

TEST_CASE("a large record is written in pieces of bounded size") {
    TraceRecord record = record_of(minimal_line());
    std::string text;
    while (text.size() < 3'000'000)
        text += "a\xE2\x82\xAC\xF0\x9F\x98\x80\n";
    record.task.description = text;
    json::Array numbers;
    for (int i = 0; i < 200000; ++i)
        numbers.emplace_back(i);
    record.metadata.set("text", text);
    record.metadata.set("numbers", std::move(numbers));
    PieceSink sink;
    const ContentHash hash = encode(record, sink);
    CHECK(sink.largest() < 500'000);
    CHECK(sink.text() == encode(record));
    const TraceRecord back = record_of(sink.text());
    CHECK(back.task.description == text);
    CHECK(content_hash(back) == hash);
    CHECK(sha256_hex(canonical_text(record)) == hash.str());
}
