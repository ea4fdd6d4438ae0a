#include "enrich/episode_parts.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "enrich/episode_facts.hpp"
#include "enrich/episode_metadata.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/trace/prompts.hpp"

namespace opentraces::enrich {
namespace {

using trace::Step;
using trace::TraceRecord;

// What is said of the session's end, and not worked out.
void take_end(const TraceRecord& whole, TraceRecord& last) {
    last.environment.vcs.diff = whole.environment.vcs.diff;
    const trace::Outcome& outcome = whole.outcome;
    last.outcome.reward = outcome.reward;
    last.outcome.reward_source = outcome.reward_source;
    const bool worked_out =
        outcome.signal_source == trace::Outcome{}.signal_source || outcome.signal_source == "tests";
    if (worked_out) return;
    last.outcome.success = outcome.success;
    last.outcome.signal_source = outcome.signal_source;
    last.outcome.signal_confidence = outcome.signal_confidence;
    last.outcome.description = outcome.description;
}

TraceRecord head_of(const TraceRecord& whole) {
    TraceRecord part;
    part.schema_version = whole.schema_version;
    part.execution_context = whole.execution_context;
    part.agent = whole.agent;
    part.environment.os = whole.environment.os;
    part.environment.vcs.type = whole.environment.vcs.type;
    part.task.repository = whole.task.repository;
    part.tool_definitions = whole.tool_definitions;
    part.security = whole.security;
    return part;
}

std::optional<trace::Integer> number_in(std::size_t part, std::int64_t index, const EpisodeNumbers& numbers) {
    const auto place = numbers.of(index);
    if (!place || place->part != part) return std::nullopt;
    return trace::Integer(place->index);
}

void place_steps(const TraceRecord& whole, const EpisodeNumbers& numbers, std::vector<TraceRecord>& parts) {
    for (std::size_t at = 0; at < whole.steps.size(); ++at) {
        const EpisodePlace& place = numbers.at(at);
        Step step = whole.steps[at];
        step.step_index = place.index;
        if (step.parent_step) step.parent_step = number_in(place.part, step.parent_step->value(), numbers);
        for (trace::Snippet& snippet : step.snippets)
            if (snippet.source_step)
                snippet.source_step = number_in(place.part, snippet.source_step->value(), numbers);
        parts[place.part].steps.push_back(std::move(step));
    }
}

// Those of its steps: what the log holds before and behind them is no time of this part's.
void describe_times(TraceRecord& part) {
    std::optional<TimePoint> first;
    std::optional<TimePoint> last;
    for (const Step& step : part.steps) {
        const auto when = step.timestamp ? parse_iso8601(*step.timestamp) : std::nullopt;
        if (!when) continue;
        if (!first || *when < *first) {
            first = when;
            part.timestamp_start = step.timestamp;
        }
        if (!last || *when > *last) {
            last = when;
            part.timestamp_end = step.timestamp;
        }
    }
}

void describe_task(TraceRecord& part) {
    const auto asked = std::find_if(part.steps.begin(), part.steps.end(), trace::is_request);
    if (asked == part.steps.end()) return;
    const bool is_command = asked->content->find("<command-name>") != std::string::npos;
    part.task.description = is_command ? trace::typed_command(*asked->content) : *asked->content;
    part.task.source = is_command ? "slash_command" : "user_prompt";
}

// Where the context was compacted in the middle of something, it is still that.
void go_on_with_task(const TraceRecord& before, TraceRecord& part) {
    if (part.task.description || !before.task.description) return;
    part.task.description = before.task.description;
    part.task.source = "previous_episode";
}

// The model of most replies; of equals, the one used first.
void describe_agent(TraceRecord& part) {
    std::vector<std::pair<std::string, std::size_t>> models;
    for (const Step& step : part.steps) {
        if (!step.model || !trace::is_main(step)) continue;
        const auto known = std::find_if(models.begin(), models.end(),
                                        [&](const auto& one) { return one.first == *step.model; });
        if (known == models.end()) {
            models.emplace_back(*step.model, 1);
        } else {
            ++known->second;
        }
    }
    const auto most = std::max_element(models.begin(), models.end(), [](const auto& one, const auto& other) {
        return one.second < other.second;
    });
    if (most != models.end()) part.agent.model = most->first;
    const std::string version = last_fact(part, "agent_version");
    if (!version.empty()) part.agent.version = version;
}

bool runs_commands(const TraceRecord& part) {
    return std::any_of(part.steps.begin(), part.steps.end(), [](const Step& step) {
        return std::any_of(step.tool_calls.begin(), step.tool_calls.end(), [](const trace::ToolCall& call) {
            return call.input.find("command") != nullptr || call.input.find("cmd") != nullptr;
        });
    });
}

bool shows(const TraceRecord& record, const std::string& prompt) {
    return std::any_of(record.steps.begin(), record.steps.end(),
                       [&](const Step& step) { return step.system_prompt_hash == prompt; });
}

void take_prompts(const TraceRecord& whole, bool is_last, TraceRecord& part) {
    for (const auto& prompt : whole.system_prompts)
        if (shows(part, prompt.first) || (is_last && !shows(whole, prompt.first)))
            part.system_prompts.push_back(prompt);
}

}  // namespace

std::vector<TraceRecord> divided(const TraceRecord& whole, const std::vector<EpisodeStart>& starts,
                                 const EpisodeNumbers& numbers) {
    std::vector<TraceRecord> parts(starts.size(), head_of(whole));
    place_steps(whole, numbers, parts);
    divide_facts(whole, numbers, parts);
    bool has_shell = false;  // known from the first command on
    for (std::size_t at = 0; at < parts.size(); ++at) {
        TraceRecord& part = parts[at];
        has_shell |= runs_commands(part);
        if (has_shell) part.environment.shell = whole.environment.shell;
        describe_times(part);
        describe_task(part);
        if (at > 0) go_on_with_task(parts[at - 1], part);
        describe_agent(part);
        const std::string branch = last_fact(part, "branch");
        part.environment.vcs.branch = branch.empty() ? whole.environment.vcs.branch : branch;
        take_prompts(whole, at + 1 == parts.size(), part);
    }
    TraceRecord& first = parts.front();
    // The reader knows more of what was asked first than the steps do.
    if (first.task.description && whole.task.description) first.task = whole.task;
    first.task.base_commit = whole.task.base_commit;
    first.environment.vcs.base_commit = whole.environment.vcs.base_commit;
    if (whole.timestamp_start) first.timestamp_start = whole.timestamp_start;
    if (!parts.back().timestamp_end) parts.back().timestamp_end = whole.timestamp_end;
    take_end(whole, parts.back());
    divide_metadata(whole, starts, numbers, parts);
    return parts;
}

}  // namespace opentraces::enrich
