// One push from reading the dataset to the confirmed commit, repeated while others push too.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "flow/push_ledger.hpp"
#include "flow/push_message.hpp"
#include "flow/push_outbox.hpp"
#include "flow/push_selection.hpp"
#include "flow/push_spool.hpp"
#include "flow/shard_edit.hpp"
#include "opentraces/dataset/commit.hpp"
#include "opentraces/flow/push.hpp"

namespace opentraces::flow {

// The parts: what is sent (push_selection, push_outbox), who may see it (push_settings), what the store knows
// of it (push_ledger, push_recovery), and the commit (dataset). This is their order.
class PushTransaction {
public:
    PushTransaction(hub::Remote& remote, Ports& ports, store::Store& store, const std::string& project,
                    const PushOptions& options, Progress& progress);
    // The caller holds the project's lock.
    PushResult run();

private:
    using Attempt = dataset::Attempt;

    void settle_earlier_pushes();
    void look_at_offers();
    void collect_committed();
    void change_settings_only();

    Attempt attempt();
    void look_at_settings();
    bool bring_to_settings();
    void look(dataset::State& state, Selection& batch);
    void report(const Selection& batch);
    Attempt finish_without_commit(const dataset::State& state, const Selection& batch);
    Attempt push_batch(const dataset::State& state, const Selection& batch);
    dataset::Plan plan_for(const dataset::State& state);
    void replace_earlier(dataset::Plan& plan, const dataset::State& state, const Selection& batch);
    void score(dataset::Plan& plan, const dataset::State& state);
    void preview(const Selection& batch, const dataset::CardTexts& card);
    Attempt switch_to_pull_request(const hub::CommitRequest& request);
    Attempt send(const dataset::State& state, const Selection& batch, const hub::CommitRequest& request);
    void finish(const store::PushIntent& intent, const hub::Receipt& receipt);
    void abandon(const store::PushIntent& intent, const std::string& reason);
    void leave_nothing() noexcept;
    void name_commit(dataset::Plan& plan, const Selection& batch);
    void state_license(dataset::Plan& plan, const dataset::State& state);
    void look_at_visibility_again();

    // False when another version took the place of a trace that this push had read: the committed ones are
    // read again.
    bool with_traces_as_read(const std::function<void()>& step);
    void take_info(hub::DatasetInfo info);
    hub::Remote& remote() { return m_dataset->remote(); }

    Ports& m_ports;
    store::Store& m_store;
    PushResult m_result;
    const PushOptions m_options;  // its texts as they may leave
    Progress& m_progress;
    dataset::Dataset m_asked_for;
    hub::PullRequest m_pull_request;
    std::unique_ptr<dataset::Dataset> m_proposed;  // the dataset as the pull request has it
    dataset::Dataset* m_dataset;                   // the one of these that the push goes to
    Spool m_spool;
    Outbox m_outbox;
    std::unique_ptr<ShardEditor> m_editor;  // of shards with earlier revisions
    PushLedger m_ledger;
    hub::DatasetInfo m_info;
    bool m_info_is_new = false;
    bool m_created = false;
    bool m_begun = false;  // the spooled shards may be in the dataset
    std::set<TraceId> m_postponed;
    std::vector<store::Offer> m_settled;   // offers to this remote, open in the store at the beginning
    std::set<std::string> m_contradicted;  // shards that were warned of
    bool m_strays_told = false;
    std::optional<std::string> m_chosen_license;  // asked for once, however often others are first
    std::vector<Candidate> m_committed;           // oldest first
    std::optional<CommitTexts> m_texts;           // of the traces in the outbox
};

}  // namespace opentraces::flow
