// Conformance of rubric 0.2. Thresholds, weights and oddities are those of docs/quality.md, on purpose.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "quality/rubric_0_2/check.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

constexpr double k_enough_call_types = 0.8;
constexpr double k_enough_tokens = 0.5;

double share(std::size_t part, std::size_t total) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::size_t>(total, 1));
}

CheckResult schema_version(const Subject& subject) {
    return all_or_nothing(subject.record.schema_version == trace::k_schema_version,
                          subject.record.schema_version);
}

CheckResult trace_id(const Subject& subject) {
    const std::string& id = subject.record.trace_id;
    const bool long_enough = code_points(id) >= 32;
    return graded(long_enough && id.find('-') != std::string::npos, long_enough ? 1.0 : 0.0,
                  std::string(first_code_points(id, 12)));
}

// Scoring computes the hash before it looks, so that it is always there.
CheckResult content_hash(const Subject&) {
    return passed("present");
}

CheckResult agent_name(const Subject& subject) {
    return all_or_nothing(!is_blank(subject.record.agent.name), subject.record.agent.name);
}

CheckResult timestamps(const Subject& subject) {
    const bool start = subject.record.timestamp_start.has_value();
    const bool end = subject.record.timestamp_end.has_value();
    return graded(
        start && end, (start ? 0.5 : 0.0) + (end ? 0.5 : 0.0),
        fmt::format("start {}, end {}", start ? "present" : "missing", end ? "present" : "missing"));
}

CheckResult step_count(const Subject& subject) {
    return all_or_nothing(subject.facts.steps >= 2, fmt::format("{} steps", subject.facts.steps));
}

CheckResult step_roles(const Subject& subject) {
    std::array<bool, 3> seen{};
    for (const trace::Step& step : subject.record.steps)
        seen[static_cast<std::size_t>(step.role)] = true;
    std::string roles;
    for (const trace::Role role : {trace::Role::System, trace::Role::User, trace::Role::Agent})
        if (seen[static_cast<std::size_t>(role)])
            roles += (roles.empty() ? "" : ", ") + std::string(name_of(role));
    return passed(roles.empty() ? "no steps" : roles);
}

CheckResult step_indexes(const Subject& subject) {
    const bool unique = subject.facts.indexes_unique;
    const bool ordered = subject.facts.indexes_in_order;
    return graded(unique && ordered, (unique ? 0.5 : 0.0) + (ordered ? 0.5 : 0.0),
                  fmt::format("unique {}, in order {}, {} steps", unique, ordered, subject.facts.steps));
}

CheckResult call_ids(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    return graded(facts.calls == 0 || facts.calls_with_id == facts.calls,
                  share(facts.calls_with_id, facts.calls), part_of(facts.calls_with_id, facts.calls));
}

CheckResult observation_sources(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    return graded(facts.observations == 0 || facts.observations_with_source == facts.observations,
                  share(facts.observations_with_source, facts.observations),
                  part_of(facts.observations_with_source, facts.observations));
}

CheckResult call_types(const Subject& subject) {
    if (subject.turn_level) return not_applicable("conversation turns have no call type");
    const TraceFacts& facts = subject.facts;
    const double ratio = share(facts.agent_steps_with_call_type, facts.agent_steps);
    return graded(ratio > k_enough_call_types, ratio,
                  part_of(facts.agent_steps_with_call_type, facts.agent_steps));
}

CheckResult parent_steps(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.subagent_steps == 0) return passed("no sub-agent steps");
    const double ratio = share(facts.subagent_steps_with_parent, facts.subagent_steps);
    return graded(ratio > k_enough_call_types, ratio,
                  part_of(facts.subagent_steps_with_parent, facts.subagent_steps));
}

CheckResult token_usage(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    const double ratio = share(facts.agent_steps_with_any_tokens, facts.agent_steps);
    return graded(ratio > k_enough_tokens, ratio,
                  part_of(facts.agent_steps_with_any_tokens, facts.agent_steps));
}

CheckResult snippets(const Subject& subject) {
    if (subject.runtime && !subject.facts.writes_code) return not_applicable("runtime without code edits");
    const double score = std::min(static_cast<double>(subject.facts.snippets) / 5, 1.0);
    return graded(subject.facts.snippets >= 1, score, fmt::format("{} snippets", subject.facts.snippets));
}

CheckResult task_description(const Subject& subject) {
    const bool given = is_given(subject.record.task.description);
    return all_or_nothing(given, given ? "present" : "missing");
}

