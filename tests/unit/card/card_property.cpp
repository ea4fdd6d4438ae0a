// Random READMEs: whatever people did to the card, their lines survive and the result is stable.
#include <algorithm>
#include <vector>

#include "card/text_lines.hpp"
#include "catch.hpp"
#include "inputs.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/json/reader.hpp"
#include "sanitized.hpp"

using namespace opentraces;
using namespace opentraces::card;
using namespace opentraces::card::testing;

namespace {

class RandomReadme {
public:
    explicit RandomReadme(std::uint64_t seed) : m_ids(seed), m_end(below(3) == 0 ? "\r\n" : "\n") {}

    std::string text() {
        front_matter();
        for (std::uint64_t i = below(25); i > 0; --i)
            piece();
        if (!m_text.empty() && below(5) == 0) m_text.erase(m_text.size() - m_end.size());
        return m_text;
    }
    // Lines that belong to people, wherever they stand.
    const std::vector<std::string>& theirs() const { return m_theirs; }
    const std::vector<std::string>& their_keys() const { return m_keys; }

private:
    std::uint64_t below(std::uint64_t bound) { return m_ids.next_u64() % bound; }
    void line(const std::string& text) { m_text += text + m_end; }

    void own(const std::string& text) {
        m_theirs.push_back(text + " " + std::to_string(m_theirs.size()));
        line(m_theirs.back());
    }

    void key(const std::string& text) {
        m_keys.push_back(text);
        line(text);
    }

    void front_matter() {
        line("---");
        if (below(2) == 0) key("license: mit  # a comment");
        if (below(2) == 0) key("pretty_name: \"a: b---c\"");
        if (below(2) == 0) line("size_categories: [n<1K]");
        if (below(2) == 0) key("mine: {a: [1, 2]}");
        if (below(2) == 0) line("tags: [x]");
        if (below(3) == 0) {
            key("prompt: |");
            key("  tags: not really");
        }
        if (below(2) == 0) line("rl_score: 3");
        if (below(3) == 0) line("");
        line("---");
    }

    void piece() {
        switch (below(14)) {
            case 0:
                line("<!-- opentraces:auto-stats-start -->");
                break;
            case 1:
                line("<!-- opentraces:auto-stats-end -->");
                break;
            case 2:
                line("<!-- opentraces:auto-badges-start -->");
                break;
            case 3:
                line("<!-- opentraces:auto-badges-end -->");
                break;
            case 4:
                machine_block();
                break;
            case 5:
                fence();
                break;
            case 6:
                line("");
                break;
            case 7:
                own("# heading");
                break;
            case 8:
                own("| a | b |");
                break;
            case 9:
                line("<!-- opentraces:stats-end -->");
                break;
            case 10:
                section("stats");
                break;
            case 11:
                section("badges");
                break;
            default:
                own("words of theirs --> <!-- and \xC3\xA9");
                break;
        }
    }

    void machine_block() {
        line("<!-- opentraces:stats");
        line("{\"total_traces\":1}");
        line(below(2) == 0 ? "-->" : "<!-- opentraces:stats-end -->");
    }

    void section(const std::string& kind) {
        line("<!-- opentraces:auto-" + kind + "-start -->");
        line("generated " + std::to_string(below(1000)));
        line("<!-- opentraces:auto-" + kind + "-end -->  ");
    }

    void fence() {
        own("```text");
        own("inside");
        line("<!-- opentraces:auto-stats-start -->");
        line("```");
    }

    SeededIds m_ids;
    std::string m_end;
    std::string m_text;
    std::vector<std::string> m_theirs;
    std::vector<std::string> m_keys;
};

// How many of these lines are not in the card, in this order.
std::size_t lost_lines(const std::string& card, const std::vector<std::string>& lines) {
    const auto all = lines_of(card);
    std::size_t lost = 0;
    auto at = all.begin();
    for (const std::string& line : lines) {
        const auto found =
            std::find_if(at, all.end(), [&](auto other) { return without_end(other) == line; });
        if (found == all.end())
            ++lost;
        else
            at = found + 1;
    }
    return lost;
}

// Lines of people between a start marker and the next marker, if that is its end, are inside a section.
std::size_t lines_inside_sections(const std::string& text, const std::vector<std::string>& lines) {
    std::size_t inside = 0;
    const auto all = lines_of(text);
    std::vector<std::string> pending;
    std::string open;
    bool fenced = false;
    for (const std::string_view raw : all) {
        const std::string line(without_trailing_space(raw));
        if (line.starts_with("```")) fenced = !fenced;
        const bool is_marker = !fenced && line.starts_with("<!-- opentraces:auto-");
        if (!is_marker) {
            if (!open.empty() && std::find(lines.begin(), lines.end(), line) != lines.end())
                pending.push_back(line);
            continue;
        }
        const bool is_start = line.ends_with("-start -->");
        if (!is_start && !open.empty() && open.substr(0, 25) == line.substr(0, 25)) inside += pending.size();
        open = is_start ? line : "";
        pending.clear();
    }
    return inside;
}

}  // namespace

TEST_CASE("random READMEs: stable after one rendering, nothing of theirs lost, our numbers first") {
    // fuzz_card renders under AddressSanitizer too.
    for (std::uint64_t seed = 0; seed < (opentraces::testing::k_sanitized ? 150 : 1500); ++seed) {
        RandomReadme random(seed);
        const std::string existing = random.text();
        CAPTURE(seed, existing);
        const CardInput input = seed % 2 == 0 ? example_input() : scored_input();
        const std::string card = render(existing, input);
        REQUIRE(render(card, input) == card);
        const CardInput other = seed % 2 == 0 ? scored_input() : example_input();
        REQUIRE(render(render(card, other), input) == render(render(render(card, other), input), input));

        REQUIRE(lost_lines(card, random.theirs()) == lines_inside_sections(existing, random.theirs()));
        for (const std::string& key : random.their_keys())
            REQUIRE(has(card, key));
        const auto block = machine_block(card);
        REQUIRE(block);
        REQUIRE(json::parse(*block)["total_traces"].integer() == 1234);
        REQUIRE(has(card, "| Total traces | 1,234 |"));
    }
}
