// From a dataset's state to the files that describe it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dataset_state.hpp"
#include "opentraces/card/card.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::flow {

// A folder's place on this machine is nobody else's business: the card knows its name only.
std::string name_in_card(const std::string& name);

// What the card of the dataset with this index says.
card::CardInput card_input(DatasetReader& reader, const DatasetState& state, const shard::Index& index,
                           const hub::DatasetInfo& info, const card::CardSettings& settings);

hub::FileChange small_change(std::string_view path, std::string content);

struct CardChanges {
    std::optional<std::string> before;
    std::string after;
    std::vector<hub::FileChange> changes;  // README.md and what has to go with it
};
// `reset`: a fresh card, and a copy of the old one. Error CardMalformed when the existing card cannot be
// merged.
CardChanges card_changes(DatasetReader& reader, const DatasetState& state, const card::CardInput& input,
                         bool reset);

}  // namespace opentraces::flow
