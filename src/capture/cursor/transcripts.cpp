#include "capture/cursor/transcripts.hpp"

#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/cursor/chat.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::cursor {
namespace {

constexpr std::string_view k_thinking = "[Thinking]";
constexpr std::string_view k_call = "[Tool call] ";
constexpr std::string_view k_result = "[Tool result] ";
constexpr std::string_view k_think_end = "</think>";

bool is_role(std::string_view role) {
    return role == "user" || role == "assistant" || role == "system" || role == "tool";
}

bool is_line(const json::Value& line) {
    const json::Value& content = line["message"]["content"];
    return is_role(line["role"].string_or()) && line["type"].is_null() && line["message"]["role"].is_null() &&
           (content.if_array() != nullptr || content.if_string() != nullptr);
}

bool is_head_of_text(std::string_view line) {
    return line == "user:" || line == "assistant:" || line == "system:";
}

// `[{"role":"user","text":`, whatever white space is in it.
bool is_head_of_list(std::string_view text) {
    constexpr std::size_t k_enough = 400;
    std::string plain;
    for (const char c : text.substr(0, std::min(text.size(), k_enough)))
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') plain += c;
    const auto begins = [&plain](std::string_view role) {
        return plain.starts_with("[{\"role\":\"" + std::string(role) + "\",\"text\":");
    };
    return begins("user") || begins("assistant") || begins("system");
}

struct SubAgent {
    std::string id;
    std::string prompt;
    std::vector<json::Value> lines;
};

std::string stem(const std::string& path) {
    const std::string name = fs::file_name(path);
    return repair_utf8(name.substr(0, name.rfind('.')));
}

std::string prompt_in(const json::Value& line) {
    return line["role"].string_or() == "user"
               ? std::string(trim(split_prompt(text_of(line["message"]["content"])).typed))
               : std::string();
}

class Lines {
public:
    explicit Lines(ParsedSession& parsed) : m_parsed(parsed), m_chat(parsed) {}
    Chat& chat() { return m_chat; }

    void add_agent(SubAgent agent) { m_agents.push_back(std::move(agent)); }

    void take(const json::Value& line) {
        const std::string_view role = line["role"].string_or();
        if (is_role(role) && line["message"].if_object() != nullptr) {
            const std::size_t before = m_parsed.record->steps.size();
            m_chat.take_message(line, role, line["message"]["content"]);
            if (role == "assistant" && m_parsed.record->steps.size() > before) tell_called(before);
        } else if (line["type"].string_or() == "turn_ended") {
            add_to_counts(m_parsed.report.ignored_line_types, "turn_ended");
            m_parsed.evidence.turn_ended = line["status"].string_or("success") == "success";
            m_parsed.evidence.interrupted =
                line["status"].string_or() == "aborted" || line["status"].string_or() == "cancelled";
        } else {
            const std::string_view type = line["type"].string_or(role);
            add_to_counts(m_parsed.report.unknown_line_types, type.empty() ? "(none)" : type);
        }
    }

    // Those that no call is known to have begun.
    void tell_others() {
        for (SubAgent& agent : m_agents) {
            if (agent.lines.empty()) continue;
            ++m_parsed.report.unlinked_agents;
            tell(agent, std::nullopt, {});
        }
    }

private:
    // No line names the call of a sub-agent: they have the same prompt.
    void tell_called(std::size_t place) {
        const std::vector<trace::ToolCall> calls = m_chat.session().step(place).tool_calls;
        for (const trace::ToolCall& call : calls) {
            const json::Value* prompt = call.input.find("prompt");
            if (prompt == nullptr) continue;
            const auto agent = std::find_if(m_agents.begin(), m_agents.end(), [&](const SubAgent& one) {
                return !one.lines.empty() && one.prompt == trim(prompt->string_or());
            });
            if (agent == m_agents.end()) continue;
            const json::Value* type = call.input.find("subagent_type");
            m_chat.session().step(place).subagent_trajectory_ref = agent->id;
            tell(*agent, place, type == nullptr ? std::string() : std::string(type->string_or()));
        }
    }

    void tell(SubAgent& agent, std::optional<std::size_t> place, std::string role) {
        m_chat.begin_agent(place, std::move(role));
        for (const json::Value& line : std::exchange(agent.lines, {}))
            if (line["message"].if_object() != nullptr)
                m_chat.take_message(line, line["role"].string_or(), line["message"]["content"]);
        m_chat.end_agent();
    }

