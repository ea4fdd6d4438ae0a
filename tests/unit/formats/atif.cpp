#include "exported.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using testing::Builder;
using testing::exported;

TEST_CASE("atif: the worked example") {
    const auto result = exported("atif", testing::worked_record());
    CHECK(result.converted.fate == formats::Fate::Written);
    CHECK(result.remarks().empty());
    REQUIRE(result.documents.size() == 1);
    CHECK(result.documents[0].first == "demo-session-01");
    testing::check_equal_json(result.line(),
                              testing::parsed(testing::read_file(testing::worked_path("atif-v1.7.json"))));
    CHECK(exported("atif", testing::worked_record()).text() == result.text());
}
