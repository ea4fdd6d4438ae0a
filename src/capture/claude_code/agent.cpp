// Claude Code, all versions from 1.0 on.
//
// Files: <config>/projects/<project path, other characters than letters and digits as '-'>/<session
// id>.jsonl. Sub-agents: isSidechain lines in the session's file (1.0.x), agent-<id>.jsonl beside it (2.0.x),
// and <session id>/subagents/ (2.1.x).
#include <algorithm>

#include "capture/claude_code/record.hpp"
#include "capture/claude_code/session.hpp"
#include "capture/describe.hpp"
#include "capture/fingerprint.hpp"
#include "capture/hooks/format.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::capture {
namespace {

using claude_code::Session;

constexpr std::size_t k_uuid_length = 36;

// iFlow CLI writes the same lines; its session ids are "session-" and a UUID, Claude Code's the UUID alone.
bool is_foreign(std::string_view session_id) {
    constexpr std::string_view k_prefix = "session-";
    return session_id.starts_with(k_prefix) && session_id.size() == k_prefix.size() + k_uuid_length;
}

void explain_refusal(const LineTally& tally, const Session& session, ParsedSession& parsed) {
    if (refuse_unreadable(tally, parsed)) return;
    if (session.facts.session_ids.empty()) {
        return refuse(parsed, "not a Claude Code session: no line has sessionId and type user or assistant");
    }
    refuse(parsed, "no conversation: no line has type user or assistant and a message with content");
}

// A sub-agent's own file: its first conversation line names the agent.
void look_for_agent_id(Session& session, const std::string& path, Sources& sources) {
    look_through(sources.head(path), [&](const json::Value& line) {
        if (!claude_code::is_conversation_line(line)) return false;
        const std::string_view agent = line["agentId"].string_or();
        const bool sidechain = line["isSidechain"].bool_or(false);
        session.is_agent_file = !agent.empty() || (sidechain && fs::file_name(path).starts_with("agent-"));
        if (session.is_agent_file)
            session.facts.agent_id = agent.empty() ? claude_code::agent_id_of(path) : std::string(agent);
        return true;
    });
}

FileRole role_of(std::string_view name) {
    if (!name.ends_with(".jsonl")) return FileRole::None;
    const bool part = name.starts_with("agent-") || name == "journal.jsonl";
    return part ? FileRole::Part : FileRole::Sessions;
}

bool recognises(const std::string& path, Sources& sources) {
    return look_through(sources.head(path), [](const json::Value& line) {
        const std::string* session = line["sessionId"].if_string();
        return session != nullptr && !is_foreign(*session) && claude_code::is_conversation_line(line);
    });
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    std::string project;
    look_through(sources.head(path), [&project](const json::Value& line) {
        project = line["cwd"].string_or();
        return !project.empty();
    });
    return {{std::string(k_claude_code.name), path, std::move(project),
             claude_code::fingerprint_of(path, sources)}};
}

ParsedSession read(const SessionRef& ref, Sources& sources) {
    const std::string& path = ref.locator;
    ParsedSession parsed;
    Session session;
    look_for_agent_id(session, path, sources);
    const LineTally tally = read_main_file(session, path, sources);
    const bool usable = session.report.conversation_lines > 0;
    if (usable) read_agents(session, path, sources);
    if (usable && !session.is_agent_file) session.copies = claude_code::copies_in(path, sources);
    for (const auto& [type, blocks] : session.tally.unknown_blocks)
        count_unknown_block(session.report, type, "block/", blocks);
    session.report.context_not_kept = session.tally.context_without_text;
    parsed.report = std::move(session.report);
    parsed.files = std::move(session.files);
    if (!usable) {
        explain_refusal(tally, session, parsed);
        return parsed;
    }
    parsed.record.emplace();
    const claude_code::AssemblyCounts counts = assemble_steps(session, parsed);
    parsed.report.alike_sessions = session.copies.alike;
    parsed.report.copied_replies = counts.copied_replies;
    parsed.report.missing_agents = counts.missing_agents.size();
    parsed.report.unlinked_agents = counts.unlinked_agents;
    describe_session(session, counts, path, parsed);
    finish(k_claude_code, parsed);
    return parsed;
}

std::vector<Place> places(const std::string& project, const Environment& environment) {
    const auto set = environment.get("CLAUDE_CONFIG_DIR");
    const std::string root = set ? *set : fs::join(environment.home(), ".claude");
    return {{fs::join(fs::join(root, "projects"), claude_code::folder_name(project)), false}};
}

// Claude Code documentation, "Hooks".
constexpr HookSpec k_hook{
    .format = &k_matcher_groups,
    .settings = ".claude/settings.json",
    .sign = ".claude",
    .event = "SessionEnd",
    .timeout = k_hook_seconds,
    .project_variable = "CLAUDE_PROJECT_DIR",
    .user_variable = "CLAUDE_CONFIG_DIR",
    .user_folder = ".claude",
    .user_settings = "settings.json",
};

// Claude Code documentation, "Settings": cleanupPeriodDays, 30 unless it is set.
std::int64_t kept_days(const Environment& environment, fs::Disk& disk) {
    constexpr std::int64_t k_standard = 30;
    const std::string settings = user_settings_of(k_hook, environment);
    if (!disk.info(settings)) return k_standard;
    try {
        return json::read_document(disk.read_all(settings))["cleanupPeriodDays"].integer().value_or(
            k_standard);
    } catch (const json::SyntaxError&) {
        return k_standard;
    }
}

}  // namespace

constinit const Agent k_claude_code{"claude-code", "Claude Code", claude_code::k_parser_version,
                                    {false},       &k_hook,       places,
                                    role_of,       recognises,    list,
                                    read,          kept_days,     claude_code::stray_agents};

}  // namespace opentraces::capture
