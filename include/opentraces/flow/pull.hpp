// The shards of a dataset as local files: whole or filtered, verified, and resumed where they were broken
// off.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/flow/verify.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

// What a trace has to be to be kept; empty: anything.
struct PullFilter {
    std::string agent;                // exact
    std::string model;                // part of it, any case
    std::optional<TimePoint> since;   // start of the session; one without a time does not match
    std::optional<TimePoint> before;  // likewise
    std::optional<bool> success;
    bool empty() const;
    // One line that tells filters apart, for the state of a pull.
    std::string text() const;
};

struct PullOptions {
    std::string remote;  // as PushOptions::remote
    std::string folder;  // absolute; made if it does not exist
    PullFilter filter;
};

struct PullResult {
    std::string remote;
    std::string url;
    std::string head;
    std::int64_t shards = 0;  // of the dataset
    std::int64_t pulled = 0;  // of these written now
    std::int64_t kept = 0;    // were here already
    std::int64_t traces = 0;  // in the files that are here now
    std::int64_t withdrawn =
        0;  // traces that the dataset has taken back: left out, or taken out of files here
    std::int64_t left_out = 0;         // by the filter, of the shards written now
    std::uint64_t transferred = 0;     // bytes
    std::uint64_t resumed = 0;         // bytes of an earlier try that were not transferred again
    std::vector<std::string> gone;     // files of earlier pulls that are no longer in the dataset; they stay
    std::vector<Diagnostic> problems;  // rules: not_a_trace, hash_wrong, index_wrong, index_damaged
    std::int64_t more_problems = 0;
};

// Writes data/traces_*.jsonl below the folder, byte by byte as they are in the dataset, or with a filter only
// the lines that match. A file appears under its name when its digest is that of the dataset. What arrived of
// a file is kept in .opentraces-pull/ until it is whole. Errors: InvalidState, before anything is
// transferred, when the folder holds another dataset, another filter, or a file that was changed here;
// NotFound; Locked; those of the remote.
PullResult pull(Ports& ports, store::Store& store, const PullOptions& options, Progress& progress);

}  // namespace opentraces::flow
