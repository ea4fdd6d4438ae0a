#include <regex>
#include <set>
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

// NOT_FOUND is ErrorCode::NotFound.
std::string enumerator_of(std::string_view name) {
    std::string text;
    bool capital = true;
    for (const char c : name) {
        if (c != '_') text += capital ? c : static_cast<char>(c - 'A' + 'a');
        capital = c == '_';
    }
    return text;
}

}  // namespace

TEST_CASE("docs/exit-codes.md lists every error code with its exit status") {
    const std::string page = testing::source_text("docs/exit-codes.md");
    testing::check_file("docs/exit-codes.md", page.substr(0, page.find("| code |")) + expected_table());
}

TEST_CASE("every error code is thrown somewhere") {
    const std::regex mention(R"(ErrorCode::(\w+))");
    std::set<std::string> thrown;
    for (const testing::SourceFile& file : testing::source_files("src"))
        for (std::sregex_iterator at(file.text.begin(), file.text.end(), mention), end; at != end; ++at)
            thrown.insert((*at)[1]);
    for (const ErrorRow& row : error_table()) {
        INFO(row.name);
        CHECK(thrown.contains(enumerator_of(row.name)));
    }
}
