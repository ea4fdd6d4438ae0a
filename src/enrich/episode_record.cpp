#include "enrich/episode_record.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "enrich/episode_facts.hpp"
#include "opentraces/trace/limits.hpp"

namespace opentraces::enrich {
namespace {

using trace::TraceRecord;

constexpr std::string_view k_commits = "opentraces_commits";
constexpr std::string_view k_scheme = "opentraces://";

void keep_commits(const TraceRecord& whole, const EpisodeNumbers& numbers, std::vector<TraceRecord>& parts) {
    if (whole.metadata.find(k_commits) == nullptr) return;
    std::vector<json::Array> lists(parts.size());
    for (const json::Value& commit : list_in(whole.metadata, k_commits)) {
        const json::Object* known = commit.if_object();
        const auto place = numbers.of(commit["step"].integer().value_or(0));
        if (known == nullptr || !place) continue;
        json::Object own = *known;
        own.set("step", place->index);
        lists[place->part].emplace_back(std::move(own));
    }
    for (std::size_t at = 0; at < parts.size(); ++at) {
        trace::Outcome& outcome = parts[at].outcome;
        outcome.committed = false;
        outcome.commit_sha.reset();
        for (const json::Value& commit : lists[at]) {
            if (commit["rewritten"].bool_or(false)) continue;
            outcome.committed = true;
            const auto sha = commit["sha"].string_or();
            outcome.commit_sha = sha.empty() ? trace::OptText() : trace::OptText(sha);
            const auto subject = commit["subject"].string_or();
            if (!subject.empty()) outcome.description = std::string(subject);
        }
        parts[at].metadata.set(std::string(k_commits), std::move(lists[at]));
    }
}

void keep_end(const TraceRecord& whole, TraceRecord& last) {
    last.outcome.terminal_state = whole.outcome.terminal_state;
    constexpr const char* k_end = "opentraces_terminal_state";
    if (const json::Value* end = whole.metadata.find(k_end))
        last.metadata.set(k_end, *end);
    else
        last.metadata.erase(k_end);
}

void keep_cost_source(const TraceRecord& whole, TraceRecord& part) {
    const json::Value* notes = whole.metadata.find("opentraces_cost");
    if (notes == nullptr || notes->if_object() == nullptr || !part.metrics.estimated_cost_usd) return;
    json::Object own = *notes->if_object();
    own.set("shared", true);
    part.metadata.set("opentraces_cost", std::move(own));
}

void count_cuts(TraceRecord& part) {
    const auto is_cut = [](const trace::OptText& text) { return text && trace::characters_cut(*text); };
    trace::LimitsApplied applied;
    for (const trace::Step& step : part.steps) {
        for (const trace::Observation& observation : step.observations)
            applied.observations += is_cut(observation.content) ? 1 : 0;
        for (const trace::Snippet& snippet : step.snippets)
            applied.snippets += is_cut(snippet.text) ? 1 : 0;
    }
    applied.task = is_cut(part.task.description);
    trace::note_limits(part, applied);
}

// "opentraces://<trace id>/step_<number>"
std::optional<std::int64_t> step_in(std::string_view url) {
    const std::size_t mark = url.rfind("/step_");
    if (mark == std::string_view::npos) return std::nullopt;
    const std::string_view digits = url.substr(mark + 6);
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole ? std::optional(step) : std::nullopt;
}

std::set<std::size_t> parts_with_edits(const TraceRecord& whole, const EpisodeNumbers& numbers) {
    std::set<std::size_t> parts;
    if (!whole.attribution) return parts;
    for (const trace::AttributionFile& file : whole.attribution->files)
        for (const trace::AttributionConversation& conversation : file.conversations)
            if (const auto step = conversation.url ? step_in(*conversation.url) : std::nullopt)
                if (const auto place = numbers.of(*step)) parts.insert(place->part);
    return parts;
}

void note_not_divided(const TraceRecord& whole, TraceRecord& part) {
    json::Array names;
    if (whole.outcome.patch) names.emplace_back("outcome.patch");
    if (whole.attribution) names.emplace_back("attribution");
    json::Value* episode = part.metadata.find("opentraces_episode");
    if (!names.empty() && episode != nullptr && episode->if_object() != nullptr)
        episode->if_object()->set("not_divided", std::move(names));
}

void keep_changes(const TraceRecord& whole, const EpisodeNumbers& numbers, std::vector<TraceRecord>& parts) {
    for (TraceRecord& part : parts) {
        part.outcome.patch.reset();
        part.attribution.reset();
        part.metadata.erase("opentraces_patch");
    }
    const std::set<std::size_t> with_edits = parts_with_edits(whole, numbers);
    if (with_edits.size() != 1) {
        for (TraceRecord& part : parts)
            note_not_divided(whole, part);
        return;
    }
    TraceRecord& part = parts[*with_edits.begin()];
    part.outcome.patch = whole.outcome.patch;
    part.attribution = whole.attribution;
    move_attribution(*part.attribution, part.trace_id, &numbers);
    if (const json::Value* notes = whole.metadata.find("opentraces_patch"))
        part.metadata.set("opentraces_patch", *notes);
}

}  // namespace

void keep_known(const TraceRecord& whole, const EpisodeNumbers& numbers, std::vector<TraceRecord>& parts) {
    keep_commits(whole, numbers, parts);
    keep_changes(whole, numbers, parts);
    keep_end(whole, parts.back());
    if (const json::Value* source = whole.metadata.find("opentraces_vcs_source"))
        parts.front().metadata.set("opentraces_vcs_source", *source);
    for (TraceRecord& part : parts) {
        keep_cost_source(whole, part);
        count_cuts(part);
    }
}

void move_attribution(trace::Attribution& attribution, const std::string& trace_id,
                      const EpisodeNumbers* numbers) {
    for (trace::AttributionFile& file : attribution.files)
        for (trace::AttributionConversation& conversation : file.conversations) {
            const auto step = conversation.url ? step_in(*conversation.url) : std::nullopt;
            if (!step || !conversation.url->starts_with(k_scheme)) continue;
            const auto place = numbers == nullptr ? std::nullopt : numbers->of(*step);
            conversation.url =
                std::string(k_scheme) + trace_id + "/step_" + std::to_string(place ? place->index : *step);
        }
}

}  // namespace opentraces::enrich
