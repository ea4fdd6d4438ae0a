// Pages whose tables name tests: the names of all test cases, and the cells of a table's rows.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace opentraces::testing {

// The names of all test cases in the sources; literals that stand side by side are one name.
const std::set<std::string>& test_names();

std::string page_text(const std::string& path);  // below the source folder

std::vector<std::string> cells_of(const std::string& line);

// What stands between backticks.
std::vector<std::string> quoted_names(const std::string& cell);

}  // namespace opentraces::testing
