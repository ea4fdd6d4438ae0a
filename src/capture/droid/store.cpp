// Lines of Droid's store: session_start, message (roles and blocks of Anthropic's Messages, one line for each
// reply), and what the program notes between them.
#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/documents.hpp"
#include "capture/droid/prompts.hpp"
#include "capture/droid/results.hpp"
#include "capture/droid/session.hpp"
#include "capture/edit_calls.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_builder.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::droid {
namespace {

constexpr std::string_view k_settings = ".settings.json";
constexpr std::array<std::string_view, 4> k_providers{"anthropic", "openai", "google", "xai"};

std::string model_of(std::string_view provider, std::string_view model) {
    const bool named = std::find(k_providers.begin(), k_providers.end(), provider) != k_providers.end();
    return model_name(named ? provider : std::string_view(), model);
}

enrich::ModelUsage usage_of(const json::Value& told) {
    enrich::ModelUsage usage;
    usage.input_tokens = count_of(told["inputTokens"]);
    usage.output_tokens = count_of(told["outputTokens"]);
    usage.cache_read_tokens = count_of(told["cacheReadTokens"]);
    usage.cache_write_tokens = count_of(told["cacheCreationTokens"]);
    return usage;
}

class Teller {
public:
    explicit Teller(ParsedSession& parsed) : m_session(parsed) {}

    void take_settings(const json::Value& settings) {
        m_session.about.model = model_of(settings["providerLock"].string_or(), settings["model"].string_or());
        m_session.surroundings.note("effort", settings["reasoningEffort"].string_or());
        m_session.surroundings.note("mode", settings["autonomyMode"].string_or());
        m_session.set_system_prompt(std::string(settings["systemPrompt"].string_or()));
        m_usage = usage_of(settings["tokenUsage"]);
    }

    void take(const json::Value& line) {
        const std::string_view type = line["type"].string_or();
        const std::string id(line["id"].string_or());
        if (!id.empty() && !m_ids.insert(id).second) {
            ++m_session.report().repeated_lines;
            return;
        }
        if (is_copied(id)) {
            ++m_copied;
            return;
        }
        m_session.see_time(time_of(line["timestamp"]));
        if (is_start(line)) {
            take_start(line);
        } else if (type == "message") {
            take_message(line["message"], time_of(line["timestamp"]));
        } else if (type == "compaction_state") {
            m_session.note_compaction();
            m_session.say(trace::Role::System, std::string(line["summaryText"].string_or()),
                          time_of(line["timestamp"]));
        } else if (type == "agent_turn_outcome") {
            m_last_outcome = line["reason"].string_or();
            if (m_last_outcome == "interrupted" || m_last_outcome == "cancelled") ++m_interrupted;
            ignore(type);
        } else if (type == "todo_state" || type == "session_settings") {
            ignore(type);
        } else {
            add_to_counts(m_session.report().unknown_line_types, type.empty() ? "(none)" : type);
        }
    }

    // Without an id in the session, the file's name is it.
    void finish(const std::string& path, std::string_view reader_version) {
        if (m_session.about.id.empty()) {
            const std::string name = repair_utf8(fs::file_name(path));
            m_session.about.id = name.substr(0, name.find(".jsonl"));
        }
        m_usage.model = m_session.about.model;
        m_usage.replies = static_cast<std::int64_t>(m_replies);
        m_session.count_session(m_usage);
        set_if_some(m_session.metadata(), "interrupted_turns", m_interrupted);
        set_if_some(m_session.notes(), "copied_lines", m_copied);
        m_session.evidence().turn_ended = m_last_outcome == "completed";
        m_session.evidence().interrupted = m_last_outcome == "interrupted" || m_last_outcome == "cancelled";
        m_session.finish(reader_version);
    }

    // The last line that a fork has from its parent; where it is not there, nothing is copied.
    void copies_end_at(std::string id) { m_boundary = std::move(id); }

private:
    // All lines of a fork up to the message that it began at.
    bool is_copied(const std::string& id) {
        if (m_boundary.empty() || m_session.about.id.empty()) return false;
        if (id == m_boundary) m_boundary.clear();
        return true;
    }

    void ignore(std::string_view type) { add_to_counts(m_session.report().ignored_line_types, type); }

    void take_start(const json::Value& line) {
        SessionFacts& about = m_session.about;
        if (!about.id.empty()) {
            ignore("session_start");
            return;
        }
        about.id = line["id"].string_or();
        about.directory = line["cwd"].string_or();
        about.version = line["version"].string_or();  // a number is that of the format
        const std::string_view title = line["sessionTitle"].string_or();
        about.title = title.empty() || title == "New Session" ? line["title"].string_or() : title;
        const std::string_view caller = line["callingSessionId"].string_or();
        about.is_subagent = !caller.empty();
        about.parent = caller.empty() ? line["parent"].string_or() : caller;
        m_session.surroundings.note("working_directory", about.directory);
    }

    void take_message(const json::Value& message, const std::string& at) {
        const std::string_view role = message["role"].string_or();
        if (role == "user") {
            take_user(message, at);
        } else if (role == "assistant") {
            take_assistant(message, at);
        } else {
            add_to_counts(m_session.report().unknown_line_types, "message/" + std::string(role));
            return;
        }
        ++m_session.report().conversation_lines;
    }

