// Codex CLI, all versions from 0.32 on, and the items without an envelope of those before.
//
// Files: <home>/sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl, of all projects together, and
// <home>/archived_sessions/; the same compressed as .jsonl.zst, where the plain file wins if both are there.
// A sub-agent has a rollout of its own and is a session of its own, which names its parent.
#include <algorithm>

#include "capture/blocks.hpp"
#include "capture/codex/rollout.hpp"
#include "capture/describe.hpp"
#include "capture/hooks/format.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_builder.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::capture {
namespace {

using codex::Rollout;
using codex::RolloutFacts;

constexpr std::string_view k_version = "1.4.0";
constexpr std::string_view k_plain = ".jsonl";
constexpr std::string_view k_compressed = ".jsonl.zst";
constexpr std::size_t k_uuid_length = 36;

FileRole role_of(std::string_view name) {
    return name.ends_with(k_plain) || name.ends_with(k_compressed) ? FileRole::Sessions : FileRole::None;
}

// TraeX writes the same files; only its provider tells.
bool recognises(const std::string& path, Sources& sources) {
    bool recognised = false;
    bool foreign = false;
    look_through(sources.head(path), [&](const json::Value& line) {
        recognised = recognised || codex::is_rollout_line(line);
        const std::string_view provider = line["payload"]["model_provider"].string_or();
        foreign = foreign || provider == "trae";
        return recognised && !provider.empty();
    });
    return recognised && !foreign;
}

bool has_plain_twin(const std::string& path, fs::Disk& disk) {
    if (!path.ends_with(k_compressed)) return false;
    const auto twin = disk.info(path.substr(0, path.size() - (k_compressed.size() - k_plain.size())));
    return twin && twin->kind == fs::FileKind::File;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    if (has_plain_twin(path, sources.disk())) return {};
    std::string project;
    look_through(sources.head(path), [&](const json::Value& line) {
        const std::string_view type = line["type"].string_or();
        if (type != "session_meta" && type != "turn_context") return false;
        project = line["payload"]["cwd"].string_or();
        return !project.empty();
    });
    return {session_in_file(k_codex.name, path, std::move(project), sources)};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("CODEX_HOME");
    const std::string root = set ? *set : fs::join(environment.home(), ".codex");
    return {{fs::join(root, "sessions"), true}, {fs::join(root, "archived_sessions"), true}};
}

std::string session_id(const RolloutFacts& facts, const std::string& path) {
    if (!facts.id.empty()) return facts.id;
    std::string name = repair_utf8(fs::file_name(path));
    name.resize(std::min(name.find(k_plain), name.size()));
    const bool has_uuid = name.starts_with("rollout-") && name.size() > k_uuid_length;
    return has_uuid ? name.substr(name.size() - k_uuid_length) : name;
}

void describe_task(const RolloutFacts& facts, trace::TraceRecord& record) {
    const auto asked = std::find_if(record.steps.begin(), record.steps.end(), [](const trace::Step& step) {
        return step.role == trace::Role::User && step.content;
    });
    if (asked != record.steps.end()) {
        record.task.description = asked->content;
        record.task.source = "user_prompt";
    }
    set_text(record.task.repository, enrich::repository_name(facts.repository));
    set_text(record.task.base_commit, facts.commit);
}

void describe_environment(const RolloutFacts& facts, trace::TraceRecord& record) {
    record.environment.os = os_of(facts.cwd);
    if (!facts.branch.empty() || !facts.commit.empty()) record.environment.vcs.type = trace::VcsType::Git;
    set_text(record.environment.vcs.branch, facts.branch);
    set_text(record.environment.vcs.base_commit, facts.commit);
}

void describe_metadata(Rollout& rollout, ParsedSession& parsed) {
    const RolloutFacts& facts = rollout.facts();
    json::Object& metadata = parsed.record->metadata;
    set_if_some(metadata, "title", facts.title);
    set_if_some(metadata, "originator", facts.originator);
    set_if_some(metadata, "permission_mode", facts.approval_policy);
    if (facts.is_subagent) metadata.set("is_subagent", true);
    set_if_some(metadata, "parent_session_id", facts.parent);
    if (facts.compactions > 0) metadata.set("is_compacted", true);
    set_if_some(metadata, "interrupted_turns", facts.interruptions);
    set_if_some(metadata, "rolled_back_turns", facts.rolled_back_turns);
    if (!parsed.evidence.usage.empty()) metadata.set("model_usage", usage_by_model(parsed.evidence.usage));
    json::Array errors;
    for (const std::string& error : facts.errors)
        errors.emplace_back(error);
    set_if_any(metadata, "session_errors", std::move(errors));
    set_if_any(metadata, "opentraces_steps", rollout.take_step_facts());
    json::Object queue;
    set_if_some(queue, "received", rollout.mid_turn_prompts());
    set_if_any(metadata, "opentraces_queue", std::move(queue));
    json::Object context;
    set_if_some(context, "repeated", rollout.repeated_context());
    set_if_any(metadata, "opentraces_context", std::move(context));
    json::Object notes;
    note_report(notes, k_version, parsed.report);
    set_if_some(notes, "copied_lines", rollout.copied_lines());
    set_if_some(notes, "repeated_calls", rollout.repeated_calls());
    set_if_some(notes, "results_without_call", rollout.unanswered_outputs());
    if (parsed.report.incomplete_last_line) notes.set("incomplete_last_line", true);
    metadata.set("opentraces_parser", std::move(notes));
}

void describe(Rollout& rollout, const std::string& path, ParsedSession& parsed) {
    const RolloutFacts& facts = rollout.facts();
    trace::TraceRecord& record = *parsed.record;
    record.session_id = session_id(facts, path);
    set_text(record.timestamp_start, facts.start);
    set_text(record.timestamp_end, facts.end);
    set_text(record.agent.version, facts.version);
    set_text(record.agent.model, main_model_of(parsed.evidence.usage, record));
    describe_task(facts, record);
    describe_environment(facts, record);
    if (!facts.instructions.empty()) {
        const std::string key = trace::prompt_key(record, facts.instructions);
        for (trace::Step& step : record.steps)
            if (step.role == trace::Role::Agent) step.system_prompt_hash = key;
    }
    describe_metadata(rollout, parsed);
    parsed.evidence.working_directory = facts.cwd;
    parsed.evidence.turn_ended = facts.turn_ended;
    parsed.evidence.interrupted = facts.interrupted;
    if (!facts.branch.empty()) parsed.evidence.branches.push_back({{}, facts.branch});
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.record.emplace();
    parsed.files.push_back(session.locator);
    Rollout rollout(parsed);
    bool recognised = false;
    const LineTally tally =
        read_objects(sources, session.locator, [&](json::Value&& line, std::size_t number) {
            recognised |= codex::is_rollout_line(line);
            rollout.take(std::move(line), number);
        });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed, "not a Codex session: no line has a type and a payload of rollouts");
        return parsed;
    }
    rollout.finish(k_codex.accounting);
    describe(rollout, session.locator, parsed);
    finish(k_codex, parsed);
    return parsed;
}

// Codex documentation, "Hooks": .codex/hooks.json, in a project that is trusted.
constexpr HookSpec k_hook{
    .format = &k_matcher_groups,
    .agent = "codex",
    .settings = ".codex/hooks.json",
    .sign = ".codex",
    .event = "SessionEnd",
    .timeout = k_hook_seconds,
    .user_variable = "CODEX_HOME",
    .user_folder = ".codex",
    .user_settings = "hooks.json",
    .to_do = "Codex runs it only after you have reviewed and trusted it in the program",
};

}  // namespace

constinit const Agent k_codex{"codex", "Codex", k_version,  {true}, &k_hook,
                              places,  role_of, recognises, list,   read};

}  // namespace opentraces::capture