    ParsedSession& m_parsed;
    Chat m_chat;
    std::vector<SubAgent> m_agents;
};

SubAgent read_agent(const std::string& path, Sources& sources, ParsedSession& parsed) {
    SubAgent agent{stem(path), {}, {}};
    parsed.files.push_back(path);
    const LineTally tally = read_objects(sources, path, [&](json::Value&& line, std::size_t) {
        if (agent.prompt.empty()) agent.prompt = prompt_in(line);
        agent.lines.push_back(std::move(line));
    });
    add_tally(tally, parsed.report);
    return agent;
}

void finish_chat(Chat& chat, const std::string& id, std::string_view reader_version) {
    chat.session().about.id = id;
    chat.session().finish(reader_version);
}

void read_lines(const std::string& path, const std::string& id, std::string_view reader_version,
                Sources& sources, ParsedSession& parsed) {
    Lines lines(parsed);
    for (const std::string& agent : agents_of(path, sources.disk()))
        lines.add_agent(read_agent(agent, sources, parsed));
    bool recognised = false;
    const LineTally tally = read_objects(sources, path, [&](json::Value&& line, std::size_t) {
        recognised = recognised || is_line(line);
        lines.take(line);
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return;
    if (!recognised) return refuse(parsed, "not a Cursor transcript: no line has a role and a message");
    lines.tell_others();
    finish_chat(lines.chat(), id, reader_version);
}

// Reasoning stands before the text, in <think>.
void add_thought_text(Chat& chat, std::size_t place, std::string_view text) {
    const std::string_view whole = trim(text);
    const std::size_t end = whole.find(k_think_end);
    if (whole.starts_with("<think>") && end != std::string_view::npos) {
        chat.session().add_reasoning(place, trim(whole.substr(7, end - 7)));
        text = trim(whole.substr(end + k_think_end.size()));
    }
    chat.session().add_text(place, text);
}

void take_listed(Chat& chat, const json::Value& message) {
    const std::string_view role = message["role"].string_or();
    const std::string_view text = message["text"].string_or();
    ++chat.session().report().lines;
    const json::Value& result = message["toolResult"];
    if (role == "tool" || !result.is_null()) {
        const json::Value& output = result["result"].is_null() ? result["output"] : result["result"];
        std::string words = text_of(output);
        if (words.empty()) words = text;
        const bool failed = result["isError"].bool_or(result["is_error"].bool_or(false));
        std::string error = error_in(words, failed);
        ++chat.session().report().conversation_lines;
        return chat.answer(result["toolCallId"].string_or(),
                           result["toolName"].string_or(result["name"].string_or()), std::move(words),
                           {std::move(error)});
    }
    if (!is_role(role))
        return add_to_counts(chat.session().report().unknown_line_types, role.empty() ? "(none)" : role);
    ++chat.session().report().conversation_lines;
    if (role == "user") return chat.prompt(text);
    if (role == "system") return chat.session().set_system_prompt(std::string(text));
    const std::size_t place = chat.reply();
    chat.session().add_reasoning(place, message["thinking"].string_or());
    add_thought_text(chat, place, text);
    const json::Array* calls = message["toolCalls"].if_array();
    for (std::size_t at = 0; calls != nullptr && at < calls->size(); ++at) {
        const json::Value& call = (*calls)[at];
        const std::string_view name = call["toolName"].string_or(call["name"].string_or());
        const std::string id = chat.call(place, call["toolCallId"].string_or(call["id"].string_or()), name,
                                         call["args"].is_null() ? call["input"] : call["args"]);
        const json::Value& told = call["result"].is_null() ? call["output"] : call["result"];
        if (!id.empty() && !told.is_null())
            chat.answer(id, {}, text_of(told), {error_in(text_of(told), false)});
    }
}

void read_list(const std::string& path, const std::string& id, std::string_view reader_version,
               Sources& sources, ParsedSession& parsed) {
    const std::optional<json::Value> document = read_session_document(path, sources, parsed);
    if (!document) return;
    const json::Array* messages = document->if_array();
    if (messages == nullptr) return refuse(parsed, "not a Cursor transcript: no list of messages");
    Chat chat(parsed);
    for (const json::Value& message : *messages)
        take_listed(chat, message);
    finish_chat(chat, id, reader_version);
}

// Sections "user:" and "assistant:", with marks in the latter; what follows a mark is its own until the next.
class Text {
public:
    explicit Text(ParsedSession& parsed) : m_chat(parsed) {}
    Chat& chat() { return m_chat; }

    void take(std::string_view line) {
        if (is_head_of_text(line)) {
            begin(In::Role, line.substr(0, line.size() - 1));
        } else if (m_role == "assistant" && line.starts_with(k_thinking)) {
            begin(In::Thinking, {});
            m_text = trim(line.substr(k_thinking.size()));
        } else if (m_role == "assistant" && line.starts_with(k_call)) {
            begin(In::Call, trim(line.substr(k_call.size())));
        } else if (m_role == "assistant" && line.starts_with(k_result)) {
            begin(In::Result, trim(line.substr(k_result.size())));
        } else {
            m_text.append(m_text.empty() ? "" : "\n").append(line);
        }
    }
    void end() { begin(In::Role, {}); }

private:
    enum class In { Role, Thinking, Call, Result };

    void begin(In in, std::string_view name) {
        tell();
        m_in = in;
        m_text.clear();
        if (in == In::Role) {
            m_role = name;
            m_chat.close_reply();
        } else {
            m_name = name;
        }
    }

    void tell() {
        const std::string_view text = trim(m_text);
        if (m_role != "assistant") {
            if (!text.empty()) ++m_chat.session().report().conversation_lines;
            if (m_role == "user") m_chat.prompt(text);
            if (m_role == "system") m_chat.session().set_system_prompt(std::string(text));
            return;
        }
        if (m_in == In::Result) {
            m_chat.answer({}, m_name, std::string(text), {error_in(text, false)});
            m_chat.close_reply();
        } else if (m_in == In::Call) {
            m_chat.call(m_chat.open_reply(), {}, m_name, input_of(text));
        } else if (!text.empty()) {
            const std::size_t place = m_chat.open_reply();
            if (m_in == In::Thinking) {
                m_chat.session().add_reasoning(place, text);
            } else {
                m_chat.session().add_text(place, text);
            }
        }
    }

    // Lines "  name: value"; a line of another kind goes on with the value before.
    static json::Value input_of(std::string_view text) {
        json::Object input;
        std::string key;
        for (const std::string_view whole : lines_of(text)) {
            const std::string_view line = trim(whole);
            const std::size_t colon = line.find(": ");
            const bool names = colon != std::string_view::npos && colon > 0 && line.find(' ') > colon;
            if (names) {
                key = line.substr(0, colon);
                input.set(key, line.substr(colon + 2));
            } else if (!key.empty()) {
                input.set(key, std::string(input.find(key)->string_or()) + "\n" + std::string(line));
            } else if (!line.empty()) {
                key = "input";
                input.set(key, line);
            }
        }
        return input;
    }

    Chat m_chat;
    In m_in = In::Role;
    std::string m_role;
    std::string m_name;
    std::string m_text;
};

void read_text(const std::string& path, const std::string& id, std::string_view reader_version,
               Sources& sources, ParsedSession& parsed) {
    Text text(parsed);
    bool recognised = false;
    json::LineReader reader(sources.open(path), k_longest_line);
    for (json::Line line; reader.next(line);) {
        ++parsed.report.lines;
        std::string_view words = line.text;
        if (words.ends_with('\r')) words.remove_suffix(1);
        const std::string valid = repair_utf8(words);
        recognised = recognised || is_head_of_text(valid);
        text.take(valid);
    }
    text.end();
    if (!recognised)
        return refuse(parsed, parsed.report.lines == 0 ? "empty file"
                                                       : "not a Cursor transcript: no line says who speaks");
    finish_chat(text.chat(), id, reader_version);
}

}  // namespace

TranscriptKind transcript_kind(const std::string& path, Sources& sources) {
    const std::string_view head = trim(sources.head(path));
    if (is_head_of_list(head)) return TranscriptKind::List;
    if (is_head_of_text(trim(head.substr(0, std::min(head.find('\n'), head.size())))))
        return TranscriptKind::Text;
    return starts_with_lines(path, sources, is_line) ? TranscriptKind::Lines : TranscriptKind::None;
}

std::vector<std::string> agents_of(const std::string& path, fs::Disk& disk) {
    std::vector<std::string> files;
    const std::string folder = fs::parent(path);
    std::size_t transcripts = 0;
    for (const fs::FileInfo& file : disk.list(folder))
        transcripts += file.path.ends_with(".jsonl") ? 1 : 0;
    const std::string below = fs::join(fs::join(folder, stem(path)), "subagents");
    const bool is_own_folder = transcripts == 1 || fs::file_name(folder) == stem(path);
    for (const std::string& place : {below, is_own_folder ? fs::join(folder, "subagents") : below}) {
        const auto info = disk.info(place);
        if (!info || !info->is_directory() || !files.empty()) continue;
        for (const fs::FileInfo& file : disk.list(place))
            if (file.kind == fs::FileKind::File && file.path.ends_with(".jsonl")) files.push_back(file.path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

void read_transcript(const std::string& path, const std::string& id, std::string_view reader_version,
                     Sources& sources, ParsedSession& parsed) {
    parsed.files.push_back(path);
    switch (transcript_kind(path, sources)) {
        case TranscriptKind::List:
            return read_list(path, id, reader_version, sources, parsed);
        case TranscriptKind::Text:
            return read_text(path, id, reader_version, sources, parsed);
        default:
            return read_lines(path, id, reader_version, sources, parsed);
    }
}

}  // namespace opentraces::capture::cursor
