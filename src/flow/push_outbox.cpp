#include "flow/push_outbox.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/error.hpp"

namespace opentraces::flow {

namespace {

// More would be no chance any more.
constexpr int k_most_names = 16;

}  // namespace

void Outbox::fill(const std::vector<Candidate>& traces, const dataset::State& state) {
    std::vector<ContentHash> hashes;
    for (const Candidate& trace : traces)
        hashes.push_back(trace.hash);
    if (hashes == m_traces && !is_taken(state)) return;
    for (int names = 0; names == 0 || is_taken(state); ++names) {
        if (names == k_most_names)
            throw Error(ErrorCode::Internal, "every new name of a shard is one that the dataset has");
        empty();
        m_shards = m_spool.write(traces, m_options.max_shard_bytes);
    }
    m_residue = scan_spool(m_shards, &m_spool.store(), m_ports.disk, m_options.scan, m_options.dry_run);
    m_traces = std::move(hashes);
}

bool Outbox::is_taken(const dataset::State& state) const {
    return std::any_of(m_shards.begin(), m_shards.end(), [&](const dataset::NewShard& shard) {
        return std::any_of(state.data.begin(), state.data.end(),
                           [&](const hub::RemoteFile& file) { return file.path == shard.summary.path; });
    });
}

void Outbox::empty() {
    for (const dataset::NewShard& shard : m_shards)
        m_ports.disk.remove(shard.local_path);
    m_shards.clear();
    m_traces.clear();
}

}  // namespace opentraces::flow
