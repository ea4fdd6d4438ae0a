// Which files of a dataset git keeps as LFS pointers (gitattributes(5)).
#pragma once

#include <string>
#include <string_view>

namespace opentraces::hub {

inline constexpr std::string_view k_shard_attributes = "data/**/*.jsonl filter=lfs diff=lfs merge=lfs -text";

// True if some line makes every file that our one pattern matches an LFS file.
bool covers_shards(std::string_view attributes);

// The text with our one line at its end. Without it the Hub adds a line for each large shard by itself, and
// the file grows with the dataset.
std::string with_shard_attributes(std::string_view attributes);

}  // namespace opentraces::hub
