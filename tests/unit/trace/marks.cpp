#include "opentraces/trace/marks.hpp"

#include "catch.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;
using namespace opentraces::trace;

namespace {

Marks marks_in(std::string_view text) {
    return marks_of(*json::parse(text).if_object());
}

}  // namespace

TEST_CASE("marks: what a record says of its own numbers") {
    const Marks marks = marks_in(R"({"opentraces_cost":{"source":"prices of 2026-01-01","lower_bound":true},)"
                                 R"("opentraces_active_s":12.5,)"
                                 R"("opentraces_truncated":{"observations":2,"snippets":3,"task":true}})");
    CHECK(marks.cost_is_lower_bound);
    CHECK(marks.active_s == 12.5);
    CHECK(marks.texts_cut == 6);
    const Marks none = marks_in("{}");
    CHECK_FALSE(none.cost_is_lower_bound);
    CHECK_FALSE(none.active_s);
    CHECK(none.texts_cut == 0);
}

TEST_CASE("marks: older readers said of the tokens what is said of the cost now") {
    const std::string parser = R"("opentraces_parser":{"output_tokens_lower_bound":true})";
    CHECK(marks_in("{" + parser + "}").cost_is_lower_bound);
    CHECK_FALSE(marks_in("{" + parser + R"(,"opentraces_cost":{"source":"agent"}})").cost_is_lower_bound);
}

TEST_CASE("marks: what cannot be meant is not there") {
    for (const std::string_view value : {"-1", "1e10", "NaN", "Infinity", "\"12\"", "null", "{}"}) {
        CAPTURE(value);
        CHECK_FALSE(marks_in(R"({"opentraces_active_s":)" + std::string(value) + "}").active_s);
    }
    CHECK_FALSE(marks_in(R"({"opentraces_cost":{"lower_bound":1}})").cost_is_lower_bound);
    CHECK_FALSE(marks_in(R"({"opentraces_cost":"lower_bound"})").cost_is_lower_bound);
    CHECK(marks_in(R"({"opentraces_truncated":{"observations":-5,"snippets":1.5,"task":"yes"}})").texts_cut ==
          0);
    CHECK(marks_in(R"({"opentraces_truncated":{"observations":99999999999,"snippets":1}})").texts_cut == 1);
}

TEST_CASE("marks: cached tokens of a session whose steps have none of their own") {
    const std::string models =
        R"("model_usage":{"a":{"cacheReadInputTokens":5,"cacheCreationInputTokens":7},"b":{"cacheReadInputTokens":1}})";
    const Marks session = marks_in(R"({"opentraces_usage":"session",)" + models + "}");
    CHECK(session.session_cache_read == 6);
    CHECK(session.session_cache_written == 7);
    CHECK(marks_in("{" + models + "}").session_cache_read == 0);
    CHECK(marks_in(R"({"opentraces_usage":"session","model_usage":[1]})").session_cache_read == 0);
    CHECK(marks_in(R"({"opentraces_usage":"session","model_usage":{"a":{"cacheReadInputTokens":-5}}})")
              .session_cache_read == 0);
    CHECK(is_mark("opentraces_usage"));
    CHECK(is_mark("model_usage"));
}

TEST_CASE("marks: a log without counts makes the zeros unknown, and nothing else does") {
    const Marks none = marks_in(R"({"opentraces_usage":"none"})");
    CHECK(none.usage_is_unknown);
    CHECK(knows_no_usage(none, {0, 0, 0}));
    CHECK_FALSE(knows_no_usage(none, {0, 1, 0}));
    for (const std::string_view text :
         {"{}", R"({"opentraces_usage":"session"})", R"({"opentraces_usage":0})"})
        CHECK_FALSE(knows_no_usage(marks_in(text), {0}));
}
