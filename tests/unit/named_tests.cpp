#include "named_tests.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "catch.hpp"
#include "where.hpp"

namespace opentraces::testing {

namespace stdfs = std::filesystem;

namespace {

std::string text_of(const stdfs::path& path) {
    INFO(path.string());
    std::ifstream in(path, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> read_test_names() {
    static const std::regex k_case(
        R"re(\b(?:TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+))re");
    static const std::regex k_literal(R"re("((?:[^"\\]|\\.)*)")re");
    std::set<std::string> names;
    for (const auto& entry : stdfs::recursive_directory_iterator(source_folder() + "/tests")) {
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

}  // namespace

const std::set<std::string>& test_names() {
    static const std::set<std::string> names = read_test_names();
    return names;
}

std::string page_text(const std::string& path) {
    return text_of(stdfs::path(source_folder()) / path);
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream in(line.substr(1));
    for (std::string cell; std::getline(in, cell, '|');)
        cells.push_back(cell);
    return cells;
}

std::vector<std::string> quoted_names(const std::string& cell) {
    std::vector<std::string> names;
    for (std::size_t from = cell.find('`'); from != std::string::npos;) {
        const std::size_t to = cell.find('`', from + 1);
        if (to == std::string::npos) break;
        names.push_back(cell.substr(from + 1, to - from - 1));
        from = cell.find('`', to + 1);
    }
    return names;
}

}  // namespace opentraces::testing
