// What one commit is to make of a dataset, and what follows from it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opentraces/card/card.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/dataset/state.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/quality/summary.hpp"
#include "opentraces/shard/index.hpp"

namespace opentraces::dataset {

struct NewShard {
    std::string local_path;  // where its bytes are
    shard::ShardSummary summary;
    std::optional<shard::ScanReceipt> scan;
};

// What is not named stays. Index, card and older declarations of the features are never left behind: they
// follow from the plan in changes_of(), whoever has made it.
struct Plan {
    bool none = false;        // everything stays as it is
    std::string summary;      // first line of the commit
    std::string description;  // what follows it, may be empty
    std::vector<NewShard> shards;
    std::vector<std::string> removals;              // paths
    shard::Index index;                             // of the dataset as it is to be
    std::vector<shard::Withdrawal> withdrawn;       // traces that are taken back
    bool whole_index = false;                       // in place of all files of the old one, not at their end
    std::optional<quality::QualitySummary> scores;  // over all of it; else the published ones stay
    card::CardSettings card;
    bool card_settings_win = false;  // what was chosen replaces what the front matter says
    bool card_reset = false;         // a fresh card, and a copy of the old one

    // All three to the index as well.
    void add(NewShard shard);
    void replace(const std::string& gone, NewShard shard);
    void remove(const std::string& gone);
};

// The card: as it is, as it is to be, and why.
struct CardTexts {
    std::optional<std::string> before;
    std::string after;
    card::CardInput input;
};

struct Changes {
    hub::CommitRequest request;  // refers to the dataset and the state
    CardTexts card;
    bool empty() const { return request.changes.empty(); }
};

// Error CardMalformed when the existing card cannot be merged; those of Reader::root_file().
Changes changes_of(const Plan& plan, Dataset& dataset, const State& state, const hub::DatasetInfo& info);

// True if the change is in one of these files, as the remote shows them.
bool is_there(const hub::FileChange& change, const std::vector<hub::RemoteFile>& files, fs::Disk& disk);

// What the card of a dataset with this index says. Without `scores` those that the dataset has published.
card::CardInput card_input(Reader& reader, const State& state, const shard::Index& index,
                           const hub::DatasetInfo& info, const card::CardSettings& settings,
                           const std::optional<quality::QualitySummary>& scores = {});

}  // namespace opentraces::dataset
