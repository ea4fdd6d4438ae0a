// A Gemini CLI session as a record.
#pragma once

#include <string>
#include <string_view>

#include "capture/gemini/log.hpp"
#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::gemini {

// What the place of a session says and its log does not. Empty: unknown.
struct Whereabouts {
    std::string directory;
    std::string parent;  // session that this one is a sub-agent of
    std::string name;    // of the file, where the log has no id
};

// The folder that the context at the start of a session names; empty if this is none or names none.
std::string directory_in_context(std::string_view text);

// Fills record, evidence and report.
void tell(Log& log, const Whereabouts& where, const Accounting& accounting, std::string_view reader_version,
          ParsedSession& parsed);

}  // namespace opentraces::capture::gemini
