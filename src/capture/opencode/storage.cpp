#include "capture/opencode/storage.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "capture/documents.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::opencode {
namespace {

// Files of JSON in a folder, by name, which is their order. None where there is no such folder, or a link.
std::vector<fs::FileInfo> documents_in(const std::string& folder, fs::Disk& disk) {
    const auto info = disk.info(folder);
    if (!info || !info->is_directory() || disk.link_target(folder)) return {};
    std::vector<fs::FileInfo> files = disk.list(folder);
    std::erase_if(files, [](const fs::FileInfo& file) {
        return file.kind != fs::FileKind::File || !file.path.ends_with(".json");
    });
    std::sort(files.begin(), files.end(),
              [](const fs::FileInfo& one, const fs::FileInfo& other) { return one.path < other.path; });
    return files;
}

// Ids become names of folders here: one that is no name has none.
std::string folder_for(const std::string& storage, std::string_view kind, const std::string& id) {
    const bool is_name = !id.empty() && id[0] != '.' && id.find('/') == std::string::npos &&
                         id.find('\0') == std::string::npos;
    const std::string folder = fs::join(storage, std::string(kind));
    return is_name ? fs::join(folder, id) : std::string();
}

std::vector<fs::FileInfo> documents_of(const std::string& storage, std::string_view kind,
                                       const std::string& id, fs::Disk& disk) {
    const std::string folder = folder_for(storage, kind, id);
    return folder.empty() ? std::vector<fs::FileInfo>() : documents_in(folder, disk);
}

std::int64_t created_ms(const json::Value& document) {
    return document["time"]["created"].integer().value_or(0);
}

class Reader {
public:
    Reader(std::string storage, Sources& sources, ParsedSession& parsed)
        : m_storage(std::move(storage)), m_sources(sources), m_parsed(parsed) {}

    std::vector<Message> messages_of(const std::string& session) {
        std::vector<Message> messages;
        for (const fs::FileInfo& file : documents_of(m_storage, "message", session, m_sources.disk())) {
            json::Value data = read(file);
            if (data.if_object() == nullptr) continue;
            std::string id(data["id"].string_or());
            messages.push_back({std::move(id), std::move(data), {}});
        }
        std::stable_sort(messages.begin(), messages.end(), [](const Message& one, const Message& other) {
            return created_ms(one.data) < created_ms(other.data);
        });
        add_parts(messages);
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

    void add_parts(std::vector<Message>& messages) {
        bool any = false;
        for (Message& message : messages) {
            for (const fs::FileInfo& file : documents_of(m_storage, "part", message.id, m_sources.disk())) {
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
        for (const fs::FileInfo& file : documents_in(fs::join(m_storage, "part"), m_sources.disk())) {
            const auto found =
                by_id.find(std::string(start_of_document(file.path, m_sources)["messageID"].string_or()));
            if (found == by_id.end()) continue;
            json::Value part = read(file);
            if (!part.is_null()) found->second->parts.push_back(std::move(part));
        }
    }

    std::string m_storage;
    Sources& m_sources;
    ParsedSession& m_parsed;
};

// A message's parts lie in a folder of its id, which is mostly the name of its file.
std::vector<fs::FileInfo> parts_of(const std::string& storage, const fs::FileInfo& message,
                                   Sources& sources) {
    std::string name = fs::file_name(message.path);
    name.resize(name.rfind('.'));
    const std::string folder = folder_for(storage, "part", name);
    if (!folder.empty() && sources.disk().info(folder)) return documents_in(folder, sources.disk());
    const std::string id(start_of_document(message.path, sources)["id"].string_or());
    return documents_of(storage, "part", id, sources.disk());
}

}  // namespace

bool is_session(const json::Value& start) {
    return start["id"].if_string() != nullptr && start["title"].if_string() != nullptr &&
           start["version"].if_string() != nullptr && start["time"]["created"].integer() &&
           (start["projectID"].if_string() != nullptr || start["directory"].if_string() != nullptr);
}

std::string storage_of(const std::string& session) {
    return fs::parent(fs::parent(fs::parent(session)));
}

std::string fingerprint_of_storage(const std::string& session, const std::string& id, Sources& sources) {
    const std::string storage = storage_of(session);
    fs::Disk& disk = sources.disk();
    Fingerprint fingerprint;
    fingerprint.add(session, disk);
    bool any = false;
    for (const fs::FileInfo& message : documents_of(storage, "message", id, disk)) {
        fingerprint.add(message);
        for (const fs::FileInfo& part : parts_of(storage, message, sources)) {
            any = true;
            fingerprint.add(part);
        }
    }
    if (!any)
        for (const fs::FileInfo& part : documents_in(fs::join(storage, "part"), disk))
            fingerprint.add(part);
    return fingerprint.finish();
}

std::optional<Chat> read_storage(const std::string& session, Sources& sources, ParsedSession& parsed) {
    parsed.files.push_back(session);
    const auto info = read_session_document(session, sources, parsed);
    if (!info) return std::nullopt;
    if (!is_session(*info)) {
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
    chat.messages = Reader(storage_of(session), sources, parsed).messages_of(chat.id);
    return chat;
}

}  // namespace opentraces::capture::opencode
