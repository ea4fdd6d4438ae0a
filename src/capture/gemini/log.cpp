#include "capture/gemini/log.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/gemini/parts.hpp"

namespace opentraces::capture::gemini {
namespace {

constexpr std::array<std::string_view, 6> k_types{"user", "gemini", "model", "info", "error", "warning"};

bool is_empty(const json::Value& value) {
    const json::Array* list = value.if_array();
    const std::string* text = value.if_string();
    return value.is_null() || (list != nullptr && list->empty()) || (text != nullptr && text->empty());
}

// The later text of a message has all of it; what it leaves out stays as it was.
void update(json::Value& message, json::Value&& later) {
    for (auto& [key, value] : *later.if_object())
        if (!value.is_null()) message.if_object()->set(key, std::move(value));
}

// The history that is sent to the model may have texts masked that the log has: only what is missing is
// taken.
void complete(json::Value& message, const json::Value& from_history) {
    for (const auto& [key, value] : *from_history.if_object())
        if (is_empty(message[key])) message.if_object()->set(key, value);
}

// Who says what; empty where nothing is said.
std::string saying(const json::Value& message) {
    std::string text = text_of_parts(content_of(message));
    if (!text.empty()) text.insert(0, is_reply(message) ? "reply:" : "other:");
    return text;
}

}  // namespace

const json::Value& content_of(const json::Value& message) {
    return is_empty(message["content"]) ? message["parts"] : message["content"];
}

bool is_reply(const json::Value& message) {
    const std::string_view type = message["type"].string_or();
    return type == "gemini" || type == "model";
}

bool is_message(const json::Value& record) {
    const std::string_view type = record["type"].string_or();
    return record["id"].if_string() != nullptr && record["timestamp"].if_string() != nullptr &&
           record["uuid"].is_null() && record["parentId"].is_null() &&
           std::find(k_types.begin(), k_types.end(), type) != k_types.end();
}

void Log::take(json::Value&& record) {
    ++m_report.lines;
    json::Object* fields = record.if_object();
    if (fields == nullptr) return;
    if (const std::string* id = record["$rewindTo"].if_string()) {
        m_recognised = true;
        rewind(*id);
    } else if (json::Value* set = fields->find("$set"); set != nullptr && set->if_object() != nullptr) {
        m_recognised = true;
        describe(std::move(*set->if_object()));
    } else if (!record["id"].is_null()) {
        m_recognised = m_recognised || (is_message(record) && is_reply(record));
        put(std::move(record));
    } else if (record["sessionId"].if_string() != nullptr) {
        m_recognised = m_recognised || !record["projectHash"].is_null() || !record["messages"].is_null();
        json::Value list;
        if (json::Value* messages = fields->find("messages")) list = std::move(*messages);
        fields->erase("messages");
        update(m_header, std::move(record));
        if (json::Array* messages = list.if_array())
            for (json::Value& message : *messages)
                put(std::move(message));
    } else {
        const std::string_view type = record["type"].string_or();
        add_to_counts(m_report.unknown_line_types, type.empty() ? "(none)" : type);
    }
}

void Log::describe(json::Object&& fields) {
    for (auto& [key, value] : fields) {
        if (key != "messages") {
            m_header.if_object()->set(key, std::move(value));
        } else if (const json::Array* messages = value.if_array()) {
            replace_history(*messages);
        }
    }
}

void Log::put(json::Value&& message) {
    if (message.if_object() == nullptr) {
        add_to_counts(m_report.unknown_line_types, "message/(none)");
        return;
    }
    const std::string id(message["id"].string_or());
    const auto known = id.empty() ? m_places.end() : m_places.find(id);
    if (known != m_places.end()) {
        ++m_report.repeated_lines;
        update(m_messages[known->second].data, std::move(message));
        return;
    }
    if (!id.empty()) m_places.emplace(id, m_messages.size());
    m_messages.push_back({std::move(message)});
}

// An id that is not there takes back everything, as the program has it.
void Log::rewind(const std::string& id) {
    const auto found = m_places.find(id);
    const std::size_t from = found == m_places.end() ? 0 : found->second;
    for (std::size_t at = from; at < m_messages.size(); ++at)
        m_messages[at].rewound = true;
    std::erase_if(m_places, [from](const auto& place) { return place.second >= from; });
}

// Of all messages that were not taken back.
std::unordered_set<std::string> Log::said() const {
    std::unordered_set<std::string> texts;
    for (const Message& message : m_messages)
        if (!message.rewound) texts.insert(saying(message.data));
    texts.erase(std::string());
    return texts;
}

// All that was said stays said, also what a compression takes out of the history.
void Log::replace_history(const json::Array& messages) {
    std::size_t kept = 0;
    std::vector<Message> added;
    const std::unordered_set<std::string> texts = said();
    for (const json::Value& message : messages) {
        if (message.if_object() == nullptr) continue;
        const auto known = m_places.find(std::string(message["id"].string_or()));
        if (known != m_places.end()) {
            Message& own = m_messages[known->second];
            if (!own.injected && (is_reply(own.data) || own.data["type"].string_or() == "user")) ++kept;
            complete(own.data, message);
        } else if (texts.count(saying(message)) > 0) {
            ++kept;
            ++m_report.repeated_lines;
        } else {
            added.push_back({message, false, true});
        }
    }
    const auto all = std::count_if(m_messages.begin(), m_messages.end(), [](const Message& one) {
        return !one.rewound && !one.injected &&
               (is_reply(one.data) || one.data["type"].string_or() == "user");
    });
    // What is put in besides may be context: a summary says so itself, or most of what was said is gone.
    const bool summarised = std::any_of(added.begin(), added.end(), [](const Message& one) {
        return saying(one.data).find("<state_snapshot>") != std::string::npos;
    });
    if (summarised || (!added.empty() && kept * 2 < static_cast<std::size_t>(all))) ++m_compressions;
    for (Message& message : added) {
        const std::string id(message.data["id"].string_or());
        if (!id.empty()) m_places.emplace(id, m_messages.size());
        m_messages.push_back(std::move(message));
    }
}

}  // namespace opentraces::capture::gemini
