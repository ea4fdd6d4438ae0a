#include <map>

#include "catch.hpp"
#include "formats/field_groups.hpp"
#include "formats_fixture.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/formats/format.hpp"
#include "schema_leaves.hpp"

using namespace opentraces;
using namespace opentraces::formats;

TEST_CASE("formats: the values of every field group of the worked example are counted") {
    const trace::TraceRecord record = testing::worked_record();
    std::map<std::string_view, std::uint64_t> values;
    std::vector<std::uint64_t> counts(field_groups().size());
    add_values(record, counts);
    for (std::size_t i = 0; i < counts.size(); ++i)
        values[field_groups()[i].name] = counts[i];
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

TEST_CASE("formats: every field of the schema belongs to one group") {
    for (const std::string& leaf : opentraces::testing::schema_leaves()) {
        const trace::SchemaPath field = trace::path_of(leaf);
        int groups = 0;
        for (const GroupRow& row : k_groups)
            groups += places_of(row.fields).hold(field) || places_of(row.uncounted).hold(field) ? 1 : 0;
        INFO(leaf << " needs a group in src/formats/mappings.hpp");
        CHECK(groups == 1);
    }
}

TEST_CASE("formats: what groups count are values, not what the record fills in by itself") {
    const auto counts = [](const trace::TraceRecord& record) {
        std::vector<std::uint64_t> sums(field_groups().size());
        add_values(record, sums);
        std::map<std::string_view, std::uint64_t> values;
        for (std::size_t i = 0; i < sums.size(); ++i)
            if (sums[i] > 0) values[field_groups()[i].name] = sums[i];
        return values;
    };
    trace::TraceRecord record;
    CHECK(counts(record) == std::map<std::string_view, std::uint64_t>{{"schema_version", 1}});
    record.outcome.signal_confidence = trace::SignalConfidence::Annotated;
    record.attribution.emplace().files.resize(2);
    record.attribution->files[0].path = "a.cpp";
    record.attribution->files[0].conversations.resize(1);
    record.attribution->files[0].conversations[0].contributor = {{"type", "ai"}};
    record.steps.resize(2);
    CHECK(counts(record) == std::map<std::string_view, std::uint64_t>{{"schema_version", 1}, {"steps", 2}});
    record.attribution->files[0].conversations[0].ranges.resize(3);
    record.outcome.success = false;
    record.steps[1].tool_calls.resize(4);
    record.environment.vcs.type = trace::VcsType::Git;
    CHECK(counts(record) == std::map<std::string_view, std::uint64_t>{{"schema_version", 1},
                                                                      {"steps", 2},
                                                                      {"attribution", 3},
                                                                      {"outcome", 1},
                                                                      {"tool_calls", 4},
                                                                      {"vcs", 1}});
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
