#include "capture/vibe/continued.hpp"

#include <algorithm>
#include <optional>

#include "capture/blocks.hpp"
#include "capture/copied_start.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/vibe/chat.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::vibe {
namespace {

struct Other {
    std::string path;
    std::string id;
    std::string started;
};

bool is_of_folders(const std::string& session) {
    return session.ends_with(".jsonl");
}

// Where sessions of the same kind lie.
std::vector<std::string> beside(const std::string& session, fs::Disk& disk) {
    std::vector<std::string> paths;
    const std::string folder = fs::parent(is_of_folders(session) ? fs::parent(session) : session);
    for (const fs::FileInfo& one : disk.list(folder)) {
        const std::string path =
            is_of_folders(session) ? fs::join(one.path, fs::file_name(session)) : one.path;
        if (disk.link_target(one.path)) continue;
        if (is_of_folders(session) ? one.is_directory() : path.ends_with(".json")) paths.push_back(path);
    }
    return paths;
}

std::string first_identity(const std::string& path, Sources& sources) {
    std::string first;
    if (!is_file_itself(path, sources.disk())) return first;
    if (!is_of_folders(path)) {
        const json::Value start = start_of_document(path, sources);
        for (std::size_t at = 0; first.empty() && at < 2; ++at)
            first = identity_of(start["messages"].at(at));
        return is_document(start) ? first : std::string();
    }
    starts_with_lines(path, sources, [&](const json::Value& line) {
        first = identity_of(line);
        return !first.empty();
    });
    return first;
}

Neighbours neighbours_of(const std::string& session, Sources& sources) {
    const std::string folder = fs::parent(is_of_folders(session) ? fs::parent(session) : session);
    return {"vibe " + folder + (is_of_folders(session) ? "/" : ""),
            [&session, &sources] { return beside(session, sources.disk()); },
            [&sources](const std::string& path) { return first_identity(path, sources); }};
}

Other described(const std::string& path, Sources& sources) {
    const std::string where = is_of_folders(path) ? metadata_beside(path) : path;
    if (!is_file_itself(where, sources.disk())) return {path, {}, {}};
    const json::Value start = start_of_document(where, sources);
    const json::Value& metadata = is_of_folders(path) ? start : start["metadata"];
    return {path, std::string(metadata["session_id"].string_or()),
            std::string(metadata["start_time"].string_or())};
}

// By its start or, where that is not known, by its name, which is made of it.
bool is_earlier(const Other& other, const std::string& started, const std::string& session) {
    if (other.started.empty() || started.empty() || other.started == started) return other.path < session;
    return other.started < started;
}

std::vector<std::string> files_of(const std::string& session, fs::Disk& disk) {
    std::vector<std::string> files{session};
    const std::string metadata = metadata_beside(session);
    if (is_of_folders(session) && is_file_itself(metadata, disk)) files.push_back(metadata);
    return files;
}

std::vector<std::string> identities_in(const std::string& path, Sources& sources) {
    std::vector<std::string> all;
    const auto add = [&all](const json::Value& message) {
        std::string identity = identity_of(message);
        if (!identity.empty()) all.push_back(std::move(identity));
    };
    if (is_of_folders(path)) {
        read_objects(sources, path, [&](json::Value&& line, std::size_t) { add(line); });
        return all;
    }
    ParsedSession apart;
    const json::Value document = read_side_document(path, sources, apart);
    if (const json::Array* messages = document["messages"].if_array())
        std::for_each(messages->begin(), messages->end(), add);
    return all;
}

}  // namespace

std::string identity_of(const json::Value& message) {
    const std::string_view role = message["role"].string_or();
    if (role.empty() || role == "system") return {};
    const std::string_view id = message["message_id"].string_or();
    if (id.empty()) return sha256_hex(json::to_compact(message));
    return std::string(id) + " " + sha256_hex(text_of(message["content"]));
}

Continued find_continued(const std::string& session, const std::string& started,
                         const std::vector<json::Value>& messages, Sources& sources) {
    std::vector<std::string> own;
    std::size_t first_reply = 0;  // how many messages hold one
    bool has_ids = false;
    for (const json::Value& message : messages) {
        std::string identity = identity_of(message);
        if (identity.empty()) continue;
        own.push_back(std::move(identity));
        has_ids = has_ids || message["message_id"].if_string() != nullptr;
        if (first_reply == 0 && message["role"].string_or() == "assistant") first_reply = own.size();
    }
    Continued longest;
    if (own.empty()) return longest;
    for (const std::string& path :
         alike_beside(session, own.front(), neighbours_of(session, sources), sources)) {
        const Other other = described(path, sources);
        if (!is_earlier(other, started, session)) continue;
        const std::size_t common = common_start(own, identities_in(path, sources));
        const bool counts = has_ids || (first_reply > 0 && common >= first_reply);
        if (counts && common > longest.messages) longest = {common, other.id, files_of(path, sources.disk())};
    }
    return longest;
}

}  // namespace opentraces::capture::vibe
