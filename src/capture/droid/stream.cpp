// What "droid exec --output-format stream-json" prints: system, message, tool_call, tool_result, completion
// and error, each with the session's id.
#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/droid/prompts.hpp"
#include "capture/droid/results.hpp"
#include "capture/droid/session.hpp"
#include "capture/edit_calls.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_builder.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::droid {
namespace {

std::string_view session_of(const json::Value& line) {
    return line["session_id"].string_or(line["sessionId"].string_or());
}

std::string_view call_id_of(const json::Value& line) {
    return line["toolCallId"].string_or(line["id"].string_or());
}

std::string output_of(const json::Value& value) {
    if (const std::string* text = value.if_string()) return *text;
    if (value.if_array() != nullptr) return text_of(value);
    if (value["stdout"].if_string() == nullptr && value["stderr"].if_string() == nullptr)
        return value.is_null() ? std::string() : json::to_compact(value);
    std::string text(value["stdout"].string_or());
    return text.append(value["stderr"].string_or());
}

class Teller {
public:
    explicit Teller(ParsedSession& parsed) : m_session(parsed) {}

    void take(const json::Value& line) {
        const std::string_view type = line["type"].string_or();
        const std::string at = time_of(line["timestamp"]);
        m_session.see_time(at);
        if (m_session.about.id.empty()) m_session.about.id = session_of(line);
        if (type == "system") {
            take_system(line);
        } else if (type == "message") {
            take_message(line, at);
        } else if (type == "reasoning") {
            m_session.add_reasoning(open_reply(at), line["text"].string_or());
        } else if (type == "tool_call") {
            m_session.call(open_reply(at), call_id_of(line),
                           line["toolName"].string_or(line["toolId"].string_or()), line["parameters"]);
        } else if (type == "tool_result") {
            take_result(line);
        } else if (type == "completion") {
            take_completion(line, at);
        } else if (type == "error") {
            m_session.add_error(std::string(line["message"].string_or("error")));
        } else {
            add_to_counts(m_session.report().unknown_line_types, type.empty() ? "(none)" : type);
            return;
        }
        ++m_session.report().conversation_lines;
    }

    void finish(std::string_view reader_version) {
        m_usage.model = m_session.about.model;
        m_usage.replies = static_cast<std::int64_t>(m_replies);
        m_session.count_session(m_usage);
        m_session.finish(reader_version);
    }

private:
    void take_system(const json::Value& line) {
        SessionFacts& about = m_session.about;
        if (about.directory.empty()) about.directory = line["cwd"].string_or();
        about.model = line["model"].string_or(about.model);
        m_session.surroundings.note("working_directory", line["cwd"].string_or());
        m_session.surroundings.note("effort", line["reasoning_effort"].string_or());
    }

    void take_message(const json::Value& line, const std::string& at) {
        const std::string_view role = line["role"].string_or();
        if (role == "assistant") {
            m_open = false;
            m_session.add_text(open_reply(at), line["text"].string_or());
            m_said = line["text"].string_or();
        } else if (role == "user") {
            const Said said = said_in(line["text"]);
            m_session.say(trace::Role::User, said.typed, at);
            for (const auto& [kind, text] : said.shown)
                m_session.show(kind, text, at);
            m_open = false;
        } else {
            add_to_counts(m_session.report().unknown_line_types, "message/" + std::string(role));
        }
    }

    // Calls that follow a text are of the reply that said it.
    std::size_t open_reply(const std::string& at) {
        if (std::exchange(m_open, true)) return m_session.last_reply();
        ++m_replies;
        const std::size_t place = m_session.reply(m_session.about.model, at);
        m_session.tell_surroundings(place);
        return place;
    }

    void take_result(const json::Value& line) {
        m_open = false;
        const std::string id(call_id_of(line));
        const json::Value& value = line["value"];
        std::string text = output_of(value);
        CallEnd end;
        const auto code = value["exitCode"].integer();
        end.error = code && *code != 0 ? "exit_code:" + std::to_string(*code)
                                       : error_of(line["isError"].bool_or(false), text);
        const bool worked = end.error.empty();
        if (m_session.answer(id, std::move(text), std::move(end)) && worked)
            m_session.change(id, changes_asked(*m_session.find_call(id)));
    }

    // The last text once more, or alone; tokens are those of the session until then.
    void take_completion(const json::Value& line, const std::string& at) {
        const std::string_view text = line["finalText"].string_or();
        if (!trim(text).empty() && text != m_said) {
            m_open = false;
            m_session.add_text(open_reply(at), text);
        }
        m_open = false;
        const json::Value& told = line["usage"];
        if (told.if_object() == nullptr) return;
        m_usage.input_tokens = count_of(told["input_tokens"]);
        m_usage.output_tokens = count_of(told["output_tokens"]);
        m_usage.cache_read_tokens = count_of(told["cache_read_input_tokens"]);
        m_usage.cache_write_tokens = count_of(told["cache_creation_input_tokens"]);
    }

    SessionBuilder m_session;
    enrich::ModelUsage m_usage;
    std::string m_said;
    std::size_t m_replies = 0;
    bool m_open = false;
};

}  // namespace

bool is_stream_line(const json::Value& line) {
    if (session_of(line).empty()) return false;
    const std::string_view type = line["type"].string_or();
    if (type == "message") return line["role"].if_string() != nullptr && line["text"].if_string() != nullptr;
    return type == "tool_call" && line["toolName"].if_string() != nullptr &&
           line["parameters"].if_object() != nullptr;
}

ParsedSession read_stream(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    Teller teller(parsed);
    const LineTally tally =
        read_objects(sources, session.locator, [&](json::Value&& line, std::size_t) { teller.take(line); });
    add_tally(tally, parsed.report);
    teller.finish(k_droid.version);
    finish(k_droid, parsed);
    return parsed;
}

}  // namespace opentraces::capture::droid
