// Kinds of steps that Windsurf's Cascade takes and Antigravity, which comes from it. Windsurf writes them in
// small letters, Antigravity in capitals.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::capture {

// "view_file" of VIEW_FILE.
std::string cascade_step_name(std::string_view type);
// Does a tool take steps of this kind (by such a name)?
bool is_cascade_tool(std::string_view name);

}  // namespace opentraces::capture
