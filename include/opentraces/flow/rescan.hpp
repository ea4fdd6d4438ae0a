// Traces that are stored or published, held against the rules of today.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/flow/takedown.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct RescanOptions {
    std::string remote;      // as PushOptions::remote
    bool published = true;   // false: only the project's own traces
    bool stored = true;      // false: only the dataset
    bool must_exist = true;  // false: a dataset that is not there is left out with a note
    bool all = false;        // also shards that passed the same rules before they left
    std::string output;      // the plan, a file; empty: none
    security::ScrubOptions scan;
};

// What today's rules would take out of a trace; never the values.
struct RescannedTrace {
    std::string trace_id;
    std::string content_hash;
    std::string place;                             // shard, or stage of a stored one
    std::size_t line = 0;                          // in the shard, from 1; 0: none
    std::map<std::string, std::int64_t> findings;  // rule -> count
    std::uint64_t bytes = 0;                       // that they take in the line
};

struct RescanReport {
    std::string remote;  // empty: no dataset was looked at
    std::string url;
    std::string head;
    std::int64_t shards = 0;
    std::int64_t vouched = 0;     // shards that passed the rules of today, by the index: not read
    std::int64_t remembered = 0;  // read by an earlier rescan under the same rules
    std::int64_t shards_read = 0;
    std::int64_t shards_with_findings = 0;
    std::int64_t traces_read = 0;  // published ones, the remembered ones among them
    std::int64_t stored_read = 0;
    std::vector<RescannedTrace> published;  // with findings, the first k_most_rescanned of them
    std::vector<RescannedTrace> stored;
    std::int64_t more = 0;                         // beyond these
    std::map<std::string, std::int64_t> findings;  // rule -> count, over all
    std::uint64_t bytes = 0;
    bool is_clean() const { return published.empty() && stored.empty(); }
};

inline constexpr std::size_t k_most_rescanned = 1000;

// Reads the shards for which no index line vouches under these rules, each once: what was found in one is
// remembered, so that an interrupted rescan goes on where it was. The plan is JSON lines, and there only when
// all of it is. Errors of the remote; NotFound; CorruptDataset when a shard cannot be read, CorruptTrace.
RescanReport rescan(Ports& ports, store::Store& store, const std::string& project,
                    const RescanOptions& options, Progress& progress);

// The traces of a plan. Error CorruptDataset with the line for anything that is not one.
std::vector<TakedownTarget> targets_in_plan(const std::string& path, shard::Withdrawal::Kind kind,
                                            fs::Disk& disk);

}  // namespace opentraces::flow
