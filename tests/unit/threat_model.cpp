// Every line of docs/threat-model.md names the test that holds it.
#include <sstream>

#include "catch.hpp"
#include "unit/named_tests.hpp"

using namespace opentraces::testing;

TEST_CASE("threat model: every line names tests that exist") {
    const std::set<std::string>& known = test_names();
    REQUIRE(known.size() > 100);
    std::istringstream page(page_text("docs/threat-model.md"));
    bool in_table = false;
    std::size_t lines = 0;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with('|')) {
            in_table = false;
            continue;
        }
        const std::vector<std::string> cells = cells_of(line);
        if (cells.back() == " test ") {
            in_table = true;
            continue;
        }
        if (!in_table || line.starts_with("|---")) continue;
        ++lines;
        INFO(line);
        const std::vector<std::string> names = quoted_names(cells.back());
        CHECK_FALSE(names.empty());
        for (const std::string& name : names) {
            INFO(name);
            CHECK(known.contains(name));
        }
    }
    CHECK(lines >= 40);
}
