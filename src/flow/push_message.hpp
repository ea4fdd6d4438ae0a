// What the Hub commit of a push is called.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "flow/push_spool.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct CommitTexts {
    std::string summary;      // one line
    std::string description;  // may be empty
    std::string unscrubbed;   // what they were made of
};

// Of these traces: the message of their commit when they are of one, whose further lines follow; else how
// many they are, with a line for each commit.
CommitTexts commit_texts(store::Store& store, const std::vector<Candidate>& traces);
// As they may leave; what was replaced is added to `replaced` (rule -> count). Error SecretsFound.
CommitTexts scrubbed(CommitTexts texts, const security::ScrubOptions& options, Progress& progress,
                     std::map<std::string, std::int64_t>& replaced);

}  // namespace opentraces::flow
