#include "flow/line_diff.hpp"

#include <algorithm>
#include <vector>

#include "opentraces/core/lines.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_context = 2;

bool near_change(const std::vector<LineMark>& entries, std::size_t at) {
    const std::size_t begin = at > k_context ? at - k_context : 0;
    const std::size_t end = std::min(at + k_context + 1, entries.size());
    return std::any_of(entries.begin() + static_cast<std::ptrdiff_t>(begin),
                       entries.begin() + static_cast<std::ptrdiff_t>(end),
                       [](const LineMark& entry) { return entry.sign != ' '; });
}

}  // namespace

std::string line_diff(std::string_view before, std::string_view after) {
    if (before == after) return {};
    const std::vector<LineMark> entries = line_marks(before, after);
    std::string out;
    bool skipping = false;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!near_change(entries, i)) {
            if (!skipping) out += "@@\n";
            skipping = true;
            continue;
        }
        skipping = false;
        out += entries[i].sign;
        out += entries[i].text;
        if (!entries[i].text.ends_with('\n')) out += '\n';
    }
    return out;
}

}  // namespace opentraces::flow
