#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "opentraces/trace/codec.hpp"

namespace opentraces::trace {
namespace {

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

using Numbers = std::vector<std::string_view>;

// The last one whose records this program can read: the package's versions up to it only add to the schema.
constexpr std::string_view k_last_readable = "0.9";

// The numbers of "1.2.3", "1.2" or "1.2.3-rc1" without leading zeros; nullopt for other texts.
std::optional<Numbers> numbers_of(std::string_view version) {
    version = version.substr(0, version.find_first_of("-+"));
    Numbers numbers;
    while (true) {
        const std::size_t end = std::min(version.find('.'), version.size());
        std::string_view number = version.substr(0, end);
        if (!is_number(number)) return std::nullopt;
        number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
        numbers.push_back(number);
        if (end == version.size()) return numbers;
        version.remove_prefix(end + 1);
    }
}

bool is_later(const Numbers& later, const Numbers& earlier) {
    return std::lexicographical_compare(earlier.begin(), earlier.end(), later.begin(), later.end(),
                                        [](std::string_view a, std::string_view b) {
                                            return a.size() != b.size() ? a.size() < b.size() : a < b;
                                        });
}

// Compared by as many numbers as the longer one has.
bool is_later_padded(Numbers later, Numbers earlier) {
    const std::size_t size = std::max(later.size(), earlier.size());
    later.resize(size);
    earlier.resize(size);
    return is_later(later, earlier);
}

}  // namespace

bool is_newer_schema(std::string_view version) {
    const auto theirs = numbers_of(version);
    return theirs && is_later_padded(*theirs, *numbers_of(k_schema_version));
}

bool is_unknown_schema(std::string_view version) {
    auto theirs = numbers_of(version);
    const Numbers last = *numbers_of(k_last_readable);
    if (!theirs) return false;
    theirs->resize(last.size());
    return is_later(*theirs, last);
}

}  // namespace opentraces::trace
