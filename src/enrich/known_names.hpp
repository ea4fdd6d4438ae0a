// Import names that are not packages of their own.
#pragma once

#include <string_view>

namespace opentraces::enrich {

bool is_python_library(std::string_view module);  // CPython standard library, 3.8 to 3.12
bool is_node_library(std::string_view module);    // with or without "node:"
// Folder names that projects use for their own code: "utils", "models", ...
bool is_usual_folder(std::string_view module);

}  // namespace opentraces::enrich
