// Sessions that share their beginning: a resumed or forked one starts with a copy of the other's lines, which
// keep uuid and message id. Nothing in them says so.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "opentraces/capture/sources.hpp"

namespace opentraces::capture::claude_code {

// What a session has from others beside it. Of two, the one that went on later is the copy.
struct Copies {
    std::vector<std::string> sessions;            // whose lines they are, by their files' names
    std::unordered_set<std::string> message_ids;  // of replies
};

Copies copies_in(const std::string& main_path, Sources& sources);

}  // namespace opentraces::capture::claude_code
