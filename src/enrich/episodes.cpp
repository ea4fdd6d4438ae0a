#include "opentraces/enrich/episodes.hpp"

#include <algorithm>
#include <utility>

#include "enrich/episode_evidence.hpp"
#include "enrich/episode_facts.hpp"
#include "enrich/episode_numbers.hpp"
#include "enrich/episode_parts.hpp"
#include "enrich/episode_record.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/enrich/enrich.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/compaction.hpp"
#include "opentraces/trace/prompts.hpp"

namespace opentraces::enrich {
namespace {

using trace::Step;
using trace::TraceRecord;

constexpr const char* k_episode = "opentraces_episode";

bool is_caveat(const Step& step) {
    return trace::is_main(step) && trace::is_command_echo(step) &&
           (step.content->starts_with("<local-command-caveat>") || step.content->starts_with("Caveat: "));
}

// What the program says before a command belongs to it.
std::size_t with_caveat(const std::vector<Step>& steps, std::size_t command) {
    return command > 0 && is_caveat(steps[command - 1]) ? command - 1 : command;
}

std::optional<EpisodeStart> start_at(const std::vector<Step>& steps, std::size_t at) {
    if (trace::clears_conversation(steps[at]))
        return EpisodeStart{with_caveat(steps, at), EpisodeReason::Clear};
    if (trace::is_main(steps[at]) && trace::is_compaction_summary(steps[at]))
        return EpisodeStart{at, EpisodeReason::Compaction};
    return std::nullopt;
}

bool has_content(const Step& step) {
    return trace::is_request(step) || (trace::is_main(step) && step.role == trace::Role::Agent);
}

void name_part(TraceRecord& part, const TraceRecord& whole, std::size_t number, EpisodeReason reason) {
    json::Object episode;
    episode.append("session_id", whole.session_id);
    episode.append("index", static_cast<std::int64_t>(number));
    episode.append("reason", name_of(reason));
    part.session_id = episode_session_id(whole.session_id, number);
    part.agent.name = whole.agent.name;
    // Later revisions of a session have ids of their own, and so have their parts.
    const bool is_first = whole.trace_id == trace_id_for(whole.agent.name, whole.session_id, 0).str();
    part.trace_id = trace_id_for(whole.agent.name,
                                 is_first ? part.session_id : episode_session_id(whole.trace_id, number), 0)
                        .str();
    part.metadata.set(k_episode, std::move(episode));
}

void note_shared_cost(TraceRecord& part) {
    json::Value* notes = part.metadata.find("opentraces_cost");
    if (notes != nullptr && notes->if_object() != nullptr) notes->if_object()->set("shared", true);
}

TraceRecord named_whole(TraceRecord record) {
    TraceRecord part = std::move(record);
    TraceRecord whole;
    whole.session_id = part.session_id;
    whole.trace_id = part.trace_id;
    whole.agent.name = part.agent.name;
    name_part(part, whole, 1, EpisodeReason::Start);
    if (part.attribution) move_attribution(*part.attribution, part.trace_id, nullptr);
    return part;
}

std::vector<Episode> completed(const TraceRecord& whole, const std::vector<EpisodeStart>& starts,
                               const EpisodeNumbers& numbers, const Evidence& evidence) {
    std::vector<TraceRecord> records = divided(whole, starts, numbers);
    std::vector<Evidence> proofs = divided(evidence, whole, numbers);
    std::vector<Episode> episodes;
    for (std::size_t at = 0; at < records.size(); ++at) {
        Episode& episode = episodes.emplace_back();
        episode.record = std::move(records[at]);
        episode.evidence = std::move(proofs[at]);
        name_part(episode.record, whole, at + 1, starts[at].reason);
        complete(episode.record, episode.evidence);
        if (evidence.actual_cost_usd) note_shared_cost(episode.record);
    }
    return episodes;
}

}  // namespace

std::string_view name_of(EpisodeReason reason) {
    switch (reason) {
        case EpisodeReason::Start:
            return "start";
        case EpisodeReason::Clear:
            return "clear";
        case EpisodeReason::Compaction:
            return "compaction";
    }
    return {};
}

std::vector<EpisodeStart> episode_starts(const TraceRecord& record) {
    std::vector<EpisodeStart> starts;
    if (record.steps.empty()) return starts;
    starts.push_back({});
    bool begun = false;
    for (std::size_t at = 0; at < record.steps.size(); ++at) {
        const auto start = begun ? start_at(record.steps, at) : std::nullopt;
        if (start) starts.push_back(*start);
        begun = (begun && !start) || has_content(record.steps[at]);
    }
    return starts;
}

std::string episode_session_id(std::string_view session_id, std::size_t number) {
    return std::string(session_id).append(k_episode_mark).append(std::to_string(number));
}

bool is_episode(const TraceRecord& record) {
    return record.metadata.find(k_episode) != nullptr;
}

bool says_something(const TraceRecord& record) {
    return std::any_of(record.steps.begin(), record.steps.end(), [](const Step& step) {
        return trace::is_request(step) || step.role == trace::Role::Agent;
    });
}

std::vector<Episode> episodes_of(TraceRecord record, const Evidence& evidence) {
    const std::vector<EpisodeStart> starts = episode_starts(record);
    if (starts.size() > 1) return completed(record, starts, EpisodeNumbers(record, starts), evidence);
    std::vector<Episode> one;
    one.push_back({named_whole(std::move(record)), evidence});
    return one;
}

std::vector<TraceRecord> episodes_of(TraceRecord record) {
    const std::vector<EpisodeStart> starts = episode_starts(record);
    std::vector<TraceRecord> parts;
    if (starts.size() < 2) {
        parts.push_back(named_whole(std::move(record)));
    } else {
        const EpisodeNumbers numbers(record, starts);
        for (Episode& episode : completed(record, starts, numbers, evidence_of(record)))
            parts.push_back(std::move(episode.record));
        keep_known(record, numbers, parts);
    }
    for (TraceRecord& part : parts)
        part.content_hash = trace::content_hash(part).str();
    return parts;
}

}  // namespace opentraces::enrich
