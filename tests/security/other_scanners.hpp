// Scanners of others, on the same texts, when somebody says where they are.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "security/measure.hpp"

namespace opentraces::testing {

struct OtherScanner {
    std::string_view name;     // and option
    std::string_view command;  // {P}: the program, {D}: the folder of texts, {O}: a file for its report
};
// Offline, with their own rules, as they come.
const std::vector<OtherScanner>& other_scanners();

// A file for each case.
void write_cases(const std::vector<Case>& cases, const std::filesystem::path& folder);
// Names of files that it reports; it says how it ended when it reports nothing at all.
std::set<std::string> reported_files(const OtherScanner& scanner, const std::string& program,
                                     const std::filesystem::path& folder);

}  // namespace opentraces::testing
