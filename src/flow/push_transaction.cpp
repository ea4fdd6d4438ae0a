#include "push_transaction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "dataset_rewrite.hpp"
#include "line_diff.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/net/retry.hpp"
#include "push_recovery.hpp"
#include "push_settings.hpp"
#include "shard_download.hpp"
#include "shard_scores.hpp"

namespace opentraces::flow {
namespace {

using std::chrono::milliseconds;

constexpr int k_max_attempts = 10;
constexpr milliseconds k_base{1000};
constexpr milliseconds k_cap{30'000};

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

std::vector<TraceId> ids_of(const std::vector<Candidate>& traces) {
    std::vector<TraceId> ids;
    for (const Candidate& trace : traces)
        ids.push_back(trace.id);
    return ids;
}

void append_hashes(std::vector<ContentHash>& hashes, const std::vector<Candidate>& traces) {
    for (const Candidate& trace : traces)
        hashes.push_back(trace.hash);
}

}  // namespace

PushTransaction::PushTransaction(hub::Remote& remote, Ports& ports, store::Store& store,
                                 const std::string& project, const PushOptions& options, Progress& progress)
    : m_remote(&remote),
      m_ports(ports),
      m_store(store),
      m_options(with_scrubbed_texts(options, remote.name(), progress, m_result.text_redactions)),
      m_progress(progress),
      m_spool(ports, store, project) {}

PushResult PushTransaction::run() {
    take_info(m_remote->info());
    if (!m_options.dry_run) settle_earlier_pushes();
    collect_committed();
    if (m_options.publish) {
        take_info(publish(*m_remote, m_options));
        return m_result;
    }
    if (m_committed.empty()) {
        change_settings_only();
        return m_result;
    }
    for (int attempt_number = 1; attempt_number <= k_max_attempts; ++attempt_number) {
        if (attempt(attempt_number)) return m_result;
        const Again why = std::exchange(m_again, Again::DatasetMoved);
        if (why == Again::TracesChanged) collect_committed();
        // The first look at a new pull request, and a capture here, are not somebody else's push.
        if (why != Again::DatasetMoved) continue;
        m_progress.note("somebody else has pushed meanwhile; reading the dataset again");
        pause(attempt_number);
    }
    throw Error(ErrorCode::CommitConflict,
                fmt::format("{} kept changing during {} attempts", m_remote->name(), k_max_attempts));
}

void PushTransaction::take_info(hub::DatasetInfo info) {
    m_info = std::move(info);
    m_result.remote = m_info.name;
    m_result.url = m_info.url;
    m_result.visibility = m_info.visibility;
    m_result.gating = m_info.gating;
}

void PushTransaction::settle_earlier_pushes() {
    Recovered recovered = recover_pushes(*m_remote, m_ports, m_store, m_spool, m_progress);
    m_result.recovered = recovered.confirmed;
    m_postponed = std::move(recovered.unresolved);
}

void PushTransaction::collect_committed() {
    m_committed.clear();
    m_result.postponed = 0;
    store::Filter filter;
    filter.stage = store::Stage::Committed;
    for (store::TraceRow& row : m_store.list(filter)) {
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
    take_info(make_private ? apply_settings(*m_remote, m_info, m_options, false, m_progress)
                           : apply_gating(*m_remote, m_info, m_options, m_progress));
}

bool PushTransaction::prepare_dataset(int attempt_number) {
    if (attempt_number > 1) take_info(m_remote->info());
    if (!m_info.exists) {
        if (m_options.create_pull_request)
            throw Error(ErrorCode::NotFound, "there is no dataset " + m_remote->name() + " to contribute to");
        if (m_options.dry_run) return false;
        take_info(m_remote->ensure(wanted_visibility(m_options)));
        m_created = true;
    }
    take_info(apply_settings(*m_remote, m_info, m_options, m_created, m_progress));
    return true;
}

bool PushTransaction::attempt(int attempt_number) {
    const bool exists = prepare_dataset(attempt_number);
    DatasetReader reader(*m_remote, m_store, m_ports.disk, m_spool.folder());
    DatasetState state;
    Selection batch;
    try {
        if (exists) {
            state = reader.read(m_info.head);
            reader.complete(state, m_progress);
        }
        batch = select_fresh(m_committed, reader, state);
        warn_of_contradictions(state);
        m_strays_told = m_strays_told || warn_of_strays(state, m_progress);
    } catch (const Error& error) {
        // A folder that changes while it is read.
        if (error.code() == ErrorCode::CommitConflict) return false;
        throw;
    }
    report_batch(batch);
    if (batch.fresh.empty()) return finish_without_commit(state, batch);
    if (!spool(batch)) return false;
    ScoreShards score_shards;
    if (m_options.assess) score_shards = [&](shard::Index& index) { return score(state, index); };
    const PreparedCommit commit = prepare_commit(reader, state, m_shards, m_info, m_options, score_shards);
    m_result.scores = commit.scores;
    if (m_options.dry_run) {
        preview(batch, commit);
        return true;
    }
    check_card(commit);
    if (m_options.create_pull_request && switch_to_pull_request(commit.request)) return false;
    return send(reader, state, batch, commit.request);
}

void PushTransaction::warn_of_contradictions(const DatasetState& state) {
    for (const std::string& path : state.contradicted)
        if (m_contradicted.insert(path).second)
            m_progress.warning("the index did not describe " + path +
                               " as it is; the shard was read instead");
}

void PushTransaction::report_batch(const Selection& batch) {
    m_result.duplicates =
        static_cast<std::int64_t>(batch.same_text.size() + batch.other_text.size() + batch.superseded.size());
    m_result.other_text = ids_of(batch.other_text);
    m_result.superseded = ids_of(batch.superseded);
    m_result.uploaded = m_options.dry_run ? static_cast<std::int64_t>(batch.fresh.size()) : 0;
}

bool PushTransaction::finish_without_commit(const DatasetState& state, const Selection& batch) {
    if (m_options.dry_run) {
        m_result.preview = PushPreview{};
        return true;
    }
    const std::optional<store::PushIntent> intent = begin(state, batch, false);
    if (!intent) return false;
    finish(*intent, {});
    return true;
}

// The store says CommitConflict when a capture has changed a trace that this push had read.
bool PushTransaction::read_again(const Error& error) {
    if (error.code() != ErrorCode::CommitConflict) return false;
    m_progress.note("a trace was captured again meanwhile; reading the committed traces again");
    m_again = Again::TracesChanged;
    return true;
}

// False when a trace is no longer the one that was chosen.
bool PushTransaction::spool(const Selection& batch) {
    std::vector<ContentHash> hashes;
    append_hashes(hashes, batch.fresh);
    if (hashes == m_spooled) return true;
    m_spooled.clear();
    for (const SpooledShard& shard : m_shards)
        m_ports.disk.remove(shard.spool_path);
    m_shards.clear();
    try {
        m_shards = m_spool.write(batch.fresh, m_options.max_shard_bytes);
    } catch (const Error& error) {
        if (read_again(error)) return false;
        throw;
    }
    m_residue = scan_spool(m_shards, m_ports.disk, m_options.scan, m_options.dry_run);
    m_spooled = std::move(hashes);
    m_result.shards.clear();
    for (const SpooledShard& shard : m_shards)
        m_result.shards.push_back({shard.summary.path, shard.summary.sha256, shard.summary.size,
                                   static_cast<std::int64_t>(shard.summary.hashes.size())});
    return true;
}

void PushTransaction::preview(const Selection& batch, const PreparedCommit& commit) {
    PushPreview preview;
    for (const Candidate& trace : batch.fresh)
        preview.redactions += trace.redactions;
    preview.findings = m_residue;
    preview.card_diff = line_diff(commit.card_before.value_or(""), commit.card_after);
    preview.creates_dataset = !m_info.exists;
    m_result.preview = std::move(preview);
    for (const SpooledShard& shard : m_shards)
        m_ports.disk.remove(shard.spool_path);
}

quality::QualitySummary PushTransaction::score(const DatasetState& state, shard::Index& index) {
    const auto open = [&](const std::string& path) -> json::ByteSource {
        for (const SpooledShard& shard : m_shards) {
            if (shard.summary.path != path) continue;
            return [file = std::shared_ptr<fs::ReadFile>(m_ports.disk.open(shard.spool_path))](
                       char* buffer, std::size_t size) { return file->read(buffer, size); };
        }
        for (const hub::RemoteFile& file : state.data)
            if (file.path == path)
                return download_shard(*m_remote, state.head, file, m_ports.disk, m_spool.folder());
        throw Error(ErrorCode::CorruptDataset, path + " is not in the dataset");
    };
    const IndexScores scores = complete_scores(index, open, m_ports, m_store);
    quality::QualitySummary summary =
        quality::summarise(scores.batch, m_options.thresholds, m_ports.clock.now());
    if (m_options.gate && !summary.gate_failures.empty()) {
        m_spool.clear();
        throw Error(ErrorCode::GateFailed,
                    fmt::format("the quality gate does not pass ({}); nothing was uploaded",
                                fmt::join(summary.gate_failures, "; ")),
                    "Run: opentraces assess --checks, then reject or repair the traces that it names.");
    }
    return summary;
}

void PushTransaction::check_card(const PreparedCommit& commit) {
    if (!front_matter_differs(commit.card_before, commit.card_after)) return;
    const std::vector<std::string> problems = m_remote->card_problems(commit.card_after);
    if (problems.empty()) return;
    std::string text;
    for (const std::string& problem : problems)
        text += (text.empty() ? "" : "; ") + problem;
    throw Error(ErrorCode::CardMalformed, fmt::format("{} does not accept the card: {}", m_info.name, text),
                "Repair the front matter of README.md, or the card settings of the project.");
}

bool PushTransaction::switch_to_pull_request(const hub::CommitRequest& request) {
    if (m_pull_request.remote) return false;
    m_pull_request = m_remote->open_pull_request(request.summary, request.description);
    m_result.pull_request_url = m_pull_request.url;
    m_remote = m_pull_request.remote.get();
    m_again = Again::OnPullRequest;
    return true;
}

std::optional<store::PushIntent> PushTransaction::begin(const DatasetState& state, const Selection& batch,
                                                        bool with_shards) {
    store::PushIntent intent;
    intent.remote = m_remote->name();
    intent.parent = state.head;
    const std::vector<Candidate> duplicates = batch.duplicates();
    intent.traces = ids_of(batch.fresh);
    intent.duplicates = ids_of(duplicates);
    append_hashes(intent.content_hashes, batch.fresh);
    append_hashes(intent.content_hashes, duplicates);
    intent.started_at = m_ports.clock.now();
    if (with_shards)
        for (const SpooledShard& shard : m_shards)
            intent.shard_paths.push_back(shard.summary.path);
    try {
        return m_store.begin_push(intent);
    } catch (const Error& error) {
        if (read_again(error)) return std::nullopt;
        throw;
    }
}

bool PushTransaction::send(DatasetReader& reader, const DatasetState& state, const Selection& batch,
                           const hub::CommitRequest& request) {
    const std::optional<store::PushIntent> begun = begin(state, batch, true);
    if (!begun) return false;
    const store::PushIntent& intent = *begun;
    ++m_result.attempts;
    hub::CommitOutcome outcome;
    try {
        outcome = m_remote->commit(request, [&](const hub::UploadProgress& done) {
            m_progress.upload(done.path, done.sent, done.total);
        });
    } catch (const Error& error) {
        if (is_refusal(error)) m_store.abandon_push(intent, error.message());
        throw;
    }
    if (outcome.status == hub::CommitStatus::ParentMoved) {
        m_store.abandon_push(intent, "the dataset changed during the push");
        return false;
    }
    const std::vector<hub::RemoteFile> files =
        verified(*m_remote, request.changes, outcome.receipt, m_ports.disk);
    m_result.uploaded = static_cast<std::int64_t>(batch.fresh.size());
    finish(intent, outcome.receipt);
    reader.remember(state, files, request.changes);
    reader.remember_texts(files, outcome.receipt.added);
    look_at_visibility_again();
    return true;
}

// Somebody may have changed it between the first look and the commit. The traces are there and stay marked
// pushed: what can still be done is to say it.
void PushTransaction::look_at_visibility_again() {
    if (!m_info.visibility) return;
    const auto now = visibility_now(*m_remote, m_progress);
    m_result.visibility = now;
    m_result.became_public =
        now == hub::Visibility::Public && wanted_visibility(m_options) == hub::Visibility::Private;
    if (m_result.became_public)
        m_progress.warning(m_info.name + " became public during the push: everybody can read these traces");
}

void PushTransaction::finish(const store::PushIntent& intent, const hub::Receipt& receipt) {
    store::PushRecord record;
    record.remote = intent.remote;
    record.commit_oid = receipt.oid;
    record.commit_url = receipt.url;
    record.shard_paths = intent.shard_paths;
    record.traces = static_cast<std::int64_t>(intent.traces.size());
    record.duplicates = static_cast<std::int64_t>(intent.duplicates.size());
    record.at = m_ports.clock.now();
    m_store.finish_push(intent, record);
    // The spool files of pushes that could not be settled are their proof.
    if (m_postponed.empty()) m_spool.clear();
    m_result.commit = receipt.oid;
    m_result.commit_url = receipt.url;
}

void PushTransaction::pause(int attempt) {
    constexpr std::uint64_t k_steps = std::uint64_t{1} << 20;
    const double jitter =
        static_cast<double>(m_ports.ids.next_u64() % k_steps) / static_cast<double>(k_steps);
    m_ports.clock.sleep(net::backoff_delay(attempt, k_base, k_cap, std::nullopt, jitter));
}

}  // namespace opentraces::flow
