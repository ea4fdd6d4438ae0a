// The card of a dataset: look at it, check it, write it, without pushing traces.
#pragma once

#include <optional>
#include <string>

#include "opentraces/card/card.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct CardOptions {
    std::string remote;           // as PushOptions::remote
    card::CardSettings settings;  // of the project
    security::ScrubOptions scan;  // for the settings
    bool reset = false;           // write a fresh card; the old one is kept as README.before-reset.md
};

struct CardReport {
    std::string remote;  // canonical name
    std::string url;
    std::optional<std::string> before;  // the card in the dataset; nullopt: there is none
    std::string after;                  // the card that should be there
    card::CardCheck check;              // of the one that is there
    std::string commit;                 // of write_card; empty: nothing had to be written
    std::string commit_url;
};

// What the card says and should say, from the shards that are in the dataset. Errors of the remote; NotFound
// when there is no dataset; CorruptDataset, NewerSchema, CardMalformed.
CardReport read_card(Ports& ports, store::Store& store, const std::string& project,
                     const CardOptions& options, Progress& progress);

// Brings the card (and the index, if it lacks shards) up to date in one commit. Chosen settings replace what
// the front matter says. Errors as read_card; CommitConflict.
CardReport write_card(Ports& ports, store::Store& store, const std::string& project,
                      const CardOptions& options, Progress& progress);

}  // namespace opentraces::flow
