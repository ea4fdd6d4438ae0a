#include "capture/vibe/unified.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/object_lines.hpp"
#include "capture/session_builder.hpp"
#include "capture/verdict.hpp"
#include "capture/vibe/journal.hpp"
#include "capture/vibe/results.hpp"
#include "capture/vibe/store.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::vibe {
namespace {

bool is_compaction(const json::Value& entry) {
    return entry["type"].string_or() == "checkpoint" && entry["kind"].string_or() == "compaction" &&
           entry["generationStatus"].string_or() == "completed";
}

// "write_file" of "file_system.write_file".
std::string short_name(std::string_view tool) {
    const std::size_t dot = tool.rfind('.');
    return std::string(dot == std::string_view::npos ? tool : tool.substr(dot + 1));
}

// What the model is shown of a result: its texts, or what is in it as JSON.
std::string text_of_result(const json::Value& result) {
    std::string text = text_of(result["content"]);
    if (text.empty() && !result["structured_content"].is_null())
        text = json::to_compact(result["structured_content"]);
    if (text.empty()) text = result["error"]["message"].string_or();
    return text;
}

class Session {
public:
    // `name` is that of the folder.
    Session(Store store, std::string name, Sources& sources, ParsedSession& parsed)
        : m_store(std::move(store)),
          m_name(std::move(name)),
          m_sources(sources),
          m_parsed(parsed),
          m_session(parsed) {}

    void tell(std::string_view reader_version) {
        describe();
        for (const std::string& journal : m_store.old_journals)
            learn(journal);
        if (m_prompt.empty())
            m_session.set_system_prompt(std::string(m_store.runtime["core_system_instructions"].string_or()));
        tell_messages(tell_before_compaction());
        tell_journal();
        count_rest();
        note_turn();
        m_session.finish(reader_version);
    }

private:
    // ---- the session as a whole ----

    void describe() {
        SessionFacts& about = m_session.about;
        const json::Value& meta = m_store.meta;
        const json::Value& own = m_store.runtime["session_metadata"];
        const json::Value& identity = m_store.runtime["identity"];
        m_public = m_store.projection["snapshot"]["session"];
        m_turn = m_store.projection["snapshot"]["latestTurn"];
        about.id = m_store.projection["session_id"].string_or(meta["session_id"].string_or(m_name));
        about.parent = identity["parent_session_id"].string_or(meta["parent_session_id"].string_or());
        about.is_subagent = identity["kind"].string_or() == "subagent";
        about.model = meta["config"]["model_name"].string_or(own["active_model"].string_or());
        about.directory = own["cwd"].string_or(meta["environment"]["working_directory"].string_or());
        about.branch = meta["git_branch"].string_or();
        about.commit = meta["git_commit"].string_or();
        set_if_some(m_session.metadata(), "agent_profile", own["agent_name"].string_or());
        m_session.see_time(time_of(m_public["createdAt"]));
        m_session.see_time(time_of(m_public["updatedAt"]));
        m_model_changes =
            std::any_of(m_store.entries.begin(), m_store.entries.end(),
                        [](const json::Value& entry) { return entry["kind"].string_or() == "model_change"; });
    }

    // The session's sum is exact; of what it is made up of, the journals know a part.
    void count_rest() {
        enrich::ModelUsage rest = usage_of(m_public["tokenUsage"]);
        for (const enrich::ModelUsage& one : m_session.evidence().usage) {
            rest.input_tokens -= one.input_tokens;
            rest.cache_read_tokens -= one.cache_read_tokens;
            rest.output_tokens -= one.output_tokens;
        }
        for (std::int64_t* count : {&rest.input_tokens, &rest.cache_read_tokens, &rest.output_tokens})
            *count = std::max<std::int64_t>(*count, 0);
        rest.model = m_session.about.model;
        m_session.count_session(std::move(rest));
    }

