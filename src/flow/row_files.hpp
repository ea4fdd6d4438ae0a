// Which files hold rows: by name, as datasets on the Hub have them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/hub/remote.hpp"

namespace opentraces::flow {

bool is_line_file(std::string_view path);   // .jsonl, .ndjson
bool is_row_file(std::string_view path);    // these and .json
bool is_other_kind(std::string_view path);  // Parquet, archives and the like
// Error UnknownFormat for Parquet, archives and the like, saying how to convert them.
void refuse_other_kinds(const std::string& path);

}  // namespace opentraces::flow
