#include "opentraces/core/lines.hpp"

#include <algorithm>
#include <cstddef>

namespace opentraces {
namespace {

// Of differing lines; beyond that everything between the equal ends is one change.
constexpr int k_most_steps = 1500;

using Lines = std::vector<std::string_view>;

// For every line of both sides: does it belong to what they have in common?
struct Common {
    std::vector<bool> before;
    std::vector<bool> after;
};

// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), between equal ends.
class Myers {
public:
    Myers(const Lines& before, const Lines& after) : m_before(before), m_after(after) {}

    Common run() {
        Common common{std::vector<bool>(m_before.size(), false), std::vector<bool>(m_after.size(), false)};
        std::size_t head = 0;
        while (head < m_before.size() && head < m_after.size() && m_before[head] == m_after[head])
            keep(common, head, head), ++head;
        std::size_t tail = 0;
        while (tail < m_before.size() - head && tail < m_after.size() - head &&
               m_before[m_before.size() - 1 - tail] == m_after[m_after.size() - 1 - tail]) {
            keep(common, m_before.size() - 1 - tail, m_after.size() - 1 - tail);
            ++tail;
        }
        middle(common, static_cast<int>(head), static_cast<int>(m_before.size() - head - tail),
               static_cast<int>(m_after.size() - head - tail));
        return common;
    }

private:
    static void keep(Common& common, std::size_t one, std::size_t other) {
        common.before[one] = common.after[other] = true;
    }

    void middle(Common& common, int offset, int old_size, int new_size) {
        if (old_size == 0 || new_size == 0) return;
        const int most = std::min(old_size + new_size, k_most_steps);
        std::vector<int> reach(static_cast<std::size_t>(2 * most + 3), 0);
        std::vector<std::vector<int>> trace;
        const auto at = [most](int diagonal) { return static_cast<std::size_t>(diagonal + most + 1); };
        for (int steps = 0; steps <= most; ++steps) {
            // Step n looks at the diagonals -n-1 to n+1 alone.
            trace.emplace_back(&reach[at(-steps - 1)], &reach[at(steps + 1)] + 1);
            for (int diagonal = -steps; diagonal <= steps; diagonal += 2) {
                const bool down = diagonal == -steps ||
                                  (diagonal != steps && reach[at(diagonal - 1)] < reach[at(diagonal + 1)]);
                int x = down ? reach[at(diagonal + 1)] : reach[at(diagonal - 1)] + 1;
                int y = x - diagonal;
                while (x < old_size && y < new_size && y >= 0 && same(offset, x, y))
                    ++x, ++y;
                reach[at(diagonal)] = x;
                if (x >= old_size && y >= new_size)
                    return walk_back(common, offset, trace, old_size, new_size);
            }
        }
    }

    bool same(int offset, int x, int y) const {
        return m_before[static_cast<std::size_t>(offset + x)] ==
               m_after[static_cast<std::size_t>(offset + y)];
    }

    // `trace[n]` is how far each diagonal reached before step n.
    static void walk_back(Common& common, int offset, const std::vector<std::vector<int>>& trace, int x,
                          int y) {
        for (int steps = static_cast<int>(trace.size()) - 1; steps >= 0; --steps) {
            const auto at = [steps](int diagonal) { return static_cast<std::size_t>(diagonal + steps + 1); };
            const std::vector<int>& reach = trace[static_cast<std::size_t>(steps)];
            const int diagonal = x - y;
            const bool down = diagonal == -steps ||
                              (diagonal != steps && reach[at(diagonal - 1)] < reach[at(diagonal + 1)]);
            const int from = down ? diagonal + 1 : diagonal - 1;
            const int start_x = steps == 0 ? 0 : reach[at(from)];
            const int start_y = steps == 0 ? 0 : start_x - from;
            while (x > start_x && y > start_y) {
                --x, --y;
                keep(common, static_cast<std::size_t>(offset + x), static_cast<std::size_t>(offset + y));
            }
            x = start_x;
            y = start_y;
        }
    }

    const Lines& m_before;
    const Lines& m_after;
};

std::vector<LineMark> marks_of(const Lines& before, const Lines& after, const Common& common) {
    std::vector<LineMark> marks;
    std::size_t old_at = 0;
    std::size_t new_at = 0;
    while (old_at < before.size() || new_at < after.size()) {
        if (old_at < before.size() && !common.before[old_at]) {
            marks.push_back({'-', before[old_at++]});
        } else if (new_at < after.size() && !common.after[new_at]) {
            marks.push_back({'+', after[new_at++]});
        } else {
            marks.push_back({' ', before[old_at++]});
            ++new_at;
        }
    }
    return marks;
}

bool begins_line(std::string_view text, std::size_t at) {
    return at == 0 || text[at - 1] == '\n';
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t feed = text.find('\n');
        const std::size_t size = feed == std::string_view::npos ? text.size() : feed + 1;
        lines.push_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return lines;
}

SharedEnds shared_ends(std::string_view before, std::string_view after) {
    const std::size_t shorter = std::min(before.size(), after.size());
    const auto first =
        std::mismatch(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(shorter), after.begin());
    auto same = static_cast<std::size_t>(first.first - before.begin());
    if (same == before.size() && same == after.size()) return {same, 0};
    while (same > 0 && before[same - 1] != '\n')
        --same;
    const std::string_view old_rest = before.substr(same);
    const std::string_view new_rest = after.substr(same);
    const std::size_t most = std::min(old_rest.size(), new_rest.size());
    const auto last = std::mismatch(old_rest.rbegin(), old_rest.rbegin() + static_cast<std::ptrdiff_t>(most),
                                    new_rest.rbegin());
    auto tail = static_cast<std::size_t>(last.first - old_rest.rbegin());
    while (tail > 0 &&
           !(begins_line(old_rest, old_rest.size() - tail) && begins_line(new_rest, new_rest.size() - tail)))
        --tail;
    return {same, tail};
}

std::vector<LineMark> line_marks(std::string_view before, std::string_view after) {
    const Lines old_lines = lines_of(before);
    const Lines new_lines = lines_of(after);
    return marks_of(old_lines, new_lines, Myers(old_lines, new_lines).run());
}

}  // namespace opentraces
