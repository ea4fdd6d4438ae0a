#include "opentraces/core/environment_variables.hpp"

#include <regex>
#include <set>

#include "catch.hpp"
#include "opentraces/net/limits.hpp"
#include "source_files.hpp"

using namespace opentraces;

TEST_CASE("environment: every variable that is read is in the table, and nothing else is") {
    // Names with an underline, names in get("…") and truthy("…"), proxies in small letters.
    const std::regex name(
        R"re("([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+_proxy)"|(?:get|truthy)\("([A-Za-z_]+)"\))re");
    std::set<std::string> read;
    for (const testing::SourceFile& file : testing::source_files("src")) {
        // Names of errors, of variables that hold secrets elsewhere, and a mark in the texts of Cline.
        if (file.path.find("error_table") != std::string::npos || file.path.starts_with("src/security/") ||
            file.path == "src/capture/cline/screen.cpp" ||
            file.path.find("environment_variables") != std::string::npos)
            continue;
        for (std::sregex_iterator at(file.text.begin(), file.text.end(), name), end; at != end; ++at)
            read.insert((*at)[1].matched ? (*at)[1].str() : (*at)[2].str());
    }
    std::set<std::string> listed;
    for (const EnvironmentVariable& variable : environment_variables())
        CHECK(listed.emplace(variable.name).second);
    for (const net::LimitRow& row : net::limit_table())
        CHECK(listed.emplace(row.variable).second);
    CHECK(read == listed);
}
