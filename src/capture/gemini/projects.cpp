#include "capture/gemini/projects.hpp"

#include "capture/documents.hpp"
#include "capture/gemini/chat.hpp"
#include "capture/gemini/log.hpp"
#include "capture/gemini/parts.hpp"
#include "capture/heads.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::gemini {
namespace {

// Empty for everything but a file of that name, links included.
std::string start_of_file(const std::string& path, Sources& sources) {
    if (!is_file_itself(path, sources.disk())) return {};
    return std::string(trim(sources.head(path)));
}

// {"projects": {folder: name}}
std::string registered(const std::string& name, const std::string& path, Sources& sources) {
    std::string folder;
    if (start_of_file(path, sources).empty()) return folder;
    const json::Value registry = start_of_document(path, sources);
    if (const json::Object* projects = registry["projects"].if_object()) {
        for (const auto& [known, its_name] : *projects)
            if (its_name.string_or() == name || sha256_hex(known) == name) folder = known;
    }
    return folder;
}

std::string in_message(const json::Value& message) {
    return directory_in_context(text_of_parts(content_of(message)));
}

std::string in_messages(const json::Value& messages) {
    std::string folder;
    if (const json::Array* list = messages.if_array())
        for (const json::Value& message : *list)
            if (folder.empty()) folder = in_message(message);
    return folder;
}

// The folders of a sub-agent stand at its head.
std::string told_by_session(const std::string& path, Sources& sources) {
    std::string folder;
    const auto look = [&folder](const json::Value& record) {
        folder = record["directories"].at(0).string_or();
        if (folder.empty()) folder = in_messages(record["messages"]);
        if (folder.empty()) folder = in_messages(record["$set"]["messages"]);
        if (folder.empty() && is_message(record)) folder = in_message(record);
        return !folder.empty();
    };
    if (!starts_with_lines(path, sources, look)) look(start_of_document(path, sources));
    return folder;
}

}  // namespace

std::string chats_folder_of(const std::string& path) {
    const std::string folder = fs::parent(path);
    for (const std::string& one : {folder, fs::parent(folder)})
        if (fs::file_name(one) == "chats") return one;
    return {};
}

std::string project_of(const std::string& path, Sources& sources) {
    if (const std::string chats = chats_folder_of(path); !chats.empty()) {
        const std::string own = fs::parent(chats);
        const std::string root = start_of_file(fs::join(own, ".project_root"), sources);
        if (root.starts_with('/') && root.find('\n') == std::string::npos) return root;
        const std::string base = fs::parent(fs::parent(own));
        const std::string known = registered(fs::file_name(own), fs::join(base, "projects.json"), sources);
        if (!known.empty()) return known;
    }
    return told_by_session(path, sources);
}

}  // namespace opentraces::capture::gemini
