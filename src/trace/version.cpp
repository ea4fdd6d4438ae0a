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

// The numbers of "1.2.3", "1.2" or "1.2.3-rc1" without leading zeros; nullopt for other texts.
std::optional<std::vector<std::string_view>> numbers_of(std::string_view version) {
    version = version.substr(0, version.find_first_of("-+"));
    std::vector<std::string_view> numbers;
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

}  // namespace

bool is_newer_schema(std::string_view version) {
    auto theirs = numbers_of(version);
    auto ours = numbers_of(k_schema_version);
    if (!theirs || !ours) return false;
    const std::size_t size = std::max(theirs->size(), ours->size());
    theirs->resize(size);
    ours->resize(size);
    return std::lexicographical_compare(ours->begin(), ours->end(), theirs->begin(), theirs->end(),
                                        [](std::string_view a, std::string_view b) {
                                            return a.size() != b.size() ? a.size() < b.size() : a < b;
                                        });
}

}  // namespace opentraces::trace
