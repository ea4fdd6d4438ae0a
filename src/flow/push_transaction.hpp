// One push from reading the dataset to the confirmed commit, repeated while others push too.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dataset_state.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/push.hpp"
#include "push_changes.hpp"
#include "push_selection.hpp"
#include "push_spool.hpp"

namespace opentraces::flow {

class PushTransaction {
public:
    PushTransaction(hub::Remote& remote, Ports& ports, store::Store& store, const std::string& project,
                    const PushOptions& options, Progress& progress);
    // The caller holds the project's lock.
    PushResult run();

private:
    // Why an attempt has to be followed by another.
    enum class Again { DatasetMoved, OnPullRequest, TracesChanged };

    void settle_earlier_pushes();
    void collect_committed();
    void change_settings_only();
    bool prepare_dataset(int attempt_number);
    // True when the push is done; false when it has to be tried again (m_again).
    bool attempt(int attempt_number);
    bool finish_without_commit(const DatasetState& state, const Selection& batch);
    bool spool(const Selection& batch);
    bool read_again(const Error& error);
    void warn_of_contradictions(const DatasetState& state);
    void preview(const Selection& batch, const PreparedCommit& commit);
    void check_card(const PreparedCommit& commit);
    quality::QualitySummary score(const DatasetState& state, shard::Index& index);
    bool switch_to_pull_request(const hub::CommitRequest& request);
    bool send(DatasetReader& reader, const DatasetState& state, const Selection& batch,
              const hub::CommitRequest& request);
    std::optional<store::PushIntent> begin(const DatasetState& state, const Selection& batch,
                                           bool with_shards);
    void finish(const store::PushIntent& intent, const hub::Receipt& receipt);
    void look_at_visibility_again();
    void report_batch(const Selection& batch);
    void take_info(hub::DatasetInfo info);
    void pause(int attempt);

    hub::Remote* m_remote;  // the dataset, or the pull request once there is one
    Ports& m_ports;
    store::Store& m_store;
    PushResult m_result;
    const PushOptions m_options;  // its texts as they may leave
    Progress& m_progress;
    Spool m_spool;
    hub::PullRequest m_pull_request;
    Again m_again = Again::DatasetMoved;
    hub::DatasetInfo m_info;
    bool m_created = false;
    std::set<TraceId> m_postponed;
    std::set<std::string> m_contradicted;  // shards that were warned of
    bool m_strays_told = false;
    std::vector<Candidate> m_committed;  // oldest first
    std::vector<SpooledShard> m_shards;
    std::vector<ContentHash> m_spooled;  // the traces in m_shards
    Residue m_residue;
};

}  // namespace opentraces::flow
