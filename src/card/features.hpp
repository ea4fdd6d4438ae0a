// The columns of a shard as the Hub's viewer and `datasets` (4.7 or later) are told, so that they never infer
// types from data.
#pragma once

#include <string>

namespace opentraces::card {

// The front matter's `dataset_info` of the default config: a mapping, lines with LF ends, from column 0.
std::string dataset_info_yaml();

}  // namespace opentraces::card
