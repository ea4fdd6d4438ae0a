#include "opentraces/core/suggestion.hpp"

#include <algorithm>

#include "opentraces/core/text.hpp"

namespace opentraces {
namespace {

constexpr std::size_t k_longest = 64;  // nobody mistypes a longer name by a few letters
constexpr std::size_t k_least_beginning = 3;

// The one name that begins with what was written.
std::string beginning(const std::string& written, const std::vector<std::string>& names) {
    std::string found;
    for (const std::string& name : names) {
        if (!to_lower_ascii(name).starts_with(written)) continue;
        if (!found.empty()) return {};
        found = name;
    }
    return found;
}

}  // namespace

std::size_t edits_between(std::string_view one, std::string_view other) {
    const std::string a = to_lower_ascii(one);
    const std::string b = to_lower_ascii(other);
    std::vector<std::size_t> older(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], older[j - 2] + 1);
        }
        std::swap(older, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

std::string nearest(std::string_view written, const std::vector<std::string>& names) {
    if (written.empty() || written.size() > k_longest) return {};
    if (written.size() >= k_least_beginning) {
        std::string begun = beginning(to_lower_ascii(written), names);
        if (!begun.empty()) return begun;
    }
    std::size_t fewest = std::max<std::size_t>(written.size() / 3, 1) + 1;
    std::string found;
    for (const std::string& name : names) {
        // A name of one letter is near to every other.
        if (name.size() > k_longest || std::max(name.size(), written.size()) < 2) continue;
        const std::size_t edits = edits_between(written, name);
        if (edits >= fewest || edits >= name.size()) continue;
        fewest = edits;
        found = name;
    }
    return found;
}

std::string did_you_mean(std::string_view written, const std::vector<std::string>& names) {
    const std::string name = nearest(written, names);
    return name.empty() ? name : "Did you mean '" + printable_line(name) + "'?";
}

std::string did_you_mean(std::string_view written, const std::vector<std::string>& names,
                         const std::string& sentence) {
    const std::string question = did_you_mean(written, names);
    return question.empty() ? sentence : question + " " + sentence;
}

}  // namespace opentraces
