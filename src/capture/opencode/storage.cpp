#include "capture/opencode/storage.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/opencode/first_messages.hpp"
#include "capture/opencode/tree.hpp"
#include "capture/verdict.hpp"

namespace opentraces::capture::opencode {
namespace {

std::int64_t created_ms(const json::Value& document) {
    return document["time"]["created"].integer().value_or(0);
}

class Reader {
public:
    Reader(const Tree& tree, Sources& sources, ParsedSession& parsed)
        : m_tree(tree), m_sources(sources), m_parsed(parsed) {}

    std::vector<Message> messages_of(const std::string& session) {
        std::vector<Message> messages;
        for (const fs::FileInfo& file : m_tree.messages(session, m_sources.disk())) {
            json::Value data = read(file);
            if (data.if_object() == nullptr) continue;
            std::string id(data["id"].string_or());
            messages.push_back({std::move(id), std::move(data), {}});
        }
        add_parts(session, messages);
        for (Message& message : messages)
            bring_up(message);
        std::stable_sort(messages.begin(), messages.end(), [](const Message& one, const Message& other) {
            return created_ms(one.data) < created_ms(other.data);
        });
        return messages;
    }

private:
    // Null, counted and named, if it is no JSON object.
    json::Value read(const fs::FileInfo& file) {
        json::Value data = read_side_document(file.path, m_sources, m_parsed);
        if (data.is_null() || data.if_object() != nullptr) return data;
        m_parsed.report.skipped.push_back({.words = fs::file_name(file.path) + ": not a JSON object"});
        return {};
    }

    void add_parts(const std::string& session, std::vector<Message>& messages) {
        bool any = false;
        for (Message& message : messages) {
            for (const fs::FileInfo& file : m_tree.parts(session, message.id, m_sources.disk())) {
                any = true;
                json::Value part = read(file);
                if (!part.is_null()) message.parts.push_back(std::move(part));
            }
        }
        if (!any) add_loose_parts(messages);
    }

    void add_loose_parts(std::vector<Message>& messages) {
        std::map<std::string, Message*> by_id;
        for (Message& message : messages)
            by_id[message.id] = &message;
        for (const fs::FileInfo& file : m_tree.loose_parts(m_sources.disk())) {
            const auto found =
                by_id.find(std::string(start_of_document(file.path, m_sources)["messageID"].string_or()));
            if (found == by_id.end()) continue;
            json::Value part = read(file);
            if (!part.is_null()) found->second->parts.push_back(std::move(part));
        }
    }

    const Tree& m_tree;
    Sources& m_sources;
    ParsedSession& m_parsed;
};

// Null, and the session refused, if the file does not say what a session's own does.
std::optional<Chat> read_about(const std::string& file, Sources& sources, ParsedSession& parsed) {
    parsed.files.push_back(file);
    const auto info = read_session_document(file, sources, parsed);
    if (!info) return std::nullopt;
    if (!is_session(file, *info)) {
        refuse(parsed, "not an OpenCode session: it has no id, title and version");
        return std::nullopt;
    }
    Chat chat;
    chat.id = (*info)["id"].string_or();
    chat.parent = (*info)["parentID"].string_or();
    chat.directory = (*info)["directory"].string_or();
    chat.title = (*info)["title"].string_or();
    chat.version = (*info)["version"].string_or();
    chat.created_ms = created_ms(*info);
    chat.updated_ms = (*info)["time"]["updated"].integer().value_or(0);
    return chat;
}

// Of a session whose own file is gone its messages tell what they do, and nothing else is known.
std::optional<Chat> read_orphan(const std::string& file, Sources& sources, ParsedSession& parsed) {
    if (!is_message(start_of_document(file, sources))) {
        refuse(parsed, "not an OpenCode message: it has no id, role and session");
        return std::nullopt;
    }
    Chat chat;
    chat.id = session_id_of(file, sources);
    return chat;
}

}  // namespace

std::optional<Chat> read_storage(const std::string& file, Sources& sources, ParsedSession& parsed) {
    const Tree tree(file);
    std::optional<Chat> chat =
        tree.is_message() ? read_orphan(file, sources, parsed) : read_about(file, sources, parsed);
    if (!chat) return chat;
    chat->messages = Reader(tree, sources, parsed).messages_of(chat->id);
    for (const Message& message : chat->messages)
        if (chat->directory.empty()) chat->directory = directory_of_message(message.data);
    return chat;
}

}  // namespace opentraces::capture::opencode
