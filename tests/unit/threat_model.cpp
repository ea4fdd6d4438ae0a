// Every line of docs/threat-model.md names the test that holds it.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "where.hpp"

namespace {

using namespace opentraces;
namespace stdfs = std::filesystem;

std::string text_of(const stdfs::path& path) {
    std::ifstream in(path, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The names of all test cases in the sources; literals that stand side by side are one name.
std::set<std::string> test_names() {
    static const std::regex k_case(
        R"re(\b(?:TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+))re");
    static const std::regex k_literal(R"re("((?:[^"\\]|\\.)*)")re");
    std::set<std::string> names;
    for (const auto& entry : stdfs::recursive_directory_iterator(testing::source_folder() + "/tests")) {
        if (entry.path().extension() != ".cpp") continue;
        const std::string text = text_of(entry.path());
        for (std::sregex_iterator at(text.begin(), text.end(), k_case), end; at != end; ++at) {
            const std::string literals = (*at)[1];
            std::string name;
            for (std::sregex_iterator part(literals.begin(), literals.end(), k_literal); part != end; ++part)
                name += (*part)[1];
            names.insert(name);
        }
    }
    return names;
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream in(line.substr(1));
    for (std::string cell; std::getline(in, cell, '|');)
        cells.push_back(cell);
    return cells;
}

std::vector<std::string> quoted(const std::string& cell) {
    std::vector<std::string> names;
    for (std::size_t from = cell.find('`'); from != std::string::npos;) {
        const std::size_t to = cell.find('`', from + 1);
        if (to == std::string::npos) break;
        names.push_back(cell.substr(from + 1, to - from - 1));
        from = cell.find('`', to + 1);
    }
    return names;
}

}  // namespace

TEST_CASE("threat model: every line names tests that exist") {
    const std::set<std::string> known = test_names();
    REQUIRE(known.size() > 100);
    std::istringstream page(text_of(testing::source_folder() + "/docs/threat-model.md"));
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
        const std::vector<std::string> names = quoted(cells.back());
        CHECK_FALSE(names.empty());
        for (const std::string& name : names) {
            INFO(name);
            CHECK(known.contains(name));
        }
    }
    CHECK(lines >= 40);
}
