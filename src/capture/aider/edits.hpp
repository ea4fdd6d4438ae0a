// The edits in a reply of a model to Aider, in the formats that it asks for: "diff" (SEARCH/REPLACE blocks
// below the name of a file), "whole" (the name of a file and its content between fences), "udiff" (a fenced
// unified diff) and "patch" ("*** Begin Patch"; aider/coders/*_coder.py).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"

namespace opentraces::capture::aider {

struct Edit {
    std::string path;
    std::vector<enrich::Replacement> replacements;
};

// All SEARCH/REPLACE blocks by their files, in the order of the files' first ones. A block without a file
// name is of the file before.
std::vector<Edit> edits_in(std::string_view reply);

// What stands between the fences below this file's name.
std::optional<std::string> whole_file_in(std::string_view reply, std::string_view path);
// The part of a unified diff that is about this file.
std::optional<std::string> diff_in(std::string_view reply, std::string_view path);
// From "*** Begin Patch" to "*** End Patch".
std::optional<std::string> patch_in(std::string_view reply);

// Does a line begin or end a fenced block?
bool is_fence(std::string_view line);

}  // namespace opentraces::capture::aider
