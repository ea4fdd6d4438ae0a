// Every sentence that says "stops", "refuses", "fails" or "never" names the tests that hold it:
// docs/refusals.md.
#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

#include "catch.hpp"
#include "unit/named_tests.hpp"
#include "where.hpp"

using namespace opentraces::testing;

namespace {

struct Row {
    std::string says;
    bool tested = false;
};

using Rows = std::map<std::string, std::vector<Row>>;  // by page

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

// Rows of the two tables; those of the first one name tests.
Rows read_rows() {
    Rows rows;
    std::istringstream page(page_text("docs/refusals.md"));
    std::string kind;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with('|') || line.starts_with("|---")) continue;
        const std::vector<std::string> cells = cells_of(line);
        INFO(line);
        REQUIRE(cells.size() == 3);
        if (trimmed(cells[1]) == "says") {
            kind = trimmed(cells[2]);
            continue;
        }
        if (kind == "test") CHECK_FALSE(quoted_names(cells[2]).empty());
        for (const std::string& name : quoted_names(cells[2])) {
            INFO(name);
            CHECK(test_names().contains(name));
        }
        std::string says = trimmed(cells[1]);
        // A cell cannot hold the bar that stands between cells.
        for (std::size_t at = says.find("\u00a6"); at != std::string::npos; at = says.find("\u00a6"))
            says.replace(at, 2, "|");
        rows[trimmed(cells[0])].push_back({says, kind == "test"});
    }
    return rows;
}

// On one line, without code blocks.
std::string prose_of(const std::string& page) {
    std::istringstream in(page_text("docs/" + page + ".md"));
    std::string prose;
    bool in_code = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("```")) {
            in_code = !in_code;
            continue;
        }
        if (!in_code) prose += " " + line;
    }
    return std::regex_replace(prose, std::regex(" +"), " ");
}

std::vector<std::string> pages() {
    std::vector<std::string> pages{"security", "hub-protocol"};
    for (const auto& entry : std::filesystem::directory_iterator(source_folder() + "/docs/commands"))
        if (entry.path().extension() == ".md") pages.push_back("commands/" + entry.path().stem().string());
    return pages;
}

// Where each row of a page stands in it.
std::vector<std::pair<std::size_t, std::size_t>> spans_of(const std::vector<Row>& rows,
                                                          const std::string& prose) {
    std::vector<std::pair<std::size_t, std::size_t>> spans;
    for (const Row& row : rows) {
        INFO(row.says);
        CHECK(prose.find(row.says) != std::string::npos);
        for (std::size_t at = prose.find(row.says); at != std::string::npos;
             at = prose.find(row.says, at + 1))
            spans.emplace_back(at, at + row.says.size());
    }
    return spans;
}

}  // namespace

TEST_CASE("refusals: every sentence that stops, refuses, fails or never does has its tests") {
    static const std::regex k_words("\\b([Ss]tops?|[Rr]efus(e|es|ed)|[Ff]ails?|[Nn]ever)\\b");
    Rows rows = read_rows();
    std::size_t words = 0;
    for (const std::string& page : pages()) {
        INFO(page);
        const std::string prose = prose_of(page);
        const auto spans = spans_of(rows[page], prose);
        rows.erase(page);
        for (std::sregex_iterator at(prose.begin(), prose.end(), k_words), end; at != end; ++at, ++words) {
            const auto begin = static_cast<std::size_t>(at->position());
            const bool held = std::any_of(spans.begin(), spans.end(), [&](const auto& span) {
                return span.first <= begin && begin < span.second;
            });
            INFO("not in docs/refusals.md: " << prose.substr(begin > 100 ? begin - 100 : 0, 200));
            CHECK(held);
        }
    }
    CHECK(rows.empty());
    CHECK(words >= 60);
}
