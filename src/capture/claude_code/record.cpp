#include "capture/claude_code/record.hpp"

#include <algorithm>
#include <cmath>

#include "capture/blocks.hpp"
#include "capture/claude_code/facts.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/prices.hpp"
#include "opentraces/trace/prompts.hpp"
#include "opentraces/trace/step_builder.hpp"

namespace opentraces::capture::claude_code {
namespace {

json::Array texts(const std::vector<std::string>& items) {
    json::Array list;
    for (const std::string& item : items)
        list.emplace_back(item);
    return list;
}

// The file's own session: its name when the lines know it, else what the last line says.
std::string session_id(const SessionFacts& facts, const std::string& path, bool is_agent_file) {
    const std::string stem = repair_utf8(fs::stem(path));
    if (is_agent_file) {
        const std::string& of = facts.last_session_id;
        return (of.empty() || of == stem ? std::string{} : of + "/") + "agent-" + facts.agent_id;
    }
    if (facts.session_ids.count(stem) > 0 || facts.last_session_id.empty()) return stem;
    return facts.last_session_id;
}

trace::OptText shell_of(const std::vector<trace::Step>& steps) {
    for (const trace::Step& step : steps) {
        for (const trace::ToolCall& call : step.tool_calls) {
            if (call.tool_name == "PowerShell") return "powershell";
            if (call.tool_name == "Bash") return "bash";
        }
    }
    return std::nullopt;
}

// The model of most replies; of equals, the one used first.
std::string main_model(const SessionFacts& facts, const std::vector<enrich::ModelUsage>& usage) {
    const enrich::ModelUsage* most = nullptr;
    for (const enrich::ModelUsage& one : usage) {
        if (!one.model.empty() && (most == nullptr || one.replies > most->replies)) most = &one;
    }
    return most != nullptr ? most->model : model_name(facts.init_model);
}

std::string model_of_main_steps(const SessionFacts& facts, const ParsedSession& parsed) {
    std::vector<enrich::ModelUsage> main;
    for (const trace::Step& step : parsed.record->steps) {
        if (!step.model || step.call_type == trace::CallType::Subagent) continue;
        const auto known =
            std::find_if(main.begin(), main.end(), [&](const auto& one) { return one.model == *step.model; });
        if (known == main.end()) {
            main.push_back({*step.model, 1});
        } else {
            ++known->replies;
        }
    }
    return main_model(facts, main.empty() ? parsed.evidence.usage : main);
}

void describe_task(const SessionFacts& facts, const AssemblyCounts& found, ParsedSession& parsed) {
    trace::Task& task = parsed.record->task;
    const auto& steps = parsed.record->steps;
    if (found.first_prompt > 0) {
        const bool typed = found.task_is_command;
        const std::string& text = *steps[found.first_prompt - 1].content;
        task.description = typed ? trace::typed_command(text) : text;
        task.source = typed ? "slash_command" : "user_prompt";
    }
    if (const json::Value* repository = facts.pr_link.find("repository"))
        set_text(task.repository, repository->string_or());
    set_text(task.base_commit, facts.original_commit);
}

void describe_environment(const SessionFacts& facts, trace::TraceRecord& record) {
    record.environment.os = os_of(facts.cwd);
    record.environment.shell = shell_of(record.steps);
    if (facts.saw_git || !facts.hook_git.empty()) record.environment.vcs.type = trace::VcsType::Git;
    if (!facts.branches.empty()) record.environment.vcs.branch = facts.branches.back().name;
    set_text(record.environment.vcs.base_commit, facts.original_commit);
}

void describe_prompt(const SessionFacts& facts, trace::TraceRecord& record) {
    if (!facts.system_prompt) return;
    const std::string key = trace::prompt_key(record, *facts.system_prompt);
    for (trace::Step& step : record.steps) {
        if (step.role == trace::Role::Agent && step.call_type == trace::CallType::Main)
            step.system_prompt_hash = key;
    }
}

// Only a result line says how a session ended; a reply's stop_reason says how a reply ended.
void describe_outcome(const SessionFacts& facts, trace::Outcome& outcome) {
    const std::string& reason = facts.claimed_stop_reason;
    if (reason.empty()) return;
    outcome.signal_source = "result_message";
    outcome.signal_confidence = trace::SignalConfidence::Inferred;
    if (reason.starts_with("error")) outcome.success = false;
    outcome.description = reason;
}

std::string last_stop_reason(const Conversation& conversation) {
    for (auto draft = conversation.drafts.rbegin(); draft != conversation.drafts.rend(); ++draft) {
        if (!draft->reply.empty()) return draft->stop_reason;
    }
    return {};
}

std::string title_of(const Session& session) {
    const SessionFacts& facts = session.facts;
    if (!facts.title.empty()) return facts.title;
    if (!facts.ai_title.empty()) return facts.ai_title;
    // Most summary lines are titles of other sessions of the project.
    for (const auto& [leaf, text] : facts.summaries) {
        if (session.tree.contains(leaf)) return text;
    }
    return {};
}

json::Array errors_of(const Session& session) {
    json::Array errors = texts(session.facts.errors);
    for (const std::string& error : session.tally.errors)
        errors.emplace_back(error);
    return errors;
}

json::Array denials_of(const Session& session) {
    json::Array denials = session.facts.permission_denials;
    for (const auto& [call, tool] : session.tally.denials) {
        json::Object denial;
        denial.set("tool_name", tool);
        denial.set("tool_use_id", call);
        denials.emplace_back(std::move(denial));
    }
    return denials;
}

json::Object queue_of(const Session& session, const AssemblyCounts& found) {
    json::Object queue;
    set_if_some(queue, "received", found.mid_turn_prompts);
    set_if_any(queue, "taken_back", texts(session.left_in_queue.taken_back));
    set_if_any(queue, "waiting", texts(session.left_in_queue.waiting));
    return queue;
}

// Their tokens are a part of this record's, and of the record of the session that they come from.
json::Object copied_of(const Session& session, const AssemblyCounts& found) {
    json::Object object;
    if (found.copied_replies == 0) return object;
    enrich::ModelUsage all;
    for (const enrich::ModelUsage& one : found.copied) {
        all.input_tokens += one.input_tokens;
        all.output_tokens += one.output_tokens;
        all.cache_read_tokens += one.cache_read_tokens;
        all.cache_write_tokens += one.cache_write_tokens;
    }
    object.append("sessions", texts(session.copies.sessions));
    object.append("replies", static_cast<std::int64_t>(found.copied_replies));
    object.append("input_tokens", all.input_tokens);
    object.append("output_tokens", all.output_tokens);
    object.append("cache_read_tokens", all.cache_read_tokens);
    object.append("cache_write_tokens", all.cache_write_tokens);
    return object;
}

json::Object context_of(const Session& session, const AssemblyCounts& found) {
    json::Object context;
    set_if_any(context, "kept", counts(found.context));
    set_if_some(context, "repeated", found.repeated_context);
    set_if_any(context, "not_kept", counts(session.tally.context_without_text));
    return context;
}

json::Object parser_notes(const Session& session, const AssemblyCounts& found, const ParsedSession& parsed) {
    json::Object notes;
    const ParseReport& report = parsed.report;
    note_report(notes, k_parser_version, report);
    set_if_some(notes, "repeated_replies", found.repeated_replies);
    set_if_some(notes, "repeated_calls", session.tally.repeated_calls);
    set_if_some(notes, "results_without_call", found.orphan_results);
    set_if_some(notes, "persisted_outputs", session.tally.persisted_outputs);
    set_if_some(notes, "abandoned_steps", found.abandoned_steps);
    set_if_some(notes, "unlinked_agents", found.unlinked_agents);
    set_if_some(notes, "helper_agents", found.helper_agents);
    set_if_some(notes, "missing_agents", found.missing_agents.size());
    if (report.incomplete_last_line) notes.set("incomplete_last_line", true);
    if (found.output_is_lower_bound) notes.set("output_tokens_lower_bound", true);
    set_if_some(notes, "first_uuid", session.facts.first_uuid);
    set_if_some(notes, "last_uuid", session.facts.last_uuid);
    return notes;
}

void describe_metadata(const Session& session, const AssemblyCounts& found, ParsedSession& parsed) {
    const SessionFacts& facts = session.facts;
    json::Object& metadata = parsed.record->metadata;
    // Not the folder that the file lies in: a copy elsewhere is the same session.
    set_if_some(metadata, "project", folder_name(facts.cwd));
    set_if_some(metadata, "slug", facts.slug);
    set_if_some(metadata, "title", title_of(session));
    const std::string stop = facts.claimed_stop_reason.empty()
                                 ? last_stop_reason(session.conversations.front())
                                 : facts.claimed_stop_reason;
    set_if_some(metadata, "stop_reason", stop);
    if (facts.compacted) metadata.set("is_compacted", true);
    set_if_any(metadata, "compaction_events", facts.compactions);
    if (facts.num_turns) metadata.set("num_turns", *facts.num_turns);
    if (!facts.model_usage.is_null()) {
        metadata.set("model_usage", facts.model_usage);
    } else if (!parsed.evidence.usage.empty()) {
        metadata.set("model_usage", usage_by_model(parsed.evidence.usage));
    }
    set_if_some(metadata, "permission_mode",
                facts.permission_mode.empty() ? facts.hook_permission_mode : facts.permission_mode);
    set_if_any(metadata, "permission_denials", denials_of(session));
    set_if_any(metadata, "mcp_servers", texts(facts.mcp_servers));
    set_if_any(metadata, "hook_git_final", facts.hook_git);
    set_if_any(metadata, "post_turn_summaries", facts.turn_summaries);
    set_if_any(metadata, "session_errors", errors_of(session));
    set_if_any(metadata, "pr_link", facts.pr_link);
    if (session.is_agent_file) set_if_some(metadata, "parent_session_id", facts.last_session_id);
    if (facts.first_version != facts.version) metadata.set("first_version", facts.first_version);
    set_if_any(metadata, "opentraces_steps", found.step_facts);
    set_if_any(metadata, "opentraces_copied", copied_of(session, found));
    set_if_any(metadata, "opentraces_missing_agents", found.missing_agents);
    set_if_any(metadata, "opentraces_context", context_of(session, found));
    set_if_any(metadata, "opentraces_queue", queue_of(session, found));
    metadata.set("opentraces_parser", parser_notes(session, found, parsed));
}

void total_up(const SessionFacts& facts, ParsedSession& parsed) {
    parsed.evidence.actual_cost_usd = facts.cost_usd;
    if (facts.duration_ms) parsed.evidence.reported_duration_s = *facts.duration_ms / 1000;
}

}  // namespace

std::string folder_name(std::string_view project) {
    std::string name(project);
    for (char& c : name) {
        const bool keep = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!keep) c = '-';
    }
    return name;
}

void describe_session(const Session& session, const AssemblyCounts& found, const std::string& path,
                      ParsedSession& parsed) {
    const SessionFacts& facts = session.facts;
    trace::TraceRecord& record = *parsed.record;
    record.session_id = session_id(facts, path, session.is_agent_file);
    set_text(record.timestamp_start, facts.start_text);
    set_text(record.timestamp_end, facts.end_text);
    describe_task(facts, found, parsed);
    set_text(record.agent.version, facts.version);
    set_text(record.agent.model, model_of_main_steps(facts, parsed));
    describe_environment(facts, record);
    describe_prompt(facts, record);
    record.tool_definitions = facts.tool_definitions;
    describe_outcome(facts, record.outcome);
    describe_metadata(session, found, parsed);
    total_up(facts, parsed);
    parsed.evidence.working_directory = facts.cwd;
    parsed.evidence.commits = session.tally.commits;
    parsed.evidence.branches = facts.branches;
    parsed.evidence.tokens_are_lower_bound = found.output_is_lower_bound;
    parsed.evidence.copied = found.copied;
    parsed.evidence.turn_ended = facts.turn_ended;
    parsed.evidence.final_error = facts.final_error;
}

}  // namespace opentraces::capture::claude_code
