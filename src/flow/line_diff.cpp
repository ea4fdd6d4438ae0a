#include "flow/line_diff.hpp"

#include <algorithm>
#include <vector>

namespace opentraces::flow {
namespace {

constexpr std::size_t k_context = 2;
// Beyond this many cells the changed middle is shown as removed and added as a whole.
constexpr std::size_t k_max_cells = std::size_t{4} << 20;

using Lines = std::vector<std::string_view>;

struct Entry {
    char mark;
    std::string_view text;
};

Lines split(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// Lengths of longest common subsequences of the tails.
std::vector<std::size_t> common_lengths(const Lines& a, const Lines& b) {
    const std::size_t width = b.size() + 1;
    std::vector<std::size_t> length((a.size() + 1) * width, 0);
    for (std::size_t i = a.size(); i-- > 0;) {
        for (std::size_t j = b.size(); j-- > 0;) {
            length[i * width + j] = a[i] == b[j]
                                        ? length[(i + 1) * width + j + 1] + 1
                                        : std::max(length[(i + 1) * width + j], length[i * width + j + 1]);
        }
    }
    return length;
}

void append_middle(std::vector<Entry>& out, const Lines& a, const Lines& b) {
    std::size_t i = 0;
    std::size_t j = 0;
    if ((a.size() + 1) * (b.size() + 1) <= k_max_cells) {
        const std::vector<std::size_t> length = common_lengths(a, b);
        const std::size_t width = b.size() + 1;
        while (i < a.size() && j < b.size()) {
            if (a[i] == b[j]) {
                out.push_back({' ', a[i++]});
                ++j;
            } else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) {
                out.push_back({'-', a[i++]});
            } else {
                out.push_back({'+', b[j++]});
            }
        }
    }
    while (i < a.size())
        out.push_back({'-', a[i++]});
    while (j < b.size())
        out.push_back({'+', b[j++]});
}

bool near_change(const std::vector<Entry>& entries, std::size_t at) {
    const std::size_t begin = at > k_context ? at - k_context : 0;
    const std::size_t end = std::min(at + k_context + 1, entries.size());
    return std::any_of(entries.begin() + static_cast<std::ptrdiff_t>(begin),
                       entries.begin() + static_cast<std::ptrdiff_t>(end),
                       [](const Entry& entry) { return entry.mark != ' '; });
}

}  // namespace

std::string line_diff(std::string_view before, std::string_view after) {
    if (before == after) return {};
    Lines a = split(before);
    Lines b = split(after);
    std::vector<Entry> entries;
    std::size_t head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head])
        entries.push_back({' ', a[head++]});
    std::size_t tail = 0;
    while (tail < a.size() - head && tail < b.size() - head &&
           a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    const auto middle = [&](const Lines& lines) {
        return Lines(lines.begin() + static_cast<std::ptrdiff_t>(head),
                     lines.end() - static_cast<std::ptrdiff_t>(tail));
    };
    append_middle(entries, middle(a), middle(b));
    for (std::size_t i = a.size() - tail; i < a.size(); ++i)
        entries.push_back({' ', a[i]});

    std::string out;
    bool skipping = false;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!near_change(entries, i)) {
            if (!skipping) out += "@@\n";
            skipping = true;
            continue;
        }
        skipping = false;
        out += entries[i].mark;
        out += entries[i].text;
        out += '\n';
    }
    return out;
}

}  // namespace opentraces::flow
