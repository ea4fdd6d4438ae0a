#include "capture/kiro/history.hpp"

#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/kiro/results.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::kiro {
namespace {

const json::Value& user_of(const json::Value& entry) {
    return entry.if_array() != nullptr ? entry.at(0) : entry["user"];
}

const json::Value& assistant_of(const json::Value& entry) {
    return entry.if_array() != nullptr ? entry.at(1) : entry["assistant"];
}

std::string folder_in(const json::Value& user) {
    return std::string(user["env_context"]["env_state"]["current_working_directory"].string_or());
}

// The one member of an object that says of which kind it is.
std::string_view kind_of(const json::Value& value) {
    const json::Object* object = value.if_object();
    return object == nullptr || object->empty() ? std::string_view() : object->begin()->first;
}

Output output_of(const json::Value& result) {
    Output output;
    if (const json::Array* parts = result["content"].if_array()) {
        for (const json::Value& part : *parts) {
            append_paragraph(output.text, part["Text"].string_or());
            if (!part["Json"].is_null()) add_json(part["Json"], output);
        }
    }
    end_by_status(result["status"].string_or(), output);
    return output;
}

std::string thought_in(const json::Value& thinking) {
    if (thinking.is_null()) return {};
    std::string text(thinking["text"].string_or());
    for (const char* key : {"reasoning_text", "reasoningText", "ReasoningText"})
        if (text.empty()) text = thinking[key]["text"].string_or();
    return trim(text).empty() ? std::string(k_encrypted_reasoning) : text;
}

class Teller {
public:
    explicit Teller(ParsedSession& parsed) : m_session(parsed) {}

    void take_conversation(const json::Value& conversation, const std::string& folder) {
        SessionFacts& about = m_session.about;
        about.id = conversation["conversation_id"].string_or();
        about.directory = folder.empty() ? folder_of(conversation) : folder;
        about.model = conversation["model_info"]["model_id"].string_or(conversation["model"].string_or());
        if (const json::Object* origins = conversation["tools"].if_object())
            for (const auto& [origin, tools] : *origins)
                offer(tools);
        if (const std::string_view summary = conversation["latest_summary"].at(0).string_or();
            !summary.empty()) {
            m_session.note_compaction();
            m_session.show("compaction", std::string(summary));
        }
        for (const json::Value& entry : *conversation["history"].if_array())
            take(entry);
        // Said, and not answered when the program ended.
        if (!conversation["next_message"].is_null()) take_user(conversation["next_message"]);
    }

    void finish(std::string_view reader_version) { m_session.finish(reader_version); }

private:
    void offer(const json::Value& tools) {
        const json::Array* list = tools.if_array();
        if (list == nullptr) return;
        for (const json::Value& tool : *list)
            m_session.offer_tool(tool["ToolSpecification"].is_null() ? tool : tool["ToolSpecification"]);
    }

    void take(const json::Value& entry) {
        ++m_session.report().lines;
        const bool is_pair = entry.if_array() != nullptr && entry.if_array()->size() == 2;
        if (!is_pair && entry["user"].is_null() && entry["assistant"].is_null()) {
            count_unknown("history", kind_of(entry));
            return;
        }
        ++m_session.report().conversation_lines;
        take_user(user_of(entry));
        take_reply(assistant_of(entry), entry["request_metadata"]);
    }

    void count_unknown(std::string_view what, std::string_view kind) {
        add_to_counts(m_session.report().unknown_line_types,
                      std::string(what) + "/" + std::string(kind.empty() ? "(none)" : kind));
    }

    void take_user(const json::Value& user) {
        const std::string at = time_of(user["timestamp"]);
        m_session.see_time(at);
        m_session.surroundings.note("working_directory", folder_in(user));
        const json::Value& content = user["content"];
        const std::string_view kind = kind_of(content);
        const json::Value& told = content[kind];
        if (kind == "ToolUseResults" || kind == "CancelledToolUses") {
            take_results(told["tool_use_results"], kind == "CancelledToolUses");
        } else if (kind != "Prompt") {
            count_unknown("user", kind);
        }
        m_session.show("prompt_context", std::string(user["additional_context"].string_or()), at);
        std::string prompt(told["prompt"].string_or());
        if (const json::Array* images = user["images"].if_array())
            for (const json::Value& image : *images)
                append_paragraph(prompt,
                                 "[image: " + std::string(image["format"].string_or("unknown")) + "]");
        m_session.say(trace::Role::User, std::move(prompt), at);
    }

    void take_results(const json::Value& results, bool cancelled) {
        const json::Array* list = results.if_array();
        if (list == nullptr) return;
        for (const json::Value& result : *list) {
            const std::string id(result["tool_use_id"].string_or());
            Output output = output_of(result);
            if (cancelled) output.error = "interrupted";
            const bool worked = output.error.empty();
            if (m_session.answer(id, std::move(output.text), {std::move(output.error)}) && worked)
                m_session.change(id, changes_of(*m_session.find_call(id)));
        }
    }

    void take_reply(const json::Value& assistant, const json::Value& request) {
        const std::string_view kind = kind_of(assistant);
        if (kind != "ToolUse" && kind != "Response") {
            count_unknown("assistant", kind);
            return;
        }
        const json::Value& told = assistant[kind];
        const std::string started = time_of(request["request_start_timestamp_ms"]);
        const std::string ended = time_of(request["stream_end_timestamp_ms"]);
        m_session.see_time(started);
        m_session.see_time(ended);
        const std::size_t place =
            m_session.reply(std::string(request["model_id"].string_or(m_session.about.model)),
                            started.empty() ? ended : started);
        m_session.add_reasoning(place, thought_in(told["thinking"]));
        m_session.add_text(place, told["content"].string_or());
        if (const json::Array* calls = told["tool_uses"].if_array())
            for (const json::Value& call : *calls)
                m_session.call(place, call["id"].string_or(), call["name"].string_or(),
                               call_arguments(call["args"]));
        set_if_some(m_session.facts(place), "request_id", request["request_id"].string_or());
        m_session.tell_surroundings(place);
    }

    SessionBuilder m_session;
};

}  // namespace

bool is_conversation(const json::Value& start) {
    const json::Array* history = start["history"].if_array();
    if (start["conversation_id"].if_string() == nullptr || history == nullptr) return false;
    return history->empty() ? start["transcript"].if_array() != nullptr
                            : user_of(history->front())["content"].if_object() != nullptr;
}

std::string folder_of(const json::Value& conversation) {
    const json::Array* history = conversation["history"].if_array();
    if (history == nullptr) return {};
    for (const json::Value& entry : *history) {
        std::string folder = folder_in(user_of(entry));
        if (!folder.empty()) return folder;
    }
    return {};
}

void tell(const json::Value& conversation, const std::string& folder, std::string_view reader_version,
          ParsedSession& parsed) {
    Teller teller(parsed);
    teller.take_conversation(conversation, folder);
    teller.finish(reader_version);
}

}  // namespace opentraces::capture::kiro
