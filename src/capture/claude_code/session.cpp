#include "capture/claude_code/session.hpp"

#include <algorithm>
#include <array>

#include "capture/blocks.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::claude_code {
namespace {

// Where a line says it, and the fact's name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> k_surroundings{
    {{"cwd", "working_directory"},
     {"gitBranch", "branch"},
     {"version", "agent_version"},
     {"permissionMode", "permission_mode"},
     {"mode", "mode"},
     {"effort", "effort"}}};

// The lines of one file, sorted into conversations.
class FileReader {
public:
    FileReader(Session& session, Conversation& own, bool is_main)
        : m_session(session), m_own(own), m_queue(own), m_is_main(is_main) {}

    void take(const json::Value& line, std::size_t number) {
        const std::string uuid(line["uuid"].string_or());
        if (!uuid.empty() && !m_uuids.insert(uuid).second) {
            ++m_session.report.repeated_lines;
            return;
        }
        if (m_is_main) {
            note_envelope(m_session.facts, line);
        } else {
            note_time(m_session.facts, line["timestamp"].string_or());
            if (m_agent.empty()) m_agent = line["agentId"].string_or();
        }
        Conversation& conversation = conversation_of(line, uuid);
        for (const auto& [key, name] : k_surroundings)
            conversation.surroundings.note(name, line[key].string_or());
        const std::string_view type = line["type"].string_or();
        if ((type == "user" || type == "assistant") && !line["message"].is_null()) {
            take_conversation_line(conversation, line, type, number);
        } else {
            take_other_line(conversation, line, type);
        }
        add_to_tree(conversation, line, uuid);
        if (!uuid.empty()) m_queue.note_uuid(uuid);
    }

    void finish() { m_queue.finish(m_session.left_in_queue); }

    // The id that the lines of a sub-agent file give.
    const std::string& agent() const { return m_agent; }

private:
    void take_conversation_line(Conversation& conversation, const json::Value& line, std::string_view type,
                                std::size_t number) {
        if (is_conversation_line(line)) ++m_session.report.conversation_lines;
        m_drafts_before = conversation.drafts.size();
        if (m_is_main && &conversation == &m_own && !line["isMeta"].bool_or(false))
            note_turn(m_session.facts, line);
        if (type == "user") {
            const bool said = take_user_line(conversation, m_session.tally, line);
            if (said && &conversation == &m_own) m_queue.said(*m_own.drafts.back().step.content);
        } else {
            take_assistant_line(conversation, m_session.tally, line, number);
        }
        tell_surroundings(conversation);
    }

    void take_other_line(Conversation& conversation, const json::Value& line, std::string_view type) {
        m_drafts_before = conversation.drafts.size();
        bool known = true;
        if (type == "attachment") {
            known = take_attachment(conversation, line);
        } else {
            SessionFacts unused;
            known = note_other_line(m_is_main ? m_session.facts : unused, line, type);
        }
        if (type == "progress") {
            take_progress(line);
        } else if (type == "queue-operation") {
            m_queue.take(line);
        } else if (type == "system" && line["subtype"].string_or() == "local_command") {
            take_local_command(conversation, line);
        }
        note_retractions(line);
        count(line, type, known);
    }

    bool take_attachment(Conversation& conversation, const json::Value& line) {
        if (line["attachment"]["type"].string_or() != "queued_command")
            return take_context(conversation, m_session.tally, line);
        const bool said = take_queued_prompt(conversation, line);
        if (said && &conversation == &m_own) m_queue.attached(*m_own.drafts.back().step.content);
        return true;
    }

    void note_retractions(const json::Value& line) {
        if (const json::Array* uuids = line["retractedMessageUuids"].if_array()) {
            for (const json::Value& uuid : *uuids)
                m_session.tally.retracted.emplace(uuid.string_or());
        }
    }

    void count(const json::Value& line, std::string_view type, bool known) {
        std::string name(type.empty() ? "(none)" : type);
        if (type == "system") name.append("/").append(line["subtype"].string_or());
        if (type == "attachment") name.append("/").append(line["attachment"]["type"].string_or());
        add_to_counts(known ? m_session.report.ignored_line_types : m_session.report.unknown_line_types,
                      name);
    }

