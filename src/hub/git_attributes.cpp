#include "hub/git_attributes.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"

namespace opentraces::hub {
namespace {

// Patterns under which everything falls that falls under data/**/*.jsonl.
constexpr std::array<std::string_view, 5> k_covering = {"data/**/*.jsonl", "*.jsonl", "data/**", "**/*.jsonl",
                                                        "*"};

}  // namespace

bool covers_shards(std::string_view attributes) {
    bool covered = false;
    while (!attributes.empty()) {
        const std::size_t end = std::min(attributes.find('\n'), attributes.size());
        const std::string_view line = trim(attributes.substr(0, end));
        attributes.remove_prefix(std::min(end + 1, attributes.size()));
        const std::string_view pattern = line.substr(0, line.find_first_of(" \t"));
        if (std::find(k_covering.begin(), k_covering.end(), pattern) == k_covering.end()) continue;
        // The last matching line decides.
        covered = line.find(" filter=lfs") != line.npos || line.find("\tfilter=lfs") != line.npos;
    }
    return covered;
}

std::string with_shard_attributes(std::string_view attributes) {
    std::string text(attributes);
    if (!text.empty() && text.back() != '\n') text += '\n';
    text += k_shard_attributes;
    text += '\n';
    return text;
}

}  // namespace opentraces::hub
