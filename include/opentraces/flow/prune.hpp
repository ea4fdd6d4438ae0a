// What a project keeps and can do without: raw copies, and what is made again when it is needed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/flow/raw_copies.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

enum class PruneKind { RawCopies, Cache, Spool, Downloads };
std::string_view name_of(PruneKind kind);  // "raw_copies", …

struct PruneItem {
    PruneKind kind = PruneKind::RawCopies;
    std::string path;
    std::uint64_t bytes = 0;
};

// What may go: of files that are older than `age`, the raw copies of sessions whose traces are all pushed or
// rejected, and what lies in cache/, spool/ (unless a push is open) and downloads/; of any age, raw copies of
// sessions without a trace, and those that cannot be read. Nothing else is ever named.
std::vector<PruneItem> plan_prune(const std::string& project, store::Store& store, RawCopies& raw,
                                  fs::Disk& disk, TimePoint now, std::chrono::hours age);
// Removes what was planned, as far as it is still there; answers how many bytes that were.
std::uint64_t prune(const std::string& project, const std::vector<PruneItem>& plan, fs::Disk& disk);

}  // namespace opentraces::flow
