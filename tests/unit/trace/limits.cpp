// Long texts are cut where it is said, by somebody who knows where they may be.
#include "opentraces/trace/limits.hpp"

#include "catch.hpp"
#include "opentraces/core/text.hpp"

using namespace opentraces;
using namespace opentraces::trace;

namespace {

constexpr ContentLimits k_small{10, 4, 6, 5};

std::size_t anywhere(std::string_view text, std::size_t limit) {
    return first_code_points(text, limit).size();
}

TraceRecord record_with(const std::string& observed, const std::string& snippet = {},
                        const std::string& task = {}) {
    TraceRecord record;
    record.task.description = task;
    record.steps.resize(1);
    record.steps[0].observations.resize(1);
    record.steps[0].observations[0].content = observed;
    record.steps[0].snippets.resize(1);
    record.steps[0].snippets[0].text = snippet;
    return record;
}

const Observation& observation(const TraceRecord& record) {
    return record.steps[0].observations[0];
}

}  // namespace

TEST_CASE("content limits: what is longer is cut, counted in code points, and says so") {
    TraceRecord record = record_with("0123456789\xC3\xA9\xC3\xA9", "1234567", "123456");
    const LimitsApplied applied = apply_content_limits(record, anywhere, k_small);
    CHECK(applied.observations == 1);
    CHECK(applied.snippets == 1);
    CHECK(applied.task);
    CHECK(observation(record).content == "0123456789\n[... 2 more characters]");
    CHECK(observation(record).output_summary == "0123...");
    CHECK(record.steps[0].snippets[0].text == "123456\n[... 1 more characters]");
    CHECK(record.task.description == "12345\n[... 1 more characters]");
    note_limits(record, applied);
    note_limits(record, LimitsApplied{2, 0, false});
    const json::Value& noted = *record.metadata.find("opentraces_truncated");
    CHECK(noted["observations"].integer() == 3);
    CHECK(noted["snippets"].integer() == 1);
    CHECK(noted["task"].bool_or(false));
}

TEST_CASE("content limits: what fits stays, and what was cut is not cut again") {
    TraceRecord record = record_with("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", "123456", "12345");
    const LimitsApplied applied = apply_content_limits(record, anywhere, k_small);
    CHECK(applied.observations + applied.snippets == 0);
    CHECK_FALSE(applied.task);
    CHECK(observation(record).output_summary == observation(record).content);
    note_limits(record, applied);
    CHECK(record.metadata.find("opentraces_truncated") == nullptr);

    record = record_with(std::string(30, 'x'));
    apply_content_limits(record, anywhere, k_small);
    const std::string once = *observation(record).content;
    CHECK(apply_content_limits(record, anywhere, k_small).observations == 0);
    CHECK(observation(record).content == once);
    // With a smaller limit the count goes on.
    apply_content_limits(record, anywhere, {7, 4, 6, 5});
    CHECK(observation(record).content == "xxxxxxx\n[... 23 more characters]");
}

TEST_CASE("content limits: an end that only looks like a marker is text") {
    for (const std::string end : {"[... 5 more characters]", "\n[... more characters]",
                                  "\n[... 1234567890123456789 more characters]", "5 more characters]"}) {
        TraceRecord record = record_with("0123456789" + end);
        CHECK(apply_content_limits(record, anywhere, k_small).observations == 1);
        CHECK(observation(record).content ==
              "0123456789\n[... " + std::to_string(end.size()) + " more characters]");
    }
}

TEST_CASE("content limits: whoever knows better says where to cut") {
    TraceRecord record = record_with("0123[MARKER]89", "1234567", "123456");
    apply_content_limits(
        record, [](std::string_view, std::size_t limit) { return limit - 2; }, k_small);
    CHECK(observation(record).content == "0123[MAR\n[... 6 more characters]");
    CHECK(observation(record).output_summary == "01...");
    CHECK(record.steps[0].snippets[0].text == "1234\n[... 3 more characters]");
    CHECK(record.task.description == "123\n[... 3 more characters]");
}

TEST_CASE("content limits: without a limit tool results are whole") {
    TraceRecord record = record_with(std::string(50'000, 'x'), "1234567");
    ContentLimits limits = k_small;
    limits.observation = 0;
    const LimitsApplied applied = apply_content_limits(record, anywhere, limits);
    CHECK(applied.observations == 0);
    CHECK(applied.snippets == 1);
    CHECK(observation(record).content->size() == 50'000);
    CHECK(observation(record).output_summary == "xxxx...");
}

TEST_CASE("content limits: a text says itself how much is gone") {
    CHECK(characters_cut("abc\n[... 12 more characters]") == 12);
    CHECK_FALSE(characters_cut("abc"));
    CHECK_FALSE(characters_cut("abc\n[... 12 more characters] and then"));
}
