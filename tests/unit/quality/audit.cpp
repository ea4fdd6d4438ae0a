#include <algorithm>
#include <set>
#include <string>

#include "catch.hpp"
#include "opentraces/quality/audit.hpp"
#include "quality/audit/fields.hpp"
#include "schema_leaves.hpp"

using namespace opentraces;
using namespace opentraces::quality;

namespace {

bool is_left_out(const trace::SchemaPath& field) {
    const auto places = unaudited_fields();
    return std::any_of(places.begin(), places.end(), [&](const auto& place) { return place.holds(field); });
}

}  // namespace

TEST_CASE("audit: every field of the schema is asked for, or left out by name") {
    std::set<std::string> asked;
    for (const Field& field : audited_fields())
        CHECK(asked.insert(std::string(field.path)).second);
    for (const std::string& leaf : testing::schema_leaves()) {
        INFO(leaf << " needs a row in src/quality/audit/fields.cpp");
        CHECK(asked.contains(leaf) != is_left_out(trace::path_of(leaf)));
    }
}

TEST_CASE("audit: what stands at a place is counted, in the first ten steps and five of their items") {
    trace::TraceRecord record;
    record.steps.resize(12);
    record.steps[0].content = " ";
    record.steps[1].content = "text";
    record.steps[11].content = "not looked at";
    record.steps[2].tool_calls.resize(7);
    record.steps[2].tool_calls[4].duration_ms = 0;
    record.steps[2].tool_calls[6].duration_ms = 1;
    SchemaAudit audit;
    audit.add(record);
    const auto counted = [&](std::string_view path) {
        const auto fields = audited_fields();
        const auto field =
            std::find_if(fields.begin(), fields.end(), [&](const Field& each) { return each.path == path; });
        REQUIRE(field != fields.end());
        const SchemaAudit::Count count = audit.counts().at(static_cast<std::size_t>(field - fields.begin()));
        return std::to_string(count.populated) + " of " + std::to_string(count.total);
    };
    CHECK(counted("steps[].content") == "1 of 10");
    CHECK(counted("steps[].tool_calls[].duration_ms") == "1 of 5");
    CHECK(counted("steps[].token_usage.input_tokens") == "10 of 10");
    CHECK(counted("attribution.files") == "0 of 1");
    CHECK(counted("steps") == "1 of 1");
    CHECK(counted("trace_id") == "0 of 1");
    CHECK(counted("content_hash") == "1 of 1");  // whoever writes the record fills it in
}
