// Sessions that begin with what another one beside them begins with: forks, copies that are gone on with. Of
// agents whose logs do not say so, or say no more than whose copy one is.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "opentraces/capture/sources.hpp"

namespace opentraces::capture {

// Where the others are, and what they begin with. Asked once for each key and run.
struct Neighbours {
    std::string key;  // of the place: agent and folder
    std::function<std::vector<std::string>()> paths;
    // By what a session's first message is known again; empty where that is not known.
    std::function<std::string(const std::string& path)> first;
};

// Those that begin with this message, sorted, the session itself (whatever its path is written like) left
// out.
std::vector<std::string> alike_beside(const std::string& session, const std::string& first,
                                      const Neighbours& neighbours, Sources& sources);

// How many messages from the start are the same in both.
std::size_t common_start(const std::vector<std::string>& one, const std::vector<std::string>& other);

struct CopiedStart {
    std::size_t messages = 0;  // from the start
    std::string session;       // path of the one that has them
};

// The longest start of `own` that one of the others has as well.
CopiedStart longest_copied_start(
    const std::vector<std::string>& own, const std::vector<std::string>& others,
    const std::function<std::vector<std::string>(const std::string& path)>& messages_of);

}  // namespace opentraces::capture