    void note_turn() {
        m_session.about.title = m_public["title"].string_or(m_store.meta["title"].string_or());
        const std::string_view status = m_turn["status"].string_or();
        m_session.evidence().turn_ended = status == "completed";
        m_session.evidence().interrupted = status == "interrupted";
        if (status != "failed") return;
        const std::string_view error = m_turn["error"]["message"].string_or("the turn has failed");
        m_session.evidence().final_error = error;
        m_session.add_error(std::string(error));
    }

    // ---- old journals: tokens and times of replies that the checkpoint has ----

    void read_journal(const std::string& path, JournalTakers takers) {
        if (path.empty()) return;
        m_parsed.files.push_back(path);
        Journal journal(std::move(takers));
        const LineTally tally = read_objects(m_sources, path, [&](json::Value&& record, std::size_t) {
            journal.take(record, m_session.report());
        });
        add_tally(tally, m_session.report());
    }

    void learn(const std::string& path) {
        JournalTakers takers;
        takers.intent = [this](const json::Value& input) { take_offer(input); };
        takers.completion = [this](Completion&& completion) {
            if (!completion.is_of_agent) return;
            const std::string key = key_of(json::Value(std::move(completion.parts)));
            m_replies[key].push_back(completion);
            m_actions[completion.action] = std::move(completion);
        };
        read_journal(path, std::move(takers));
    }

    // The prompt of the system and the tools, as the model was given them.
    void take_offer(const json::Value& input) {
        const json::Value& first = input["messages"]["messages"].at(0);
        const std::string prompt = first["role"].string_or() == "system" ? text_of(first["content"]) : "";
        if (!prompt.empty() && prompt != m_prompt) {
            m_prompt = prompt;
            m_session.set_system_prompt(prompt);
        }
        const json::Array* tools = input["tool_catalog"]["tools"].if_array();
        if (tools == nullptr || m_has_tools) return;
        m_has_tools = true;
        for (const json::Value& tool : *tools)
            m_session.offer_tool(tool);
    }

    // ---- before a compaction ----

    // Answers how many of the messages are the compaction's own and were told with it.
    std::size_t tell_before_compaction() {
        const auto last = std::find_if(m_store.entries.rbegin(), m_store.entries.rend(), is_compaction);
        if (last == m_store.entries.rend()) return 0;
        const auto summary =
            std::find_if(m_store.messages.begin(), m_store.messages.end(), [](const json::Value& item) {
                return item["source"].string_or() == "injection" &&
                       text_of(item["message"]["content"]).find("<compaction_summary>") != std::string::npos;
            });
        if (summary == m_store.messages.end()) return 0;
        const auto count = static_cast<std::size_t>(m_store.entries.rend() - last);
        for (m_entry = 0; m_entry < count; ++m_entry)
            take_entry(m_store.entries[m_entry]);
        const auto own = static_cast<std::size_t>(summary - m_store.messages.begin()) + 1;
        for (std::size_t at = 0; at < own; ++at) {
            const json::Value& item = m_store.messages[at];
            if (item["source"].string_or() == "injection")
                m_session.show("compaction", text_of(item["message"]["content"]));
            else
                ++m_session.report().repeated_lines;
        }
        return own;
    }

    void take_entry(const json::Value& entry) {
        ++m_session.report().lines;
        const std::string_view type = entry["type"].string_or();
        if (type == "message" || type == "reasoning") {
            take_said(entry, type == "reasoning");
        } else if (type == "effect") {
            take_effect(entry);
        } else if (type == "checkpoint" || type == "notice") {
            if (is_compaction(entry)) m_session.note_compaction();
            add_to_counts(m_session.report().ignored_line_types,
                          std::string(type) + "/" + std::string(entry["kind"].string_or()));
            return;
        } else {
            add_to_counts(m_session.report().unknown_line_types, "entries/" + std::string(type));
            return;
        }
        ++m_session.report().conversation_lines;
    }

