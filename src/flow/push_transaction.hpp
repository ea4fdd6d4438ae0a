// One push from reading the dataset to the confirmed commit, repeated while others push too.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataset_state.hpp"
#include "opentraces/flow/push.hpp"
#include "push_spool.hpp"

namespace opentraces::flow {

class PushTransaction {
public:
    PushTransaction(hub::Remote& remote, Ports& ports, store::Store& store, const std::string& project,
                    const PushOptions& options, Progress& progress);
    // The caller holds the project's lock.
    PushResult run();

private:
    // What goes and what is there already.
    struct Batch {
        std::vector<store::TraceRow> fresh;
        std::vector<TraceId> duplicates;
        std::vector<TraceId> fresh_ids() const;
    };

    void recover();
    void recover_one(const store::PushIntent& intent, hub::Remote& remote);
    bool has_landed(const store::PushIntent& intent, hub::Remote& remote, const std::string& head);
    void collect_committed();

    // Decision of each: true when the push is finished.
    bool change_settings_only();
    void prepare_dataset();
    bool attempt();
    bool finish_without_commit(const DatasetState& state, const Batch& batch);

    Batch select(const DatasetState& state) const;
    void spool(const Batch& batch);
    hub::CommitRequest compose(DatasetReader& reader, const DatasetState& state, const Batch& batch);
    std::string render_card(DatasetReader& reader, const DatasetState& state,
                            const std::optional<std::string>& existing);
    void preview(const Batch& batch, const hub::CommitRequest& request,
                 const std::optional<std::string>& card_before);
    void switch_to_pull_request(const hub::CommitRequest& request);
    hub::CommitOutcome send(const hub::CommitRequest& request, const store::PushIntent& intent);
    std::vector<hub::RemoteFile> verify(const hub::CommitRequest& request, const hub::Receipt& receipt);
    void confirm(const store::PushIntent& intent, const Batch& batch, const hub::Receipt& receipt);
    store::PushIntent intent_for(const DatasetState& state, const Batch& batch) const;

    hub::Remote* m_remote;  // the dataset, or the pull request once there is one
    Ports& m_ports;
    store::Store& m_store;
    const PushOptions& m_options;
    Progress& m_progress;
    Spool m_spool;
    hub::PullRequest m_pull_request;
    hub::DatasetInfo m_info;
    std::vector<store::TraceRow> m_committed;
    std::vector<SpooledShard> m_spooled;
    std::vector<TraceId> m_spooled_ids;
    Residue m_residue;
    PushResult m_result;
};

}  // namespace opentraces::flow
