// Sessions that share their beginning: a resumed or forked one starts with a copy of the other's lines, which
// keep uuid and message id. Nothing in them says so.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "opentraces/capture/sources.hpp"

namespace opentraces::capture::claude_code {

// What a session has from others of the agent's store. Of two, the copy is the one that was begun later;
// where the files do not tell when they were begun, the one that has its lines in one piece; and else the one
// that said something of its own first: in the other, nothing had been said by then (of equal files, the one
// with the greater name). All of this is settled when a session is forked, so that it does not matter who
// goes on, and who is read when.
struct Copies {
    std::size_t alike = 0;                        // sessions that begin with the same line
    std::vector<std::string> sessions;            // whose lines they are, by their files' names
    std::unordered_set<std::string> message_ids;  // of replies
};

// Looks through the session's own folder, and through those of other working folders where it is in a folder
// "projects".
Copies copies_in(const std::string& main_path, Sources& sources);

}  // namespace opentraces::capture::claude_code