    void take_said(const json::Value& entry, bool is_reasoning) {
        const std::string at = time_of(entry["createdAt"]);
        if (entry["role"].string_or() == "user") {
            m_action.clear();
            m_session.say(trace::Role::User, text_of(entry["content"]), at);
            return;
        }
        // "assistant-<action>", "reasoning-<action>-<number>".
        std::string action(entry["id"].string_or());
        action.erase(0, std::min(action.find('-') + 1, action.size()));
        if (is_reasoning) action.resize(std::min(action.rfind('-'), action.size()));
        if (action != m_action) begin_reply_of(action, at);
        if (is_reasoning)
            m_session.add_reasoning(m_session.last_reply(), entry["text"].string_or());
        else
            m_session.add_text(m_session.last_reply(), text_of(entry["content"]));
    }

    void begin_reply_of(const std::string& action, const std::string& at) {
        m_action = action;
        const std::size_t place = m_session.reply(model(), at);
        const auto known = m_actions.find(action);
        if (known != m_actions.end()) m_session.count(place, known->second.usage, action);
    }

    // A call that was carried out. Which of the replies of a turn asked for it is told by its place alone.
    void take_effect(const json::Value& entry) {
        if (m_action.empty()) begin_reply_of("of an effect", time_of(entry["createdAt"]));
        const json::Value& state = entry["state"];
        const std::string id =
            m_session.call(m_session.last_reply(), entry["id"].string_or(),
                           short_name(entry["detail"]["toolName"].string_or()), entry["detail"]["input"]);
        const std::string_view status = state["status"].string_or();
        if (id.empty() || (status != "completed" && status != "failed" && status != "skipped")) return;
        std::string text = text_of_result(state["output"]);
        if (text.empty()) text = state["reason"].string_or(state["error"]["message"].string_or());
        CallEnd end = end_of_json(text, status != "completed");
        take_result(m_session, id, std::move(text), std::move(end));
    }

    // ---- messages ----

    void tell_messages(std::size_t from) {
        for (std::size_t at = from; at < m_store.messages.size(); ++at) {
            ++m_session.report().lines;
            take_message(m_store.messages[at]);
        }
    }

    void take_message(const json::Value& item) {
        const json::Value& message = item["message"];
        const std::string_view role = message["role"].string_or();
        if (role == "user" && item["source"].string_or() == "injection") {
            m_session.show("program", text_of(message["content"]));
        } else if (role == "user") {
            std::string text = text_of(message["content"]);
            const std::string at = time_in_entries("user", text);
            m_session.say(trace::Role::User, std::move(text), at);
        } else if (role == "assistant") {
            take_stored_reply(message["content"]);
        } else if (role == "tool") {
            take_tool(message);
        } else if (role == "system") {
            m_session.show("program", text_of(message["content"]));
        } else {
            add_to_counts(m_session.report().unknown_line_types, "messages/" + std::string(role));
            return;
        }
        ++m_session.report().conversation_lines;
    }

    void take_stored_reply(const json::Value& parts) {
        const auto known = m_replies.find(key_of(parts));
        if (known == m_replies.end() || known->second.empty()) {
            take_reply(parts, time_in_entries("assistant", text_of(texts_in(parts))), {});
            return;
        }
        const Completion completion = std::move(known->second.front());
        known->second.pop_front();
        take_reply(parts, completion.at, completion);
    }

    static json::Value texts_in(const json::Value& parts) {
        json::Array texts;
        if (parts.if_array() != nullptr)
            for (const json::Value& part : *parts.if_array())
                if (part["type"].string_or() == "text") texts.push_back(part);
        return json::Value(std::move(texts));
    }

    void take_reply(const json::Value& parts, const std::string& at, const Completion& completion) {
        const std::size_t place = m_session.reply(model(), at);
        if (parts.if_array() != nullptr)
            for (const json::Value& part : *parts.if_array())
                take_part(place, part);
        m_session.count(place, completion.usage, completion.action);
    }

    void take_part(std::size_t place, const json::Value& part) {
        const std::string_view type = part["type"].string_or();
        if (type == "reasoning") {
            take_reasoning(place, part["content"]);
        } else if (type == "tool_call") {
            const json::Value& arguments = part["arguments"];
            m_session.call(
                place, part["id"].string_or(), part["name"].string_or(),
                arguments["value"].is_null() ? call_arguments(arguments["raw"]) : arguments["value"]);
        } else {
            m_session.add_text(place, text_of(json::Value(json::Array{part})));
        }
    }

