// Training rows: "messages" as OpenAI and its followers have them, and ShareGPT "conversations".
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "formats/imports/importers.hpp"
#include "formats/imports/message_steps.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::formats {
namespace {

enum class Speaker { System, User, Agent, Calls, Answer };

std::optional<Speaker> speaker_of(std::string_view role) {
    struct Row {
        std::string_view role;
        Speaker speaker;
    };
    constexpr std::array k_roles{
        Row{"system", Speaker::System},
        Row{"developer", Speaker::System},
        Row{"user", Speaker::User},
        Row{"human", Speaker::User},
        Row{"assistant", Speaker::Agent},
        Row{"gpt", Speaker::Agent},
        Row{"model", Speaker::Agent},
        Row{"bot", Speaker::Agent},
        Row{"chatgpt", Speaker::Agent},
        Row{"function_call", Speaker::Calls},
        Row{"tool_call", Speaker::Calls},
        Row{"tool", Speaker::Answer},
        Row{"function", Speaker::Answer},
        Row{"observation", Speaker::Answer},
        Row{"tool_response", Speaker::Answer},
    };
    const std::string name = to_lower_ascii(role);
    const auto* const found =
        std::find_if(k_roles.begin(), k_roles.end(), [&](const Row& row) { return row.role == name; });
    if (found == k_roles.end()) return std::nullopt;
    return found->speaker;
}

std::string_view list_key(const json::Value& row) {
    return row["messages"].if_array() != nullptr ? "messages" : "conversations";
}

bool recognises(const json::Value& row) {
    const json::Array* const list = row[list_key(row)].if_array();
    if (list == nullptr) return false;
    // The XML of Hermes is another format in the same frame.
    for (const json::Value& message : *list) {
        const std::string_view text = message["value"].string_or(message["content"].string_or());
        if (text.find("<tool_call>") != text.npos || text.find("<tool_response>") != text.npos) return false;
    }
    const json::Value& first = list->empty() ? row : list->front();
    return speaker_of(first["role"].string_or(first["from"].string_or())).has_value();
}

// Text with JSON in it, or JSON: rows of tables have to keep lists of mixed types as text.
json::Value unpacked(json::Value value) {
    const std::string* const text = value.if_string();
    if (text == nullptr || trim(*text).empty()) return text == nullptr ? std::move(value) : json::Value();
    try {
        json::Value parsed = json::parse(*text);
        if (parsed.if_array() != nullptr || parsed.if_object() != nullptr) return parsed;
    } catch (const json::SyntaxError&) {
        // Not packed.
    }
    return value;
}

class Rows {
public:
    Rows(json::Object& row, const RowOrigin& origin, ImportedRow& out)
        : m_row(row), m_origin(origin), m_out(out), m_conversation(m_record, m_remarks, 1) {}

    void read() {
        const std::string_view key = member(m_row, "messages").is_null() ? "conversations" : "messages";
        json::Value list = take(m_row, key);
        read_head();
        json::Array& messages = array_of(list, key);
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const std::string place = fmt::format("{}.{}", key, i);
            read_message(object_of(messages[i], place), place);
        }
        m_conversation.finish();
        describe_session(m_record);
        describe_origin(m_record, m_origin);
        keep_rest();
        m_out.record = std::move(m_record);
        m_out.remarks = m_remarks.take();
    }

private:
    void read_head() {
        m_record.agent.name = "unknown";
        read_identity();
        const trace::OptText prompt = take_text(m_row, "system", "the row");
        if (prompt && !prompt->empty()) m_conversation.prompt(*prompt);
        for (const std::string_view key : {"tools", "functions"}) {
            json::Value tools = unpacked(take(m_row, key));
            if (json::Array* const list = tools.if_array()) {
                for (json::Value& tool : *list)
                    m_record.tool_definitions.push_back(std::move(object_of(tool, key)));
            } else if (!tools.is_null()) {
                throw RowProblem(key, "is not a list");
            }
        }
        m_metadata = unpacked(take(m_row, "metadata"));
        const std::string_view model = member(m_row, "model").string_or(m_metadata["model"].string_or());
        if (!model.empty()) m_record.agent.model = model;
        if (const bool* const success = m_metadata["success"].if_bool())
            set_stated_success(m_record.outcome, *success);
    }

    // Ids of rows are unique in their source at best.
    void read_identity() {
        for (const std::string_view key : {"session_id", "conversation_id", "id"}) {
            const json::Value& id = member(m_row, key);
            const json::Number* const number = id.if_number();
            if (id.if_string() == nullptr && number == nullptr) continue;
            m_record.session_id =
                m_origin.source + ":" + (number != nullptr ? number->literal : std::string(id.string_or()));
            return;
        }
        m_record.session_id = origin_name(m_origin);
    }

