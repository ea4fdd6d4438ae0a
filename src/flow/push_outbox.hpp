// The shards of a push: written and scanned once, however often the dataset moves.
#pragma once

#include <string>
#include <vector>

#include "flow/push_spool.hpp"
#include "opentraces/flow/push.hpp"

namespace opentraces::flow {

class Outbox {
public:
    Outbox(Spool& spool, Ports& ports, const PushOptions& options)
        : m_spool(spool), m_ports(ports), m_options(options) {}

    // Shards of these traces, under names that the dataset does not have: a shard is never replaced. They are
    // there already when nothing has changed. Errors of Spool::write() and scan_spool().
    void fill(const std::vector<Candidate>& traces, const dataset::State& state);
    void empty();
    const std::vector<dataset::NewShard>& shards() const { return m_shards; }
    // What the last scan has found: nothing, except in a dry run.
    const Residue& residue() const { return m_residue; }

private:
    bool is_taken(const dataset::State& state) const;

    Spool& m_spool;
    Ports& m_ports;
    const PushOptions& m_options;
    std::vector<dataset::NewShard> m_shards;
    std::vector<ContentHash> m_traces;  // in m_shards
    Residue m_residue;
};

}  // namespace opentraces::flow
