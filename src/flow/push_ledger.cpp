#include "flow/push_ledger.hpp"

namespace opentraces::flow {
namespace {

void append_hashes(std::vector<ContentHash>& hashes, const std::vector<Candidate>& traces) {
    for (const Candidate& trace : traces)
        hashes.push_back(trace.hash);
}

}  // namespace

store::PushIntent PushLedger::begin(const std::string& remote, const std::string& parent,
                                    const Selection& batch, const std::vector<dataset::NewShard>& shards) {
    store::PushIntent intent;
    intent.remote = remote;
    intent.parent = parent;
    const std::vector<Candidate> duplicates = batch.duplicates();
    intent.traces = ids_of(batch.fresh);
    intent.duplicates = ids_of(duplicates);
    append_hashes(intent.content_hashes, batch.fresh);
    append_hashes(intent.content_hashes, duplicates);
    intent.started_at = m_clock.now();
    for (const dataset::NewShard& shard : shards)
        intent.shard_paths.push_back(shard.summary.path);
    return m_store.begin_push(intent);
}

void PushLedger::abandon(const store::PushIntent& intent, const std::string& reason) {
    m_store.abandon_push(intent, reason);
}

void PushLedger::finish(const store::PushIntent& intent, const std::string& oid, const std::string& url) {
    store::PushRecord record;
    record.remote = intent.remote;
    record.commit_oid = oid;
    record.commit_url = url;
    record.shard_paths = intent.shard_paths;
    record.traces = static_cast<std::int64_t>(intent.traces.size());
    record.duplicates = static_cast<std::int64_t>(intent.duplicates.size());
    record.at = m_clock.now();
    m_store.finish_push(intent, record);
}

void PushLedger::offer(const store::PushIntent& intent, const std::string& dataset, std::int64_t number,
                       const std::string& url) {
    store::Offer offer;
    offer.remote = dataset;
    offer.number = number;
    offer.url = url;
    m_store.finish_offer(intent, offer);
}

std::vector<TraceId> ids_of(const std::vector<Candidate>& traces) {
    std::vector<TraceId> ids;
    for (const Candidate& trace : traces)
        ids.push_back(trace.id);
    return ids;
}

}  // namespace opentraces::flow
