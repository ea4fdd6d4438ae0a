#include <algorithm>
#include <set>
#include <string>

#include "catch.hpp"
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