CheckResult reasoning(const Subject& subject) {
    const std::size_t count = subject.facts.steps_with_any_reasoning;
    return graded(count >= 1, std::min(static_cast<double>(count) / 3, 1.0), fmt::format("{} steps", count));
}

CheckResult vcs_type(const Subject& subject) {
    return passed(std::string(name_of(subject.record.environment.vcs.type)));
}

CheckResult total_steps(const Subject& subject) {
    const trace::Integer& total = subject.record.metrics.total_steps;
    return all_or_nothing(total.value() > 0, total.text());
}

CheckResult cache_hit_rate(const Subject& subject) {
    if (subject.runtime) return not_applicable("runtime");
    const auto& rate = subject.record.metrics.cache_hit_rate;
    return all_or_nothing(rate.has_value(), rate ? fmt::format("{}", *rate) : "missing");
}

CheckResult duration(const Subject& subject) {
    if (subject.runtime) return not_applicable("runtime");
    const auto& duration = subject.record.metrics.total_duration_s;
    return all_or_nothing(duration && *duration > 0, duration ? fmt::format("{} s", *duration) : "missing");
}

CheckResult signal_confidence(const Subject& subject) {
    return passed(std::string(name_of(subject.record.outcome.signal_confidence)));
}

CheckResult scanned(const Subject& subject) {
    return all_or_nothing(subject.record.security.scanned,
                          subject.record.security.scanned ? "scanned" : "not scanned");
}

CheckResult no_secrets(const Subject& subject) {
    if (subject.leaks.credentials.empty()) return passed("clean");
    return failed("found: " + fmt::format("{}", fmt::join(subject.leaks.credentials, ", ")));
}

CheckResult anonymised_paths(const Subject& subject) {
    if (!subject.leaks.home_of_user) return passed("anonymised");
    return with_note(failed("a home directory names its owner"),
                     "Scrub the trace again before it is published.");
}

CheckResult one_line(const Subject&) {
    return passed("one line, valid JSON");
}

CheckResult hash_is_deterministic(const Subject&) {
    return passed("two computations agree");
}

CheckResult prompts_resolve(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.prompt_references == 0) return passed("no references");
    return graded(facts.prompt_references_resolved == facts.prompt_references,
                  rounded(share(facts.prompt_references_resolved, facts.prompt_references), 3),
                  part_of(facts.prompt_references_resolved, facts.prompt_references));
}

constexpr std::string_view k_schema = "schema";
constexpr std::string_view k_parser = "parser";
constexpr std::string_view k_enrichment = "enrichment";
constexpr std::string_view k_security = "security";
constexpr std::string_view k_structure = "structure";

