// What a call asks to do to files, for the kinds of tools that coding agents have: write a file, replace a
// text, apply a patch, delete a file. Agents name their tools and arguments each in its own way, but few say
// more than these.
#pragma once

#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture {

// By the tool's name without case and marks: write, writefile, createfile, edit, replace, strreplace,
// searchreplace, multiedit, replacefilecontent, applypatch, deletefile and others of the table, and the
// editors whose argument "command" says what to do (str_replace_editor of Anthropic's text editor tool,
// fs_write of Kiro). Empty for other tools. call_id and step_index are left open; what the file was before is
// not known from a call.
std::vector<enrich::FileChange> changes_asked(const trace::ToolCall& call);

// The blocks "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE" (Aider, Vibe), "------- SEARCH", "=======",
// "+++++++ REPLACE" (Cline, Roo Code) or "<<<<<<< ORIGINAL", "=======", ">>>>>>> UPDATED" (gptme) in a text.
std::vector<enrich::Replacement> replacements_in_blocks(std::string_view text);

}  // namespace opentraces::capture
