#include "capture/claude_code.hpp"

#include <algorithm>

#include "capture/claude_code_record.hpp"
#include "capture/claude_code_session.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::capture {
namespace {

using claude_code::Session;

constexpr std::size_t k_uuid_length = 36;

bool is_session_name(std::string_view name) {
    return name.ends_with(".jsonl") && !name.starts_with("agent-") && name != "journal.jsonl";
}

// iFlow CLI writes the same lines; its session ids are "session-" and a UUID, Claude Code's the UUID alone.
bool is_foreign(std::string_view session_id) {
    constexpr std::string_view k_prefix = "session-";
    return session_id.starts_with(k_prefix) && session_id.size() == k_prefix.size() + k_uuid_length;
}

void refuse(ParsedSession& parsed, std::string reason, std::size_t line = 0) {
    parsed.verdict = ParseVerdict::Refused;
    parsed.reason = std::move(reason);
    parsed.line = line;
}

void explain_refusal(const LineTally& tally, const Session& session, ParsedSession& parsed) {
    if (tally.lines == 0) return refuse(parsed, "empty file");
    if (tally.objects == 0 && !tally.skipped.empty()) {
        return refuse(parsed, tally.skipped.front().reason, tally.skipped.front().line);
    }
    if (tally.objects == 0) return refuse(parsed, "not JSON: the only line is incomplete", 1);
    if (session.facts.session_ids.empty()) {
        return refuse(parsed, "not a Claude Code session: no line has sessionId and type user or assistant");
    }
    refuse(parsed, "no conversation: no line has type user or assistant and a message with content");
}

std::size_t tool_calls(const trace::TraceRecord& record) {
    std::size_t calls = 0;
    for (const trace::Step& step : record.steps)
        calls += step.tool_calls.size();
    return calls;
}

void judge(ParsedSession& parsed) {
    parsed.verdict = ParseVerdict::Trace;
    if (parsed.record->steps.size() < 2) {
        parsed.verdict = ParseVerdict::Filtered;
        parsed.reason = "fewer than 2 steps";
    } else if (tool_calls(*parsed.record) == 0) {
        parsed.verdict = ParseVerdict::Filtered;
        parsed.reason = "no tool calls";
    }
    if (parsed.verdict == ParseVerdict::Filtered) parsed.record.reset();
}

// A sub-agent's own file: its first conversation line names the agent.
void look_for_agent_id(Session& session, const std::string& path, fs::Disk& disk) {
    std::string head(std::size_t{256} << 10, '\0');
    head.resize(disk.open(path)->read(head.data(), head.size()));
    bool decided = false;
    read_objects(head, [&](json::Value&& line, std::size_t) {
        if (decided || !claude_code::is_conversation_line(line)) return;
        decided = true;
        const std::string_view agent = line["agentId"].string_or();
        const bool sidechain = line["isSidechain"].bool_or(false);
        session.is_agent_file = !agent.empty() || (sidechain && fs::file_name(path).starts_with("agent-"));
        if (session.is_agent_file)
            session.facts.agent_id = agent.empty() ? claude_code::agent_id_of(path) : std::string(agent);
    });
}

bool may_hold_sessions(std::string_view folder_name) {
    return folder_name != "subagents" && folder_name != ".git" && !folder_name.starts_with(".opentraces");
}

}  // namespace

bool ClaudeCodeParser::recognises(std::string_view, std::string_view head) const {
    bool recognised = false;
    read_objects(head, [&recognised](json::Value&& line, std::size_t) {
        const std::string* session = line["sessionId"].if_string();
        recognised |= session != nullptr && !is_foreign(*session) && claude_code::is_conversation_line(line);
    });
    return recognised;
}

ParsedSession ClaudeCodeParser::parse(const std::string& path, fs::Disk& disk, Neighbours& neighbours) const {
    ParsedSession parsed;
    Session session;
    look_for_agent_id(session, path, disk);
    const LineTally tally = read_main_file(session, path, disk);
    const bool usable = session.report.conversation_lines > 0;
    if (usable) read_agents(session, path, disk, neighbours);
    session.report.unknown_blocks = session.tally.unknown_blocks;
    parsed.report = std::move(session.report);
    parsed.files = std::move(session.files);
    if (!usable) {
        explain_refusal(tally, session, parsed);
        return parsed;
    }
    parsed.record.emplace();
    const claude_code::AssemblyCounts counts = assemble_steps(session, parsed);
    describe_session(session, counts, path, parsed);
    parsed.record->trace_id = trace_id_for(name(), parsed.record->session_id, 0).str();
    judge(parsed);
    if (parsed.record) enrich::complete(*parsed.record, parsed.evidence);
    return parsed;
}

Discovered ClaudeCodeParser::discover(const std::string& folder, fs::Disk& disk) const {
    Discovered found;
    found.walked = fs::walk(folder, {is_session_name, may_hold_sessions, fs::Links::Stay}, disk);
    for (const fs::FileInfo& file : found.walked.files)
        found.sessions.push_back({"claude-code", file.path, file.size, file.modified_ns});
    return found;
}

std::string ClaudeCodeParser::sessions_folder(const std::string& project,
                                              const Environment& environment) const {
    const auto set = environment.get("CLAUDE_CONFIG_DIR");
    const std::string root = set ? *set : fs::join(environment.home(), ".claude");
    return fs::join(fs::join(root, "projects"), claude_code::folder_name(project));
}

}  // namespace opentraces::capture
