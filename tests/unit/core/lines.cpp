// Texts as lines, and what two texts share at their ends.
#include <random>
#include <string>

#include "catch.hpp"
#include "opentraces/core/lines.hpp"

using namespace opentraces;

namespace {

std::string some_lines(std::mt19937& random) {
    std::string text;
    for (std::size_t line = random() % 6; line > 0; --line)
        text.append(random() % 3, 'a').append("\n");
    if (random() % 2 == 0) text.append(random() % 3, 'a');
    return text;
}

// Line by line, as the words in the header say it.
SharedEnds ends_by_lines(std::string_view before, std::string_view after) {
    const auto one = lines_of(before);
    const auto other = lines_of(after);
    SharedEnds ends;
    std::size_t head = 0;
    for (; head < one.size() && head < other.size() && one[head] == other[head]; ++head)
        ends.head += one[head].size();
    for (std::size_t tail = 1; tail <= std::min(one.size(), other.size()) - head; ++tail) {
        if (one[one.size() - tail] != other[other.size() - tail]) break;
        ends.tail += one[one.size() - tail].size();
    }
    return ends;
}

std::string side(const std::vector<LineMark>& marks, char left_out) {
    std::string text;
    for (const LineMark& mark : marks)
        if (mark.sign != left_out) text += mark.text;
    return text;
}

}  // namespace

TEST_CASE("lines: what two texts share at their ends is found by bytes as it is by lines") {
    std::mt19937 random(7);
    for (int round = 0; round < 20'000; ++round) {
        const std::string before = some_lines(random);
        const std::string after = some_lines(random);
        const SharedEnds ends = shared_ends(before, after);
        const SharedEnds expected = ends_by_lines(before, after);
        INFO(before << "|" << after);
        REQUIRE(ends.head == expected.head);
        REQUIRE(ends.tail == expected.tail);
    }
}

TEST_CASE("lines: a difference gives both texts back, also beyond the shortest one that is looked for") {
    std::mt19937 random(8);
    std::string many;
    std::string others;
    for (int line = 0; line < 2'000; ++line) {
        many += std::to_string(line) + "\n";
        others += std::to_string(-line - 1) + "\n";
    }
    CHECK(side(line_marks(many, others), '+') == many);
    CHECK(side(line_marks(many, others), '-') == others);
    for (int round = 0; round < 2'000; ++round) {
        const std::string before = some_lines(random) + some_lines(random);
        const std::string after = some_lines(random) + some_lines(random);
        const auto marks = line_marks(before, after);
        REQUIRE(side(marks, '+') == before);
        REQUIRE(side(marks, '-') == after);
    }
}
