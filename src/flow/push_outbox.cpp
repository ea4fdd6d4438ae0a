#include "flow/push_outbox.hpp"

#include <utility>

namespace opentraces::flow {

void Outbox::fill(const std::vector<Candidate>& traces) {
    std::vector<ContentHash> hashes;
    for (const Candidate& trace : traces)
        hashes.push_back(trace.hash);
    if (hashes == m_traces) return;
    empty();
    m_shards = m_spool.write(traces, m_options.max_shard_bytes);
    m_residue = scan_spool(m_shards, m_ports.disk, m_options.scan, m_options.dry_run);
    m_traces = std::move(hashes);
}

void Outbox::empty() {
    for (const dataset::NewShard& shard : m_shards)
        m_ports.disk.remove(shard.local_path);
    m_shards.clear();
    m_traces.clear();
}

}  // namespace opentraces::flow