    void read_message(json::Object& message, const std::string& at) {
        const json::Value& role = member(message, message.find("role") != nullptr ? "role" : "from");
        const auto speaker = speaker_of(role.string_or());
        if (!speaker) throw RowProblem(at + ".role", "is none that is known");
        json::Value content = take(message, message.find("content") != nullptr ? "content" : "value");
        switch (*speaker) {
            case Speaker::System:
                return m_conversation.prompt(text_of(std::move(content), at));
            case Speaker::User:
                m_conversation.user(text_of(std::move(content), at));
                return;
            case Speaker::Agent:
                return read_reply(message, std::move(content), at);
            case Speaker::Calls:
                return read_calls(std::move(content), at);
            case Speaker::Answer:
                return read_answer(message, std::move(content), at);
        }
    }

    std::string text_of(json::Value content, const std::string& at) {
        PlainText text = plain_text(std::move(content), at + ".content");
        if (!text.plain) m_remarks.add("content", "images and other parts become a mark in the text");
        return std::move(text.text);
    }

    void read_reply(json::Object& message, json::Value content, const std::string& at) {
        Said said;
        for (const std::string_view key : {"reasoning_content", "reasoning", "thinking"}) {
            if (!said.reasoning && member(message, key).if_string() != nullptr)
                said.reasoning = take_text(message, key, at);
        }
        if (!content.is_null())
            said.content = without_thinking(text_of(std::move(content), at), said.reasoning);
        json::Value calls = take(message, "tool_calls");
        if (!calls.is_null()) {
            for (json::Value& call : array_of(calls, at + ".tool_calls"))
                said.calls.push_back(said_call(std::move(call), m_remarks));
        }
        json::Value old = take(message, "function_call");
        if (!old.is_null()) said.calls.push_back(said_call(std::move(old), m_remarks));
        m_conversation.agent(std::move(said));
    }

    // ShareGPT: what the agent says, if anything, is in front of the calls.
    void read_calls(json::Value content, const std::string& at) {
        Said said;
        const std::string text = without_thinking(text_of(std::move(content), at), said.reasoning);
        const std::size_t begin = text.find_first_of("[{");
        const std::string_view before = trim(std::string_view(text).substr(0, begin));
        if (!before.empty()) said.content = before;
        json::Value calls;
        try {
            calls = json::parse(begin == text.npos ? std::string_view("null")
                                                   : trim(std::string_view(text).substr(begin)));
        } catch (const json::SyntaxError&) {
            calls = text;
        }
        if (json::Array* const list = calls.if_array()) {
            for (json::Value& call : *list)
                said.calls.push_back(said_call(std::move(call), m_remarks));
        } else {
            said.calls.push_back(said_call(std::move(calls), m_remarks));
        }
        m_conversation.agent(std::move(said));
    }

    void read_answer(json::Object& message, json::Value content, const std::string& at) {
        const trace::OptText id = take_text(message, "tool_call_id", at);
        std::string text =
            content.if_object() != nullptr ? json::to_compact(content) : text_of(std::move(content), at);
        // ShareGPT: one turn answers all calls of the turn before.
        if (!id && m_conversation.open_calls() > 1) {
            json::Value packed = unpacked(json::Value(text));
            json::Array* const texts = packed.if_array();
            if (texts != nullptr && texts->size() == m_conversation.open_calls()) {
                for (json::Value& one : *texts)
                    answer(std::nullopt,
                           one.if_string() != nullptr ? std::move(*one.if_string()) : json::to_compact(one));
                return;
            }
        }
        answer(id, std::move(text));
    }

    void answer(const trace::OptText& id, std::string text) {
        trace::Observation observation;
        set_observed(observation, std::move(text));
        m_conversation.answer(id, std::move(observation));
    }

    void keep_rest() {
        if (!m_metadata.is_null()) m_record.metadata.set("row_metadata", std::move(m_metadata));
        json::Object rest;
        keep_untaken(m_row, rest);
        if (!rest.empty()) m_record.metadata.set("row", std::move(rest));
        m_record.metadata.set("step_fidelity", "conversation_turn");
    }

    json::Object& m_row;
    const RowOrigin& m_origin;
    ImportedRow& m_out;
    trace::TraceRecord m_record;
    Remarks m_remarks;
    MessageSteps m_conversation;
    json::Value m_metadata;
};

ImportedRow read(json::Value value, const RowOrigin& origin) {
    return guarded([&](ImportedRow& row) { Rows(object_of(value, "the row"), origin, row).read(); });
}

}  // namespace

constinit const Importer k_import_messages{"messages", "Training rows with \"messages\" or \"conversations\"",
                                           "OpenAI chat rows, ShareGPT", recognises, read};

}  // namespace opentraces::formats
