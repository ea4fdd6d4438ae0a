// One push from reading the dataset to the confirmed commit, repeated while others push too.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dataset_state.hpp"
#include "opentraces/flow/push.hpp"
#include "push_changes.hpp"
#include "push_spool.hpp"

namespace opentraces::flow {

class PushTransaction {
public:
    PushTransaction(hub::Remote& remote, Ports& ports, store::Store& store, const std::string& project,
                    const PushOptions& options, Progress& progress);
    // The caller holds the project's lock.
    PushResult run();

private:
    // What goes, and what is there already.
    struct Batch {
        std::vector<Candidate> fresh;
        std::vector<TraceId> duplicates;
        std::vector<TraceId> ids() const;
    };

    void settle_earlier_pushes();
    void collect_committed();
    void change_settings_only();
    bool prepare_dataset(int attempt_number);
    // True when the push is done; false when the dataset has moved meanwhile.
    bool attempt(int attempt_number);
    Batch select(const DatasetState& state) const;
    void finish_without_commit(const DatasetState& state, const Batch& batch);
    void spool(const Batch& batch);
    void preview(const Batch& batch, const PreparedCommit& commit);
    void check_card(const PreparedCommit& commit);
    quality::QualitySummary score(const DatasetState& state, shard::Index& index);
    bool switch_to_pull_request(const hub::CommitRequest& request);
    bool send(DatasetReader& reader, const DatasetState& state, const Batch& batch,
              const hub::CommitRequest& request);
    std::vector<hub::RemoteFile> verify(const std::vector<hub::FileChange>& changes,
                                        const hub::Receipt& receipt);
    store::PushIntent begin(const DatasetState& state, const Batch& batch, bool with_shards);
    void finish(const store::PushIntent& intent, const hub::Receipt& receipt);
    void report_batch(const Batch& batch);
    void take_info(hub::DatasetInfo info);
    void pause(int attempt);

    hub::Remote* m_remote;  // the dataset, or the pull request once there is one
    Ports& m_ports;
    store::Store& m_store;
    const PushOptions& m_options;
    Progress& m_progress;
    Spool m_spool;
    hub::PullRequest m_pull_request;
    bool m_switched = false;  // to the pull request, a moment ago
    hub::DatasetInfo m_info;
    bool m_created = false;
    std::set<TraceId> m_postponed;
    std::vector<Candidate> m_committed;  // oldest first
    std::vector<SpooledShard> m_shards;
    std::vector<TraceId> m_spooled;  // the traces in m_shards
    Residue m_residue;
    PushResult m_result;
};

}  // namespace opentraces::flow