    // The main file may hold the only trace of a sub-agent: copies of its messages.
    void take_progress(const json::Value& line) {
        const json::Value& data = line["data"];
        if (data["type"].string_or() == "hook_progress") {
            add_to_counts(m_session.tally.context_without_text,
                          "hook_progress/" + std::string(data["hookEvent"].string_or()));
        }
        if (data["type"].string_or() != "agent_progress") return;
        const std::string agent(data["agentId"].string_or());
        if (agent.empty()) return;
        const std::string call(line["parentToolUseID"].string_or());
        if (!call.empty()) m_session.tally.caller.try_emplace(agent, call);
        Conversation& conversation = m_session.progress[agent];
        conversation.id = agent;
        const json::Value& message = data["message"];
        const std::string_view type = message["type"].string_or();
        if (type == "user") take_user_line(conversation, m_progress_tally, message);
        if (type == "assistant") take_assistant_line(conversation, m_progress_tally, message, 0);
    }

    // Versions 1.0.x wrote sub-agents into the main file; each starts at a line without parent.
    Conversation& conversation_of(const json::Value& line, const std::string& uuid) {
        if (!m_is_main || m_session.is_agent_file || !line["isSidechain"].bool_or(false)) return m_own;
        const auto parent = m_sidechains.find(std::string(line["parentUuid"].string_or()));
        std::string id(line["agentId"].string_or());
        if (id.empty()) id = parent == m_sidechains.end() ? uuid : parent->second;
        if (!uuid.empty()) m_sidechains.emplace(uuid, id);
        const auto [known, is_new] = m_runs.try_emplace(id, nullptr);
        if (is_new) {
            known->second = &m_session.conversations.emplace_back();
            known->second->id = id;
        }
        return *known->second;
    }

    void add_to_tree(const Conversation& conversation, const json::Value& line, const std::string& uuid) {
        if (uuid.empty()) return;
        const bool made_step = conversation.drafts.size() > m_drafts_before;
        const bool prompt = made_step && conversation.drafts.back().reply.empty() &&
                            !conversation.drafts.back().mid_turn &&
                            conversation.drafts.back().kind == PromptKind::Human;
        m_session.tree.add(uuid, std::string(line["parentUuid"].string_or()), prompt);
    }

    Session& m_session;
    Conversation& m_own;
    PromptQueue m_queue;
    bool m_is_main;
    std::string m_agent;
    std::unordered_set<std::string> m_uuids;
    std::unordered_map<std::string, std::string> m_sidechains;  // uuid -> conversation id
    std::unordered_map<std::string, Conversation*> m_runs;      // conversation id -> conversation
    std::size_t m_drafts_before = 0;
    Tally m_progress_tally;  // the agent's own file tells the same
};

LineTally read_file(Session& session, Conversation& own, const std::string& path, Sources& sources,
                    bool is_main) {
    FileReader reader(session, own, is_main);
    session.files.push_back(path);
    LineTally tally = read_objects(
        sources, path, [&reader](json::Value&& line, std::size_t number) { reader.take(line, number); });
    reader.finish();
    if (!reader.agent().empty()) own.id = reader.agent();
    add_tally(tally, session.report);
    return tally;
}

}  // namespace

bool is_conversation_line(const json::Value& line) {
    const std::string_view type = line["type"].string_or();
    if (type != "user" && type != "assistant") return false;
    const json::Value& message = line["message"];
    const json::Value& content = message.if_object() == nullptr ? message : message["content"];
    return content.if_string() != nullptr || content.if_array() != nullptr;
}

LineTally read_main_file(Session& session, const std::string& path, Sources& sources) {
    return read_file(session, session.conversations.emplace_back(), path, sources, true);
}

std::string agent_id_of(std::string_view path) {
    std::string id = repair_utf8(fs::stem(path));
    if (id.starts_with("agent-")) id.erase(0, 6);
    return id;
}

void read_agent_file(Session& session, const std::string& path, Sources& sources) {
    Conversation& conversation = session.conversations.emplace_back();
    conversation.id = agent_id_of(path);
    read_file(session, conversation, path, sources, false);
}

}  // namespace opentraces::capture::claude_code
