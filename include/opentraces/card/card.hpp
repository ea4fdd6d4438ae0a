// The dataset card (README.md): managed sections inside what people wrote (docs/dataset-layout.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/card/quality_summary.hpp"
#include "opentraces/card/settings.hpp"
#include "opentraces/shard/stats.hpp"

namespace opentraces::card {

inline constexpr std::string_view k_card_path = "README.md";

struct CardInput {
    std::string repo;  // owner/name, or the folder's name
    shard::DatasetStats stats;
    std::int64_t shards = 0;
    std::int64_t withdrawn = 0;  // traces and texts that were taken back
    // The newest scores there are; the card says over how many of the traces they were taken.
    std::optional<QualitySummary> quality;
    CardSettings settings;
    // What the front matter says goes before the settings, unless this is set: then a licence, name or
    // languages that were chosen (differ from the defaults) replace it.
    bool apply_settings = false;
    bool gated = false;  // people must ask for access
};

// The card for this state. Without an existing text (or with one that has no body) a fresh one; otherwise
// the managed parts are replaced and everything else is kept byte for byte. Rendering the result again with
// the same input gives the same bytes. Throws Error CardMalformed (line and reason) when the existing text
// cannot be merged safely: not UTF-8 text, front matter that is never closed or is not valid YAML.
std::string render(const std::optional<std::string>& existing, const CardInput& input);

struct CardCheck {
    bool stale = false;
    std::vector<std::string> reasons;  // one line each: what the card says and what it should say
};
// Whether render() would change the text. Errors as render().
CardCheck check(const std::optional<std::string>& existing, const CardInput& input);

// A YAML front matter `size_categories` bucket for this many rows, for example "1K<n<10K".
std::string_view size_category(std::int64_t rows);

// The licence that the front matter states, for people; empty if it states none. Throws Error CardMalformed.
std::string license_of(std::string_view card);

// The text between the markers of the machine-readable block that consumers would find (the first one, of
// either closing form): one JSON object. nullopt if there is none.
std::optional<std::string> machine_block(std::string_view card);

// What to do with a dataset_infos.json of older tools: the card's front matter declares the features and
// wins, so the file's "default" entry goes, and the file with it unless other entries remain.
struct DatasetInfosUpdate {
    enum class Action { Keep, Replace, Remove };
    Action action = Action::Keep;
    std::string content;  // for Replace
};
DatasetInfosUpdate dataset_infos_update(const std::optional<std::string>& existing);

}  // namespace opentraces::card
