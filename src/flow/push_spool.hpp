// Shards on their way out: written under .opentraces/spool/, read back and scanned before anything is sent.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "opentraces/dataset/plan.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/shard/shard.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

// What a push needs of a committed trace; thousands of them are held at once.
struct Candidate {
    TraceId id;
    ContentHash hash;
    std::int64_t redactions = 0;
    std::string agent;
    std::string session_id;
    int revision = 0;
};

class Spool {
public:
    Spool(Ports& ports, store::Store& store, const std::string& project, Progress& progress);
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;
    ~Spool() = default;

    // Writes these traces, in this order, to shards of at most `max_bytes` (a larger trace gets its own).
    // Error CorruptTrace names the trace that cannot be read, CommitConflict the one that has changed since
    // it was chosen.
    std::vector<dataset::NewShard> write(const std::vector<Candidate>& traces, std::uint64_t max_bytes);
    store::Store& store() const { return m_store; }
    // Where the spool file of a shard is, whether it exists or not.
    std::string path_of(const std::string& shard_path) const;
    // Removes the shards in the spool, the copies that older versions have left there, and what was left
    // half-written.
    void clear();

private:
    struct OpenShard;
    static void append(OpenShard& shard, const Candidate& trace, const std::string& line);
    dataset::NewShard close(OpenShard& shard);

    Ports& m_ports;
    store::Store& m_store;
    Progress& m_progress;
    std::string m_folder;
    std::unique_ptr<fs::Disk> m_disk;  // confined to the project
};

// rule -> findings in the exact bytes of these shards.
using Residue = std::map<std::string, std::int64_t>;

// Scans the spooled bytes line by line, and gives the shards their receipts. Error SecretsFound (rules and
// trace ids) when something is left that must not leave, ScannerFailed when scanning failed; `dry_run` only
// counts.
// What people have allowed in the store (null: nothing) is counted in the receipts and is nothing that is
// left.
Residue scan_spool(std::vector<dataset::NewShard>& shards, store::Store* store, fs::Disk& disk,
                   const security::ScrubOptions& options, bool dry_run);

}  // namespace opentraces::flow
