#include <sstream>

#include "catch.hpp"
#include "opentraces/core/error.hpp"
#include "source_files.hpp"

using namespace opentraces;

namespace {

std::string expected_table() {
    std::ostringstream out;
    out << "| code | status | retryable |\n|---|---|---|\n";
    for (const ErrorRow& row : error_table()) {
        out << "| `" << row.name << "` | " << static_cast<int>(row.kind) << " | "
            << (row.retryable ? "yes" : "no") << " |\n";
    }
    return out.str();
}

}  // namespace

TEST_CASE("docs/exit-codes.md lists every error code with its exit status") {
    const std::string page = testing::source_text("docs/exit-codes.md");
    testing::check_file("docs/exit-codes.md", page.substr(0, page.find("| code |")) + expected_table());
}
