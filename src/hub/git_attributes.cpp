#include "hub/git_attributes.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::hub {
namespace {

// Patterns under which everything falls that falls under data/**/*.jsonl.
constexpr std::array<std::string_view, 5> k_covering = {"data/**/*.jsonl", "*.jsonl", "data/**", "**/*.jsonl",
                                                        "*"};

}  // namespace

bool covers_shards(std::string_view attributes) {
    bool covered = false;
    each_line(attributes, [&covered](std::string_view whole) {
        const std::string_view line = trim(whole);
        const std::string_view pattern = line.substr(0, line.find_first_of(" \t"));
        if (std::find(k_covering.begin(), k_covering.end(), pattern) == k_covering.end()) return;
        // The last matching line decides.
        covered = line.find(" filter=lfs") != line.npos || line.find("\tfilter=lfs") != line.npos;
    });
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