    void take_reasoning(std::size_t place, const json::Value& content) {
        if (content.if_array() == nullptr) return;
        for (const json::Value& one : *content.if_array())
            m_session.add_reasoning(place, one["type"].string_or() == "redacted" ? k_encrypted_reasoning
                                                                                 : one["text"].string_or());
    }

    void take_tool(const json::Value& message) {
        const std::string id(message["tool_call_id"].string_or());
        if (m_session.is_answered(id)) return;
        std::string text = text_of(message["content"]);
        CallEnd end = end_of_json(text, message["outcome"].string_or() == "failure");
        take_result(m_session, id, std::move(text), std::move(end));
    }

    // Of the next entry that says this: prompts and replies stand in the same order in both lists.
    std::string time_in_entries(std::string_view role, const std::string& text) {
        if (text.empty()) return {};
        for (std::size_t at = m_entry; at < m_store.entries.size(); ++at) {
            const json::Value& entry = m_store.entries[at];
            if (entry["role"].string_or() != role || text_of(entry["content"]) != text) continue;
            m_entry = at + 1;
            return time_of(entry["createdAt"]);
        }
        return {};
    }

    std::string model() const { return m_model_changes ? std::string() : m_session.about.model; }

    // ---- what has happened since ----

    void tell_journal() {
        JournalTakers takers;
        takers.prompt = [this](const json::Value& content, const std::string& at) {
            m_session.say(trace::Role::User, text_of(content), at);
            m_session.see_time(at);
        };
        takers.completion = [this](Completion&& completion) {
            m_session.see_time(completion.at);
            if (!completion.is_of_agent) return m_session.note_compaction();
            const json::Value parts(std::move(completion.parts));
            take_reply(parts, completion.at, completion);
        };
        takers.result = [this](const std::string& call, const json::Value& result, const std::string& at) {
            m_session.see_time(at);
            m_pending[call] = result;
        };
        takers.intent = [this](const json::Value& input) { take_intent(input); };
        takers.state = [this](const json::Value& session, const json::Value& turn) {
            m_public = session;
            m_turn = turn;
        };
        read_journal(m_store.journal, std::move(takers));
        for (const auto& [call, result] : m_pending)
            if (!m_session.is_answered(call)) take_pending(call, result);
    }

    // The next request shows the results as the model gets them, those too that nobody was asked for because
    // the call was wrong.
    void take_intent(const json::Value& input) {
        take_offer(input);
        const json::Array* messages = input["messages"]["messages"].if_array();
        if (messages == nullptr || input["messages"]["type"].string_or() != "append") return;
        for (const json::Value& message : *messages)
            if (message["role"].string_or() == "tool") take_tool(message);
    }

    void take_pending(const std::string& call, const json::Value& result) {
        std::string text = text_of_result(result);
        CallEnd end = end_of_json(text, result["type"].string_or() == "failure");
        take_result(m_session, call, std::move(text), std::move(end));
    }

    Store m_store;
    std::string m_name;
    Sources& m_sources;
    ParsedSession& m_parsed;
    SessionBuilder m_session;
    json::Value m_public;  // the session, as the projection last says it
    json::Value m_turn;
    std::string m_prompt;
    bool m_has_tools = false;
    bool m_model_changes = false;
    std::unordered_map<std::string, std::deque<Completion>> m_replies;  // by key_of
    std::unordered_map<std::string, Completion> m_actions;
    std::map<std::string, json::Value> m_pending;  // results, by call
    std::size_t m_entry = 0;
    std::string m_action;  // whose reply the entries tell of
};

}  // namespace

ParsedSession read_store(const SessionRef& session, Sources& sources, const Agent& agent) {
    ParsedSession parsed;
    auto store = load_store(session.locator, sources, parsed);
    if (!store) return parsed;
    std::string name = repair_utf8(fs::file_name(fs::parent(session.locator)));
    Session(std::move(*store), std::move(name), sources, parsed).tell(agent.version);
    finish(agent, parsed);
    return parsed;
}

}  // namespace opentraces::capture::vibe
