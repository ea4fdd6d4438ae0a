// Conformance of rubric 1: every check can fail.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/trace/codec.hpp"
#include "quality/rubric_0_2/white_space.hpp"
#include "quality/rubric_1/check.hpp"
#include "quality/rubric_1/home_paths.hpp"

namespace opentraces::quality {
namespace {

CheckResult schema_version(const StrictSubject& subject) {
    return all_or_nothing(subject.record.schema_version == trace::k_schema_version,
                          subject.record.schema_version);
}

CheckResult trace_id(const StrictSubject& subject) {
    const bool holds = is_uuid(subject.record.trace_id);
    return all_or_nothing(holds, holds ? "a UUID" : "not a UUID");
}

CheckResult content_hash(const StrictSubject& subject) {
    const trace::OptText& stored = subject.record.content_hash;
    if (!stored) return unknown("the line carries no content hash");
    const bool holds = *stored == trace::content_hash(subject.record).str();
    return all_or_nothing(holds, holds ? "fits the content" : "does not fit the content");
}

CheckResult session_times(const StrictSubject& subject) {
    const auto time_of = [](const trace::OptText& text) {
        return text ? parse_iso8601(*text) : std::nullopt;
    };
    const auto start = time_of(subject.record.timestamp_start);
    const auto end = time_of(subject.record.timestamp_end);
    const double score = (start ? 0.5 : 0.0) + (end ? 0.5 : 0.0);
    if (start && end && *end < *start) return failed("ends before it starts");
    return graded(start && end, score,
                  fmt::format("start {}, end {}", start ? "valid" : "missing or invalid",
                              end ? "valid" : "missing or invalid"));
}

CheckResult exchange(const StrictSubject& subject) {
    const auto has = [&](trace::Role role) {
        return std::any_of(subject.record.steps.begin(), subject.record.steps.end(),
                           [&](const trace::Step& step) { return step.role == role; });
    };
    return all_or_nothing(has(trace::Role::User) && has(trace::Role::Agent),
                          fmt::format("{} steps", subject.facts.steps));
}

CheckResult step_indexes(const StrictSubject& subject) {
    if (subject.facts.steps == 0) return not_applicable("no steps");
    const bool holds = subject.facts.indexes_unique && subject.facts.indexes_in_order;
    return all_or_nothing(holds, holds ? "upwards, each once" : "repeated or out of order");
}

CheckResult call_ids(const StrictSubject& subject) {
    const std::size_t calls = subject.facts.calls;
    if (calls == 0) return not_applicable("no tool calls");
    return share(calls - subject.strict.duplicate_call_ids, calls, 1.0);
}

CheckResult observation_order(const StrictSubject& subject) {
    const std::size_t observations = subject.facts.observations;
    if (observations == 0) return not_applicable("no observations");
    return share(observations - subject.strict.observations_early, observations, 1.0);
}

CheckResult parent_steps(const StrictSubject& subject) {
    if (subject.facts.subagent_steps == 0) return not_applicable("no sub-agent steps");
    std::set<std::string> indexes;
    for (const trace::Step& step : subject.record.steps)
        indexes.insert(step.step_index.text());
    const auto resolved =
        std::count_if(subject.record.steps.begin(), subject.record.steps.end(), [&](const trace::Step& step) {
            return step.call_type == trace::CallType::Subagent && step.parent_step &&
                   indexes.contains(step.parent_step->text());
        });
    return share(static_cast<std::size_t>(resolved), subject.facts.subagent_steps, 1.0);
}

CheckResult prompt_references(const StrictSubject& subject) {
    if (subject.facts.prompt_references == 0) return not_applicable("no step names a system prompt");
    return share(subject.facts.prompt_references_resolved, subject.facts.prompt_references, 1.0);
}

CheckResult step_total(const StrictSubject& subject) {
    const trace::Integer& total = subject.record.metrics.total_steps;
    return all_or_nothing(
        total == trace::Integer(static_cast<std::int64_t>(subject.facts.steps)) && subject.facts.steps > 0,
        fmt::format("{} said, {} found", total.text(), subject.facts.steps));
}

CheckResult agent_name(const StrictSubject& subject) {
    const bool named = !is_blank(subject.record.agent.name);
    return all_or_nothing(named, named ? subject.record.agent.name : "missing");
}

CheckResult scanned(const StrictSubject& subject) {
    const trace::SecurityMetadata& security = subject.record.security;
    return all_or_nothing(security.scanned, security.scanned ? "scanned" : "not scanned");
}

CheckResult credentials(const StrictSubject& subject) {
    if (!subject.options.find_credentials) return unknown("no scanner at hand");
    const std::vector<std::string> rules = subject.options.find_credentials(subject.record);
    if (rules.empty()) return passed("clean");
    return failed(fmt::format("found: {}", fmt::join(rules, ", ")));
}

CheckResult home_paths(const StrictSubject& subject) {
    const std::size_t homes = count_personal_homes(subject.record);
    return all_or_nothing(homes == 0, fmt::format("{} paths name a person", homes));
}

constexpr std::string_view k_identity = "identity";
constexpr std::string_view k_structure = "structure";
constexpr std::string_view k_security = "security";

constexpr std::array k_rows{
    StrictRow{{"S1", "Current schema version", k_identity, 1.0, "Readers must know how to read the record.",
               "schema_version", "Write the record again with a current writer."},
              schema_version},
    StrictRow{{"S2", "Trace id is a UUID", k_identity, 0.5, "Ids must be unique over datasets.", "trace_id",
               "Give the trace a UUID as its id."},
              trace_id},
    StrictRow{{"S3", "Stored content hash fits the content", k_identity, 1.0,
               "A stale hash hides changes and defeats the search for duplicates.", "content_hash",
               "Write the record again; writers fill the hash in."},
              content_hash},
    StrictRow{{"S4", "Agent is named", k_identity, 0.5, "Consumers select traces by agent.", "agent.name",
               "Set agent.name."},
              agent_name},
    StrictRow{{"S5", "Session times are valid and in order", k_identity, 0.8, "Traces are dated by them.",
               "timestamp_start, timestamp_end", "Set both times in ISO 8601."},
              session_times},
    StrictRow{{"S6", "User and agent both speak", k_structure, 1.5,
               "Without an exchange there is no example.", "steps[].role", "Leave such sessions out."},
              exchange},
    StrictRow{{"S7", "Step indexes go upwards", k_structure, 1.0, "Steps are referred to by index.",
               "steps[].step_index", "Number the steps upwards, each once."},
              step_indexes},
    StrictRow{{"S8", "Tool call ids are unique", k_structure, 1.0, "Results are linked by call id.",
               "steps[].tool_calls[].tool_call_id", "Give every call an id of its own."},
              call_ids},
    StrictRow{{"S9", "Observations follow their call", k_structure, 1.0,
               "A result without its call teaches nothing.", "steps[].observations[].source_call_id",
               "Name an earlier call in every observation."},
              observation_order},
    StrictRow{{"S10", "Parent steps exist", k_structure, 0.7, "The tree of sub-agents needs its edges.",
               "steps[].parent_step", "Name the step that started each sub-agent."},
              parent_steps},
    StrictRow{
        {"S11", "System prompts that are named exist", k_structure, 0.5, "Prompts are part of the input.",
         "steps[].system_prompt_hash, system_prompts", "Put every prompt into system_prompts."},
        prompt_references},
    StrictRow{{"S12", "Step total agrees with the steps", k_structure, 0.7,
               "Totals must agree with what they sum up.", "metrics.total_steps, steps",
               "Compute the metrics again from the steps."},
              step_total},
    StrictRow{{"S13", "Scanned for secrets", k_security, 1.0, "Unscanned traces may hold secrets.",
               "security.scanned", "Capture or scrub the trace with opentraces."},
              scanned},
    StrictRow{{"S14", "No credential is left", k_security, 2.0, "A published key is lost.", "every text",
               "Revoke the credential and scrub the trace again."},
              credentials},
    StrictRow{{"S15", "No home path names a person", k_security, 1.0, "Paths name people.", "every text",
               "Scrub the trace again."},
              home_paths},
};

}  // namespace

std::span<const StrictRow> strict_conformance() {
    return k_rows;
}

}  // namespace opentraces::quality