    void take_user(const json::Value& message, const std::string& at) {
        if (!message["hookEventName"].string_or().empty()) {
            take_hook(message, at);
            return;
        }
        if (message["visibility"].string_or() == "user_only") {
            ignore("message/user_only");
            return;
        }
        if (const json::Array* blocks = message["content"].if_array()) {
            for (const json::Value& block : *blocks)
                if (block["type"].string_or() == "tool_result") take_result(block);
        }
        const Said said = said_in(message["content"]);
        if (message["visibility"].string_or() == "llm_only") {
            m_session.show("reminder", said.typed, at);
        } else if (is_of_program(said.typed)) {
            if (is_failure(said.typed)) m_session.add_error(said.typed);
            m_session.say(trace::Role::System, said.typed, at);
        } else {
            m_session.say(trace::Role::User, said.typed, at);
        }
        for (const auto& [kind, text] : said.shown)
            m_session.show(kind, text, at);
        for (const std::string& type : said.unknown)
            count_unknown_block(m_session.report(), type);
    }

    void take_hook(const json::Value& message, const std::string& at) {
        std::string printed = text_of(message["content"]);
        if (const json::Array* results = message["hookResults"].if_array()) {
            for (const json::Value& result : *results)
                append_paragraph(printed, trim(result["stdout"].string_or()));
        }
        if (trim(printed).empty()) add_to_counts(m_session.report().context_not_kept, "hook");
        m_session.show("hook", std::move(printed), at);
    }

    void take_assistant(const json::Value& message, const std::string& at) {
        const std::string model =
            model_of(message["apiProvider"].string_or(), message["modelId"].string_or());
        const std::size_t place = m_session.reply(model, at);
        ++m_replies;
        if (const std::string* text = message["content"].if_string()) m_session.add_text(place, *text);
        if (const json::Array* blocks = message["content"].if_array()) {
            for (const json::Value& block : *blocks)
                take_block(place, block);
        }
        if (!m_session.step(place).reasoning_content) {
            m_session.add_reasoning(place, message["openaiReasoningSummary"].string_or());
            const bool hidden = !message["openaiEncryptedContent"].string_or().empty();
            if (hidden && !m_session.step(place).reasoning_content)
                m_session.add_reasoning(place, k_encrypted_reasoning);
        }
        m_session.surroundings.note("effort", message["reasoningEffort"].string_or());
        set_if_some(m_session.facts(place), "request_id", message["openaiMessageId"].string_or());
        m_session.tell_surroundings(place);
    }

    void take_block(std::size_t place, const json::Value& block) {
        const std::string_view type = block["type"].string_or();
        if (type == "text") {
            m_session.add_text(place, block["text"].string_or());
        } else if (type == "thinking") {
            const std::string_view text = block["thinking"].string_or();
            const bool hidden = trim(text).empty() && !block["signature"].string_or().empty();
            m_session.add_reasoning(place, hidden ? k_encrypted_reasoning : text);
        } else if (type == "redacted_thinking") {
            m_session.add_reasoning(place, k_encrypted_reasoning);
        } else if (type == "tool_use") {
            m_session.call(place, block["id"].string_or(), block["name"].string_or(), block["input"]);
        } else if (type == "tool_result") {
            take_result(block);
        } else if (type == "image" || type == "document") {
            m_session.add_text(place, placeholder(block));
        } else {
            count_unknown_block(m_session.report(), type);
        }
    }

    void take_result(const json::Value& block) {
        const std::string id(block["tool_use_id"].string_or());
        std::string text = text_of(block["content"]);
        CallEnd end;
        end.error = error_of(block["is_error"].bool_or(false), text);
        const bool worked = end.error.empty();
        if (m_session.answer(id, std::move(text), std::move(end)) && worked)
            m_session.change(id, changes_asked(*m_session.find_call(id)));
    }

    SessionBuilder m_session;
    enrich::ModelUsage m_usage;
    std::unordered_set<std::string> m_ids;
    std::string m_boundary;
    std::string m_last_outcome;
    std::size_t m_replies = 0;
    std::size_t m_interrupted = 0;
    std::size_t m_copied = 0;
};

}  // namespace

bool is_start(const json::Value& line) {
    if (line["type"].string_or() != "session_start" || line["id"].if_string() == nullptr) return false;
    return line["owner"].if_string() != nullptr || line["title"].if_string() != nullptr ||
           line["sessionTitle"].if_string() != nullptr || !line["version"].is_null();
}

std::string settings_path(const std::string& session) {
    const std::size_t ending = session.rfind(".jsonl");
    return session.substr(0, ending) + std::string(k_settings);
}

ParsedSession read_store(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    std::vector<json::Value> lines;
    const LineTally tally = read_objects(
        sources, session.locator, [&](json::Value&& line, std::size_t) { lines.push_back(std::move(line)); });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    const auto start = std::find_if(lines.begin(), lines.end(), is_start);
    if (start == lines.end()) {
        refuse(parsed, "not a Droid session: no line says where it began");
        return parsed;
    }
    Teller teller(parsed);
    teller.take_settings(read_side_document(settings_path(session.locator), sources, parsed));
    const std::string boundary((*start)["forkedAtMessageId"].string_or());
    const auto is_boundary = [&](const json::Value& line) { return line["id"].string_or() == boundary; };
    if (!boundary.empty() && std::any_of(lines.begin(), lines.end(), is_boundary))
        teller.copies_end_at(boundary);
    for (json::Value& line : lines) {
        teller.take(line);
        line = {};
    }
    teller.finish(session.locator, k_droid.version);
    finish(k_droid, parsed);
    return parsed;
}

}  // namespace opentraces::capture::droid
