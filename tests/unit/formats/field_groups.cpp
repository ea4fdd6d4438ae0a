#include <map>

#include "catch.hpp"
#include "formats_fixture.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/formats/format.hpp"

using namespace opentraces;
using namespace opentraces::formats;

TEST_CASE("formats: the values of every field group of the worked example are counted") {
    const trace::TraceRecord record = testing::worked_record();
    std::map<std::string_view, std::uint64_t> values;
    for (const FieldGroup& group : field_groups())
        values[group.name] = group.values(record);
    CHECK(values["steps"] == 8);
    CHECK(values["content"] == 6);
    CHECK(values["errors"] == 2);
    CHECK(values["durations"] == 2);
    CHECK(values["cache_read"] == 4);
    CHECK(values["subagents"] == 4);
    CHECK(values["vcs"] == 3);
    CHECK(values["environment"] == 3);
    CHECK(values["outcome"] == 3);
    CHECK(values["attribution"] == 1);
    CHECK(values["snippets"] == 0);
    CHECK(values["metadata"] == 1);
    CHECK(values["system_prompts"] == 5);
}

TEST_CASE("formats: every format is found by its name") {
    for (const Format& format : formats::formats())
        CHECK(&format_named(format.name) == &format);
}

TEST_CASE("formats: an unknown format is refused with the known names") {
    try {
        format_named("docx");
        FAIL("accepted");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::UnknownFormat);
    }
}