constexpr std::array k_rows{
    CheckRow{{"C1", "schema_version present", k_schema, 1.0, "Readers must know how to read the record.",
              "schema_version", "Write the record again with a current writer."},
             schema_version},
    CheckRow{{"C2", "trace_id is UUID format", k_schema, 1.0, "Ids must be unique over datasets.", "trace_id",
              "Give the trace a UUID as its id."},
             trace_id},
    CheckRow{{"C3", "content_hash is SHA-256", k_schema, 1.0, "Duplicates are found by content.",
              "content_hash", "Write the record again; writers fill the hash in."},
             content_hash},
    CheckRow{{"C4", "agent.name present", k_schema, 1.0, "Consumers select traces by agent.", "agent.name",
              "Set agent.name."},
             agent_name},
    CheckRow{{"C5", "timestamps present", k_schema, 0.8, "Traces are ordered and dated by them.",
              "timestamp_start, timestamp_end", "Set both times of the session."},
             timestamps},
    CheckRow{{"C6", "step count >= 2", k_parser, 1.0, "One message is no session.", "steps",
              "Leave sessions without an exchange out."},
             step_count},
    CheckRow{{"C7", "step roles are user/agent (not human/assistant)", k_parser, 1.0,
              "Chat templates need known roles.", "steps[].role", "Use system, user and agent."},
             step_roles},
    CheckRow{{"C8", "step_index unique and monotonic", k_parser, 1.0, "Steps are referred to by index.",
              "steps[].step_index", "Number the steps upwards, each once."},
             step_indexes},
    CheckRow{{"C9", "tool_calls have tool_call_id", k_parser, 0.9, "Results are linked by call id.",
              "steps[].tool_calls[].tool_call_id", "Give every tool call an id."},
             call_ids},
    CheckRow{{"C10", "observations linked via source_call_id", k_parser, 0.9,
              "A result without its call teaches nothing.", "steps[].observations[].source_call_id",
              "Name the call that each observation answers."},
             observation_sources},
    CheckRow{{"C11", "agent steps have call_type", k_parser, 0.8, "Warm-up calls are noise for training.",
              "steps[].call_type", "Set call_type on agent steps."},
             call_types},
    CheckRow{
        {"C12", "subagent steps have parent_step", k_parser, 0.8, "The tree of sub-agents needs its edges.",
         "steps[].parent_step", "Name the step that started each sub-agent."},
        parent_steps},
    CheckRow{{"C13", "agent steps have token_usage", k_parser, 0.9, "Cost models need counts per call.",
              "steps[].token_usage", "Record the token counts of agent steps."},
             token_usage},
    CheckRow{{"C14", "snippets extracted from tool results", k_parser, 0.6, "Code search works on snippets.",
              "steps[].snippets", "Extract snippets from reads and edits."},
             snippets},
    CheckRow{{"C15", "task.description from first user message", k_parser, 0.7,
              "The task is the prompt of the example.", "task.description",
              "Set task.description to what the user asked."},
             task_description},
    CheckRow{{"C16", "reasoning_content from thinking blocks", k_parser, 0.6,
              "Reasoning is what agents learn most from.", "steps[].reasoning_content",
              "Record sessions with thinking visible."},
             reasoning},
    CheckRow{{"C17", "environment.vcs type discriminator set", k_enrichment, 0.8,
              "Outcomes are derived from version control.", "environment.vcs.type", "Set git or none."},
             vcs_type},
    CheckRow{{"C18", "metrics.total_steps > 0", k_enrichment, 0.9, "Aggregates need totals.",
              "metrics.total_steps", "Compute the metrics of the session."},
             total_steps},
    CheckRow{{"C19", "metrics.cache_hit_rate computed", k_enrichment, 0.7, "Cost depends on the cache.",
              "metrics.cache_hit_rate", "Record cache_read_tokens; the rate follows."},
             cache_hit_rate},
    CheckRow{{"C20", "metrics.estimated_cost_usd > 0", k_enrichment, 0.7, "Cost is a filter and a penalty.",
              "metrics.estimated_cost_usd", "Record token counts and the model, so that the cost is known."},
             estimated_cost_is_positive},
    CheckRow{{"C21", "metrics.total_duration_s > 0", k_enrichment, 0.6, "Time is a filter and a penalty.",
              "metrics.total_duration_s", "Record step times; the duration follows."},
             duration},
    CheckRow{{"C22", "outcome.signal_confidence set", k_enrichment, 0.7,
              "Consumers weigh outcomes by their origin.", "outcome.signal_confidence",
              "Set derived, inferred or annotated."},
             signal_confidence},
    CheckRow{{"C23", "security.scanned", k_security, 0.8, "Unscanned traces may hold secrets.",
              "security.scanned", "Capture or scrub the trace with opentraces."},
             scanned},
    CheckRow{{"C24", "no real secrets in serialized output", k_security, 1.0, "A published key is lost.",
              "every text", "Revoke the credential and scrub the trace again."},
             no_secrets},
    CheckRow{{"C25", "paths anonymized (no raw /Users/<name>/)", k_security, 0.8, "Paths name people.",
              "every text", "Scrub the trace again under the same login."},
             anonymised_paths},
    CheckRow{{"C26", "JSONL output is valid single-line JSON", k_structure, 1.0,
              "Readers take one line for one record.", "the record", "Write the record again."},
             one_line},
    CheckRow{{"C27", "content_hash is deterministic", k_structure, 0.8, "Duplicates are found by content.",
              "the record", "Write the record again."},
             hash_is_deterministic},
    CheckRow{{"C28", "system_prompts deduplicated to top-level map", k_structure, 0.5,
              "Prompts are long and repeat.", "steps[].system_prompt_hash, system_prompts",
              "Put every prompt that a step names into system_prompts."},
             prompts_resolve},
};

}  // namespace

CheckResult estimated_cost_is_positive(const Subject& subject) {
    const auto& cost = subject.record.metrics.estimated_cost_usd;
    return all_or_nothing(cost && *cost > 0, cost ? fmt::format("{} USD", *cost) : "missing");
}

std::span<const CheckRow> compatible_conformance() {
    return k_rows;
}

}  // namespace opentraces::quality
