#include "flow/push_transaction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "flow/line_diff.hpp"
#include "flow/push_choice.hpp"
#include "flow/push_license.hpp"
#include "flow/push_recovery.hpp"
#include "flow/push_settings.hpp"
#include "flow/shard_scores.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/offers.hpp"
#include "opentraces/hub/remote_spec.hpp"

namespace opentraces::flow {
namespace {

// Refusals after which nothing of the push can be in the dataset.
bool is_refusal(const Error& error) {
    switch (error.code()) {
        case ErrorCode::PermissionDenied:
        case ErrorCode::InvalidToken:
        case ErrorCode::NotAuthenticated:
        case ErrorCode::GatedRepo:
        case ErrorCode::QuotaExceeded:
        case ErrorCode::RateLimited:
        case ErrorCode::UploadFailed:
        case ErrorCode::NotFound:
            return true;
        default:
            return false;
    }
}

// What somebody who may not write can do.
[[noreturn]] void throw_with_offer(const Error& error) {
    const std::string hint = error.hint();
    Error told(error.code(), error.message(),
               hint + (hint.ends_with('.') ? "" : ".") +
                   " If the dataset is somebody else's, offer the traces: opentraces push --create-pr");
    for (const std::string& doing : error.context())
        told.add_context(doing);
    throw told;
}

}  // namespace

PushTransaction::PushTransaction(hub::Remote& remote, Ports& ports, store::Store& store,
                                 const std::string& project, const PushOptions& options, Progress& progress)
    : m_ports(ports),
      m_store(store),
      m_options(with_scrubbed_texts(options, remote.name(), progress, m_result.text_redactions)),
      m_progress(progress),
      m_asked_for(dataset::in_project(ports, store, project), remote, progress),
      m_dataset(&m_asked_for),
      m_spool(ports, store, project, progress),
      m_outbox(m_spool, ports, m_options),
      m_ledger(store, ports.clock) {}

PushResult PushTransaction::run() {
    take_info(remote().info());
    if (!m_options.dry_run) settle_earlier_pushes();
    if (m_info.exists) look_at_offers();
    collect_committed();
    try {
        if (m_options.publish)
            take_info(publish(remote(), m_options));
        else if (m_committed.empty())
            change_settings_only();
        else
            m_asked_for.repeat([this] { return attempt(); });
    } catch (const Error& error) {
        if (!m_begun) leave_nothing();
        if (error.code() == ErrorCode::PermissionDenied && m_info.exists && !m_options.create_pull_request &&
            !m_options.publish)
            throw_with_offer(error);
        throw;
    }
    return std::move(m_result);
}

void PushTransaction::leave_nothing() noexcept {
    try {
        if (m_postponed.empty()) m_spool.clear();
    } catch (const std::exception&) {
        // The next push clears it.
    }
}

void PushTransaction::take_info(hub::DatasetInfo info) {
    m_info = std::move(info);
    m_info_is_new = true;
    m_result.remote = m_info.name;
    m_result.url = m_info.url;
    m_result.visibility = m_info.visibility;
    m_result.gating = m_info.gating;
}

void PushTransaction::settle_earlier_pushes() {
    Recovered recovered = recover_pushes(remote(), m_ports, m_store, m_spool, m_progress);
    m_result.recovered = recovered.confirmed;
    m_postponed = std::move(recovered.unresolved);
}

void PushTransaction::look_at_offers() {
    m_settled = settled_offers_to(remote(), m_store);
    if (m_options.dry_run) return;
    for (const store::Offer& offer : m_settled)
        m_store.settle_offer(offer, offer.state);
}

void PushTransaction::collect_committed() {
    m_committed.clear();
    m_result.later = store::count_later(m_store.later_versions());
    m_result.postponed = 0;
    PushChoice choice = choose_traces(m_store, m_asked_for.remote().name(), m_options, m_settled);
    m_result.elsewhere = choice.elsewhere;
    m_result.offered = choice.offered;
    m_result.here = choice.here;
    for (store::TraceRow& row : choice.rows) {
        if (m_postponed.contains(row.id))
            ++m_result.postponed;
        else
            m_committed.push_back({std::move(row.id), std::move(row.content_hash), row.redactions,
                                   std::move(row.agent), std::move(row.session_id), row.revision});
    }
    std::reverse(m_committed.begin(), m_committed.end());
}

void PushTransaction::change_settings_only() {
    const bool make_private = m_options.visibility == hub::Visibility::Private;
    if (!m_info.exists || !(m_options.gated || make_private)) return;
    // Nothing is sent, so who could read it already does not matter.
    take_info(make_private ? apply_settings(remote(), m_info, m_options, false, m_progress)
                           : apply_gating(remote(), m_info, m_options, m_progress));
}

PushTransaction::Attempt PushTransaction::attempt() {
    look_at_settings();
    dataset::State state;
    Selection batch;
    const Attempt looked = dataset::try_to_read([&] { look(state, batch); });
    if (looked != Attempt::Done) return looked;
    report(batch);
    return batch.fresh.empty() ? finish_without_commit(state, batch) : push_batch(state, batch);
}

// What can be refused is, before anything is changed.
void PushTransaction::look_at_settings() {
    if (!std::exchange(m_info_is_new, false)) take_info(remote().info());
    m_info_is_new = false;
    if (m_info.exists) {
        check_settings(m_info, m_options, m_created);
    } else if (m_options.create_pull_request) {
        throw Error(ErrorCode::NotFound, "there is no dataset " + remote().name() + " to contribute to");
    }
    if (m_options.dry_run && !m_options.create_pull_request) remote().check_write_access(m_info);
}

// Once nothing here can stop the push any more. True when the dataset is another one now than the one that
// was looked at.
bool PushTransaction::bring_to_settings() {
    if (!m_info.exists) {
        const bool to_public =
            wanted_visibility(m_options) == hub::Visibility::Public && !hub::names_a_folder(remote().name());
        if (to_public && m_options.before_public) m_options.before_public(remote().name());
        if (m_options.dry_run) return false;
        take_info(remote().ensure(wanted_visibility(m_options)));
        m_created = true;
        return true;
    }
    const auto gating = m_info.gating;
    take_info(apply_settings(remote(), m_info, m_options, m_created, m_progress));
    m_info_is_new = m_info.gating != gating;  // the card says so
    return m_info_is_new;
}

void PushTransaction::look(dataset::State& state, Selection& batch) {
    dataset::Reader& reader = m_dataset->reader();
    if (m_info.exists) {
        state = reader.read(m_info.head);
        reader.complete(state, m_progress);
    }
    batch = select_fresh(m_committed, reader, state);
    for (const std::string& path : state.contradicted)
        if (m_contradicted.insert(path).second)
            m_progress.warning("the index did not describe " + path +
                               " as it is; the shard was read instead");
    m_strays_told = m_strays_told || warn_of_strays(state, m_progress);
}

void PushTransaction::report(const Selection& batch) {
    m_result.duplicates =
        static_cast<std::int64_t>(batch.same_text.size() + batch.other_text.size() + batch.superseded.size());
    m_result.other_text = ids_of(batch.other_text);
    m_result.superseded = ids_of(batch.superseded);
    m_result.withdrawn = ids_of(batch.withdrawn);
    m_result.earlier.clear();
    for (const Earlier& revision : batch.earlier)
        m_result.earlier.push_back(revision.id);
    m_result.replaced.clear();
    m_result.uploaded = m_options.dry_run ? static_cast<std::int64_t>(batch.fresh.size()) : 0;
}

PushTransaction::Attempt PushTransaction::finish_without_commit(const dataset::State& state,
                                                                const Selection& batch) {
    bring_to_settings();
    if (m_options.dry_run) {
        m_result.preview = PushPreview{};
        return Attempt::Done;
    }
    store::PushIntent intent;
    if (batch.duplicates().empty()) return Attempt::Done;
    // In the dataset itself, also when there is a pull request by now.
    const auto begin = [&] { intent = m_ledger.begin(m_asked_for.remote().name(), state.head, batch, {}); };
    if (!with_traces_as_read(begin)) return Attempt::Again;
    finish(intent, {});
    return Attempt::Done;
}

PushTransaction::Attempt PushTransaction::push_batch(const dataset::State& state, const Selection& batch) {
    if (!with_traces_as_read([&] { m_outbox.fill(batch.fresh, state); })) return Attempt::Again;
    dataset::Changes changes;
    const Attempt planned = dataset::try_to_read([&] {
        dataset::Plan plan = plan_for(state);
        state_license(plan, state);
        name_commit(plan, batch);
        if (m_options.replace) replace_earlier(plan, state, batch);
        if (m_options.assess) score(plan, state);
        changes = changes_of(plan, *m_dataset, state, m_info);
    });
    if (planned != Attempt::Done) return planned;
    check_card(remote(), changes.card);
    if (bring_to_settings()) return Attempt::Again;
    if (m_options.dry_run) {
        preview(batch, changes.card);
        return Attempt::Done;
    }
    if (m_options.create_pull_request && !m_pull_request.remote)
        return switch_to_pull_request(changes.request);
    return send(state, batch, changes.request);
}

void PushTransaction::name_commit(dataset::Plan& plan, const Selection& batch) {
    if (!m_options.message.empty()) {
        plan.summary = m_options.message;
        return;
    }
    const CommitTexts texts = commit_texts(m_store, batch.fresh);
    // Said once, however often others are first.
    if (!m_texts || m_texts->unscrubbed != texts.unscrubbed)
        m_texts = scrubbed(texts, m_options.scan, m_progress, m_result.text_redactions);
    plan.summary = m_texts->summary;
    plan.description = m_texts->description;
}

void PushTransaction::state_license(dataset::Plan& plan, const dataset::State& state) {
    std::optional<std::string> card;
    if (!m_options.card_reset) card = m_dataset->reader().root_file(state, card::k_card_path);
    const bool is_stated = card && !card::license_of(*card).empty();
    if (is_stated || !m_chosen_license) {
        const std::string license = license_for(card, m_info.name, m_options, m_progress);
        m_result.license = license;
        if (is_stated) return;
        m_chosen_license = license;
    }
    m_result.license = plan.card.license = *m_chosen_license;
}

dataset::Plan PushTransaction::plan_for(const dataset::State& state) {
    dataset::Plan plan;
    plan.index = state.index;
    plan.card = m_options.card;
    plan.card_reset = m_options.card_reset;
    m_result.shards.clear();
    for (const dataset::NewShard& shard : m_outbox.shards()) {
        plan.add(shard);
        m_result.shards.push_back({shard.summary.path, shard.summary.sha256, shard.summary.size,
                                   static_cast<std::int64_t>(shard.summary.hashes.size())});
    }
    return plan;
}

// In the same commit, so that the dataset never has both or neither.
void PushTransaction::replace_earlier(dataset::Plan& plan, const dataset::State& state,
                                      const Selection& batch) {
    std::map<std::string, std::set<shard::TraceKey>> by_shard;
    for (const Earlier& revision : batch.earlier)
        by_shard[revision.shard].insert(shard::trace_key(revision.id.str()));
    if (!m_editor) m_editor = std::make_unique<ShardEditor>(*m_dataset, m_options.scan);
    std::set<TraceId> replaced;
    for (const auto& [path, shard_keys] : by_shard) {
        const std::set<shard::TraceKey>& keys = shard_keys;
        std::string what;
        for (const shard::TraceKey& key : keys)
            what.append(key.data(), key.size());
        const EditedShard& edited =
            m_editor->edit(state.head, state.shard_file(path), state.index.find(path)->scan, what,
                           [&](const ShardLine& line) {
                               EditedLine instead;
                               instead.gone = keys.contains(shard::trace_key(line.trace_id));
                               return instead;
                           });
        if (edited.changed == 0) continue;  // the index had placed them there
        if (edited.shard)
            plan.replace(path, *edited.shard);
        else
            plan.remove(path);
        for (const Earlier& revision : batch.earlier)
            if (revision.shard == path) replaced.insert(revision.id);
    }
    m_result.replaced.assign(replaced.begin(), replaced.end());
}

void PushTransaction::score(dataset::Plan& plan, const dataset::State& state) {
    const IndexScores scores = complete_scores(plan, *m_dataset, state);
    plan.scores = quality::summarise(scores.batch, m_options.thresholds, m_ports.clock.now());
    m_result.scores = plan.scores;
    if (!m_options.gate || plan.scores->gate_failures.empty()) return;
    m_spool.clear();
    throw Error(ErrorCode::GateFailed,
                fmt::format("the quality gate does not pass ({}); nothing was uploaded",
                            fmt::join(plan.scores->gate_failures, "; ")),
                "Run: opentraces assess --checks, then reject or repair the traces that it names.");
}

void PushTransaction::preview(const Selection& batch, const dataset::CardTexts& card) {
    PushPreview preview;
    for (const Candidate& trace : batch.fresh) {
        preview.redactions += trace.redactions;
        preview.traces.push_back(trace.id);
    }
    preview.findings = m_outbox.residue();
    preview.card_diff = line_diff(card.before.value_or(""), card.after);
    preview.creates_dataset = !m_info.exists;
    m_result.preview = std::move(preview);
    m_outbox.empty();
}

PushTransaction::Attempt PushTransaction::switch_to_pull_request(const hub::CommitRequest& request) {
    m_pull_request = remote().open_pull_request(request.summary, request.description);
    m_result.pull_request_url = m_pull_request.url;
    m_editor.reset();
    m_proposed = std::make_unique<dataset::Dataset>(m_asked_for.place(), *m_pull_request.remote, m_progress);
    m_dataset = m_proposed.get();
    return Attempt::Again;
}

PushTransaction::Attempt PushTransaction::send(const dataset::State& state, const Selection& batch,
                                               const hub::CommitRequest& request) {
    store::PushIntent intent;
    const auto begin = [&] {
        intent = m_ledger.begin(remote().name(), state.head, batch, m_outbox.shards());
    };
    if (!with_traces_as_read(begin)) return Attempt::Again;
    m_begun = true;
    ++m_result.attempts;
    std::optional<hub::Receipt> receipt;
    try {
        receipt = dataset::send(*m_dataset, request);
    } catch (const Error& error) {
        if (is_refusal(error)) abandon(intent, error.message());
        throw;
    }
    if (!receipt) {
        abandon(intent, "the dataset changed during the push");
        return Attempt::Moved;
    }
    const dataset::Committed committed = verify(*m_dataset, request, std::move(*receipt));
    m_result.uploaded = static_cast<std::int64_t>(batch.fresh.size());
    finish(intent, committed.receipt);
    remember(*m_dataset, state, request, committed);
    look_at_visibility_again();
    return Attempt::Done;
}

void PushTransaction::abandon(const store::PushIntent& intent, const std::string& reason) {
    m_ledger.abandon(intent, reason);
    m_begun = false;
}

void PushTransaction::finish(const store::PushIntent& intent, const hub::Receipt& receipt) {
    if (m_pull_request.remote && !intent.traces.empty())
        m_ledger.offer(intent, m_asked_for.remote().name(), m_pull_request.number, m_pull_request.url);
    else
        m_ledger.finish(intent, receipt.oid, receipt.url);
    // The spool files of pushes that could not be settled are their proof.
    if (m_postponed.empty()) m_spool.clear();
    m_result.commit = receipt.oid;
    m_result.commit_url = receipt.url;
}

// Somebody may have changed it between the first look and the commit. The traces are there and stay marked
// pushed: what can still be done is to say it.
void PushTransaction::look_at_visibility_again() {
    if (!m_info.visibility) return;
    const auto now = visibility_now(remote(), m_progress);
    m_result.visibility = now;
    m_result.became_public =
        now == hub::Visibility::Public && wanted_visibility(m_options) == hub::Visibility::Private;
    if (m_result.became_public)
        m_progress.warning(m_info.name + " became public during the push: everybody can read these traces");
}

bool PushTransaction::with_traces_as_read(const std::function<void()>& step) {
    if (dataset::try_to_read(step) == Attempt::Done) return true;
    m_progress.note("another version of a trace was committed meanwhile; reading the committed traces again");
    collect_committed();
    return false;
}

}  // namespace opentraces::flow
