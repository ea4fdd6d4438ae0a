#include "opentraces/flow/takedown.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "flow/leaving_text.hpp"
#include "flow/shard_edit.hpp"
#include "flow/shard_scores.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/dataset/commit.hpp"
#include "opentraces/hub/remote_spec.hpp"
#include "opentraces/quality/gate.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

using Kind = shard::Withdrawal::Kind;

constexpr std::size_t k_shortest_beginning = 4;
constexpr std::size_t k_key_digits = 2 * shard::TraceKey{}.size();
constexpr std::size_t k_named = 5;

// A UUID, or a beginning of one, as the digits of its key; empty for any other text.
std::string digits_of(const std::string& trace) {
    std::string digits;
    for (const char c : to_lower_ascii(trace))
        if (c != '-') digits += c;
    const bool is_hex = is_lower_hex(digits, digits.size()) && digits.size() <= k_key_digits;
    return is_hex && digits.size() >= k_shortest_beginning ? digits : std::string();
}

std::string digits_of(const shard::TraceKey& key) {
    return hex({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
}

bool means(const TakedownTarget& target, const shard::TraceKey& key) {
    const std::string digits = digits_of(target.trace);
    return (!digits.empty() && digits_of(key).starts_with(digits)) || key == shard::trace_key(target.trace);
}

// Redaction takes out what the rules find, and shortens nothing.
security::ScrubOptions for_redaction(security::ScrubOptions options) {
    constexpr std::size_t k_all = std::numeric_limits<std::int32_t>::max();
    options.limits = {0, options.limits.summary, k_all, k_all};
    return options;
}

class Takedown {
public:
    Takedown(dataset::Dataset& dataset, const TakedownOptions& options)
        : m_dataset(dataset),
          m_options(options),
          m_redact(for_redaction(options.scan)),
          m_editor(dataset, m_redact),
          m_reason(options.reason),
          m_settings(options.settings) {
        LeavingTexts leaving(options.scan, dataset.progress());
        m_reason = printable_line(leaving.scrub(options.reason, "the reason"));
        m_settings = leaving.scrub(options.settings);
    }

    dataset::Proposal propose(const hub::DatasetInfo& info) {
        report = {};
        report.remote = info.name;
        report.url = info.url;
        report.dry_run = m_options.dry_run;
        dataset::Proposal proposal;
        proposal.state = m_dataset.reader().read(info.head);
        m_dataset.reader().complete(proposal.state, m_dataset.progress());
        dataset::Plan& plan = proposal.plan;
        plan.index = proposal.state.index;
        plan.card = m_settings;
        if (m_options.duplicates)
            drop_duplicates(proposal.state, plan);
        else
            for (const std::string& path : find(proposal.state))
                take_from(proposal.state, path, plan);
        report.unchanged.assign(m_unchanged.begin(), m_unchanged.end());
        plan.none = report.traces.empty() && report.doubled == 0;
        if (plan.none) return proposal;
        report.before = info.head;
        name(plan);
        rescore(plan, proposal.state);
        return proposal;
    }

    // What the dataset says of itself now, read anew.
    void check() {
        const hub::DatasetInfo info = m_dataset.existing();
        const dataset::State state = m_dataset.reader().read(info.head);
        const shard::Withdrawals withdrawn = m_dataset.reader().withdrawn(state);
        std::set<std::string> left;
        for (const TakenBack& trace : report.traces) {
            const bool listed = withdrawn.holds(trace.content_hash);
            if (!listed || is_there(state.index, trace)) left.insert(trace.trace_id);
        }
        if (left.empty()) return;
        throw Error(
            ErrorCode::CheckFailed,
            fmt::format("{} still holds trace {} after the takedown", info.name, fmt::join(left, ", ")),
            "Somebody has put it back, or undone the commit. Run the takedown again.");
    }

    TakedownReport report;

private:
    static bool is_there(const shard::Index& index, const TakenBack& trace) {
        const auto& entries = index.entries();
        return std::any_of(entries.begin(), entries.end(), [&](const shard::IndexEntry* entry) {
            for (std::size_t i = 0; i < entry->summary.hashes.size(); ++i) {
                if (entry->summary.hashes.at(i) == trace.content_hash) return true;
                if (trace.kind == Kind::Removed &&
                    entry->summary.ids.at(i) == shard::trace_key(trace.trace_id))
                    return true;
            }
            return false;
        });
    }

    // The shards that the index says hold one of them. Refuses what is nowhere.
    std::vector<std::string> find(const dataset::State& state) {
        const shard::Withdrawals withdrawn = m_dataset.reader().withdrawn(state);
        std::set<std::string> shards;
        std::vector<std::string> missing;
        for (const TakedownTarget& target : m_options.targets) {
            std::set<shard::TraceKey> keys;
            for (const shard::IndexEntry* entry : state.index.entries())
                for (std::size_t i = 0; i < entry->summary.ids.size(); ++i) {
                    const shard::TraceKey key = entry->summary.ids.at(i);
                    if (!means(target, key)) continue;
                    keys.insert(key);
                    if (wants_text(target, entry->summary.hashes.at(i))) shards.insert(entry->summary.path);
                }
            refuse_several(target, keys);
            if (keys.empty() && !is_withdrawn(target, withdrawn) && !target.may_be_gone)
                missing.push_back(target.trace);
        }
        if (!missing.empty())
            throw Error(
                ErrorCode::NotFound,
                fmt::format("{} has no trace {}", report.remote, fmt::join(missing, ", ")),
                "opentraces rescan names traces; a shard that the index does not describe is found by: "
                "opentraces verify.");
        return {shards.begin(), shards.end()};
    }

    static bool wants_text(const TakedownTarget& target, const ContentHash& hash) {
        return target.content_hash.empty() || target.content_hash == hash.str();
    }

    static void refuse_several(const TakedownTarget& target, const std::set<shard::TraceKey>& keys) {
        if (keys.size() < 2) return;
        std::vector<std::string> names;
        for (const shard::TraceKey& key : keys)
            if (names.size() < k_named) names.push_back(digits_of(key));
        throw Error(ErrorCode::BadOption,
                    fmt::format("{} traces begin with {}: {}", keys.size(), printable_line(target.trace),
                                fmt::join(names, ", ")),
                    "Give more of the id.");
    }

    bool is_withdrawn(const TakedownTarget& target, const shard::Withdrawals& withdrawn) {
        for (const shard::Withdrawal& known : withdrawn.all()) {
            if (!means(target, shard::trace_key(known.trace_id))) continue;
            report.already.push_back(known.trace_id);
            return true;
        }
        return false;
    }

    const TakedownTarget* target_of(const ShardLine& line) const {
        const shard::TraceKey key = shard::trace_key(line.trace_id);
        const TakedownTarget* found = nullptr;
        for (const TakedownTarget& target : m_options.targets)
            if (means(target, key) && wants_text(target, line.content_hash) &&
                (found == nullptr || target.kind == Kind::Removed))
                found = &target;
        return found;
    }

    void take_from(const dataset::State& state, const std::string& path, dataset::Plan& plan) {
        const hub::RemoteFile& file = state.shard_file(path);
        std::vector<TakenBack>& taken = m_taken[file.digest + path];
        const EditedShard& edited =
            m_editor.edit(state.head, file, state.index.find(path)->scan, {}, [&](const ShardLine& line) {
                const TakedownTarget* const target = target_of(line);
                return target == nullptr ? EditedLine{} : take(line, *target, path, taken);
            });
        for (const TakenBack& trace : taken) {
            report.traces.push_back(trace);
            plan.withdrawn.push_back(
                {trace.trace_id, trace.content_hash, m_dataset.ports().clock.now(), m_reason, trace.kind});
        }
        put(path, plan, edited);
    }

    void put(const std::string& path, dataset::Plan& plan, const EditedShard& edited) {
        report.bytes_read += edited.bytes_before;
        if (edited.changed == 0) return;
        report.unclean.insert(report.unclean.end(), edited.unclean.begin(), edited.unclean.end());
        if (edited.shard) {
            ++report.shards_rewritten;
            plan.replace(path, *edited.shard);
        } else {
            ++report.shards_removed;
            plan.remove(path);
        }
    }

    void drop_duplicates(const dataset::State& state, dataset::Plan& plan) {
        std::set<std::string> texts;
        std::set<shard::TraceKey> ids;
        for (const shard::IndexEntry* entry : state.index.entries()) {
            const shard::ShardSummary& summary = entry->summary;
            std::set<std::size_t> doubled;
            for (std::size_t i = 0; i < summary.hashes.size(); ++i) {
                const bool is_new = texts.insert(summary.hashes.at(i).str()).second;
                if (!ids.insert(summary.ids.at(i)).second || !is_new) doubled.insert(i);
            }
            if (doubled.empty()) continue;
            put(summary.path, plan,
                m_editor.edit(state.head, state.shard_file(summary.path), entry->scan, numbers_of(doubled),
                              [&](const ShardLine& line) {
                                  EditedLine instead;
                                  instead.gone = doubled.contains(line.number);
                                  return instead;
                              }));
            report.doubled += static_cast<std::int64_t>(doubled.size());
        }
    }

    static std::string numbers_of(const std::set<std::size_t>& numbers) {
        return fmt::format("{}", fmt::join(numbers, ","));
    }

    EditedLine take(const ShardLine& line, const TakedownTarget& target, const std::string& path,
                    std::vector<TakenBack>& taken) {
        EditedLine edited;
        TakenBack trace{line.trace_id, line.content_hash, target.kind, path, {}};
        if (target.kind == Kind::Removed) {
            edited.gone = true;
        } else {
            edited = redacted(line);
            if (!edited.text) {
                m_unchanged.insert(line.trace_id);
                return edited;
            }
            trace.redactions = edited.redactions;
        }
        taken.push_back(std::move(trace));
        return edited;
    }

    EditedLine redacted(const ShardLine& line) const {
        EditedLine edited;
        trace::Decoded decoded = trace::decode(line.text);
        const security::ScrubbedTrace scrubbed = security::scrub(std::move(*decoded.record), m_redact);
        if (scrubbed.redactions() == 0) return edited;
        for (const security::Finding& finding : scrubbed.findings())
            if (finding.redacted) ++edited.redactions[finding.rule];
        edited.text = trace::encode(scrubbed.record());
        if (!security::residual_findings(*edited.text, m_redact).empty())
            throw Error(ErrorCode::SecretsFound,
                        fmt::format("something is left in trace {} after redacting it", line.trace_id),
                        "Take the whole trace out: opentraces takedown " + line.trace_id + " --remove");
        return edited;
    }

    void name(dataset::Plan& plan) const {
        if (m_options.duplicates) {
            plan.summary = "Take out what is there twice";
            return;
        }
        plan.summary = fmt::format("Withdraw {} {}", report.traces.size(),
                                   report.traces.size() == 1 ? "trace" : "traces");
        for (const TakenBack& trace : report.traces)
            plan.description += fmt::format("- {} ({})\n", trace.trace_id, shard::name_of(trace.kind));
        if (!m_reason.empty()) plan.description += "\n" + m_reason + "\n";
    }

    // Without reading a shard that has no part in this.
    void rescore(dataset::Plan& plan, const dataset::State& state) {
        if (!m_dataset.reader().root_file(state, quality::k_quality_path)) return;
        std::set<std::string> coming;
        for (const dataset::NewShard& shard : plan.shards)
            coming.insert(shard.summary.path);
        const auto entries = plan.index.entries();
        report.scores_are_older =
            std::any_of(entries.begin(), entries.end(), [&](const shard::IndexEntry* entry) {
                return entry->scores.is_null() && !coming.contains(entry->summary.path);
            });
        if (report.scores_are_older || entries.empty()) return;
        plan.scores = quality::summarise(complete_scores(plan, m_dataset, state).batch,
                                         quality::default_thresholds(), m_dataset.ports().clock.now());
    }

    dataset::Dataset& m_dataset;
    const TakedownOptions& m_options;
    const security::ScrubOptions m_redact;
    ShardEditor m_editor;
    std::string m_reason;
    card::CardSettings m_settings;
    std::map<std::string, std::vector<TakenBack>> m_taken;  // by digest and path of the shard
    std::set<std::string> m_unchanged;
};

}  // namespace

TakedownReport take_down(Ports& ports, store::Store& store, const std::string& project,
                         const TakedownOptions& options, Progress& progress) {
    const auto held = store.lock();
    dataset::Dataset dataset(dataset::in_project(ports, store, project), options.remote,
                             dataset::Access::Write, progress);
    Takedown takedown(dataset, options);
    if (options.dry_run) {
        dataset.read([&] { takedown.propose(dataset.existing()); });
        return std::move(takedown.report);
    }
    hub::Receipt receipt =
        rewrite(dataset, [&](const hub::DatasetInfo& info) { return takedown.propose(info); }).receipt;
    takedown.report.commit = std::move(receipt.oid);
    takedown.report.commit_url = std::move(receipt.url);
    if (!takedown.report.traces.empty()) dataset.read([&] { takedown.check(); });
    return std::move(takedown.report);
}

Squashed squash_history(Ports& ports, store::Store& store, const std::string& project,
                        const std::string& remote, const std::string& confirmed, Progress& progress) {
    const auto held = store.lock();
    dataset::Dataset dataset(dataset::in_project(ports, store, project), remote, dataset::Access::Write,
                             progress);
    const hub::DatasetInfo info = dataset.existing();
    const bool has_history = !hub::names_a_folder(info.name);
    if (has_history && confirmed != info.name)
        throw Error(
            ErrorCode::ConfirmationRequired,
            fmt::format("the history of {} stays: squashing it cannot be undone and was not confirmed",
                        info.name),
            "Type the dataset's name when asked, or give it with --confirm " + info.name);
    dataset.remote().squash_history("Squash the history");
    return {info.name, info.url, info.head, dataset.existing().head};
}

}  // namespace opentraces::flow
