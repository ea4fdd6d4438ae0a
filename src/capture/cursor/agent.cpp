// Cursor keeps a conversation in up to three places, each with its id: as rows of its editor's database (what
// tools gave, times, some models and tokens), as a database of its command line (what tools gave), and as a
// transcript of its agent (neither). The first of them is the session; the others are left out of it.
#include <algorithm>

#include "capture/cursor/composers.hpp"
#include "capture/cursor/stores.hpp"
#include "capture/cursor/transcripts.hpp"
#include "capture/databases.hpp"
#include "capture/documents.hpp"
#include "capture/file_uri.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/hooks/format.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

using cursor::TranscriptKind;

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_editor_state = "User/globalStorage/state.vscdb";

FileRole role_of(std::string_view name) {
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    const std::string_view ending = name.substr(dot);
    const bool dated = (ending == ".json" || ending == ".txt") && is_uuid(name.substr(0, dot));
    if (dated || name == "store.db" || name == "state.vscdb") return FileRole::Perhaps;
    return ending == ".jsonl" ? FileRole::Sessions : FileRole::None;
}

template <class Use>
auto from_database(const std::string& path, Sources& sources, const Use& use) {
    return from_snapshot(k_cursor.title, path, sources.disk(), use);
}

bool is_chat(db::Database& database) {
    return has_tables(database, {"blobs", "meta"}) && cursor::store_facts(database).is_store;
}

bool is_chat_store(const std::string& path, Sources& sources) {
    return is_database_with({"blobs", "meta"}, path, sources) && from_database(path, sources, is_chat);
}

bool is_editor_state(const std::string& path, Sources& sources) {
    if (!is_database_with({"cursorDiskKV"}, path, sources) && !is_database_with({"ItemTable"}, path, sources))
        return false;
    return from_database(path, sources,
                         [](db::Database& database) { return cursor::has_conversations(database); });
}

bool recognises(const std::string& path, Sources& sources) {
    if (cursor::transcript_kind(path, sources) != TranscriptKind::None) return true;
    try {
        return is_chat_store(path, sources) || is_editor_state(path, sources);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::CorruptSession) throw;
        return false;
    }
}

std::string stem(const std::string& path) {
    const std::string name = fs::file_name(path);
    return repair_utf8(name.substr(0, name.rfind('.')));
}

std::vector<std::string> editor_states(const std::string& home) {
    return {home + "/.config/Cursor/" + std::string(k_editor_state),
            home + "/Library/Application Support/Cursor/" + std::string(k_editor_state)};
}

// The folder .cursor that a path lies in; empty if it lies in none.
std::string cursor_folder(const std::string& path) {
    constexpr std::string_view k_name = "/.cursor/";
    const std::size_t at = path.rfind(k_name);
    return at == std::string::npos ? std::string() : path.substr(0, at + k_name.size() - 1);
}

// Ids of the conversations that the editor keeps, by the folder .cursor beside it.
const std::vector<std::string>& editor_ids(const std::string& folder, Sources& sources) {
    auto [known, is_new] = sources.folders[folder].files.try_emplace("editor");
    if (!is_new || folder.empty()) return known->second;
    std::vector<std::string> ids;
    for (const std::string& path : editor_states(fs::parent(folder))) {
        if (!sources.disk().info(path) || !is_editor_state(path, sources)) continue;
        for (const cursor::ComposerRef& one : from_database(path, sources, cursor::composers_in))
            ids.push_back(one.id);
    }
    std::sort(ids.begin(), ids.end());
    return sources.folders[folder].files["editor"] = std::move(ids);
}

bool is_in_editor(const std::string& id, const std::string& path, Sources& sources) {
    const std::vector<std::string>& ids = editor_ids(cursor_folder(path), sources);
    return std::binary_search(ids.begin(), ids.end(), id);
}

bool has_store(const std::string& id, const std::string& path, fs::Disk& disk) {
    const std::string folder = cursor_folder(path);
    if (folder.empty()) return false;
    const std::string chats = fs::join(folder, "chats");
    const auto info = disk.info(chats);
    if (!info || !info->is_directory()) return false;
    const std::vector<fs::FileInfo> hashes = disk.list(chats);
    return std::any_of(hashes.begin(), hashes.end(), [&](const fs::FileInfo& hash) {
        return hash.is_directory() && disk.info(fs::join(fs::join(hash.path, id), "store.db"));
    });
}

std::vector<SessionRef> list_transcript(const std::string& path, Sources& sources) {
    if (is_in_editor(stem(path), path, sources) || has_store(stem(path), path, sources.disk())) return {};
    Fingerprint fingerprint;
    fingerprint.add(path, sources.disk());
    for (const std::string& agent : cursor::agents_of(path, sources.disk()))
        fingerprint.add(agent, sources.disk());
    return {{std::string(k_cursor.name), path, {}, fingerprint.finish()}};
}

// Null also where there is no such file, or a link.
json::Value start_beside(const std::string& path, Sources& sources) {
    return is_file_itself(path, sources.disk()) ? start_of_document(path, sources) : json::Value();
}

std::string meta_beside(const std::string& path) {
    return fs::join(fs::parent(path), "meta.json");
}

std::vector<SessionRef> list_store(const std::string& path, Sources& sources) {
    const cursor::StoreFacts facts = from_database(path, sources, cursor::store_facts);
    const std::string id = repair_utf8(facts.meta["agentId"].string_or());
    if (is_in_editor(id, path, sources)) return {};
    const json::Value beside = start_beside(meta_beside(path), sources);
    Fingerprint fingerprint;
    for (const std::string& file : {path, path + "-wal", meta_beside(path)})
        fingerprint.add(file, sources.disk());
    return {{std::string(k_cursor.name), path + "#" + id, std::string(beside["cwd"].string_or(facts.folder)),
             fingerprint.finish()}};
}

// Beside the database of a workspace.
std::string workspace_beside(const std::string& path) {
    return fs::join(fs::parent(path), "workspace.json");
}

// "file:///home/me/an%20app"
std::string folder_of_workspace(const json::Value& workspace) {
    return path_of_file_uri(workspace["folder"].string_or());
}

std::vector<SessionRef> list_editor(const std::string& path, Sources& sources) {
    const std::string folder = folder_of_workspace(start_beside(workspace_beside(path), sources));
    std::vector<SessionRef> sessions;
    for (cursor::ComposerRef& one : from_database(path, sources, cursor::composers_in)) {
        sessions.push_back({std::string(k_cursor.name), path + "#" + one.id,
                            one.project.empty() ? folder : std::move(one.project),
                            std::move(one.fingerprint)});
    }
    return sessions;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    if (cursor::transcript_kind(path, sources) != TranscriptKind::None) return list_transcript(path, sources);
    return is_chat_store(path, sources) ? list_store(path, sources) : list_editor(path, sources);
}

// Every character of a path that is no letter and no digit is a hyphen.
std::string folder_name(const std::string& project) {
    std::string name;
    for (const char c : project) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        name += plain ? c : '-';
    }
    name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
    return name;
}

std::vector<Place> places(const std::string& project, const Environment& environment) {
    const std::string home = environment.home();
    const std::string root = fs::join(home, ".cursor");
    std::vector<Place> places{
        {fs::join(fs::join(fs::join(root, "projects"), folder_name(project)), "agent-transcripts"), false},
        {fs::join(root, "chats"), true}};
    for (const std::string& state : editor_states(home)) {
        places.push_back({state, true});
        places.push_back({fs::join(fs::parent(fs::parent(state)), "workspaceStorage"), true});
    }
    return places;
}

ParsedSession read_from_database(const std::string& path, const std::string& id, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(path);
    const json::Value beside = read_side_document(meta_beside(path), sources, parsed);
    const std::string folder =
        folder_of_workspace(read_side_document(workspace_beside(path), sources, parsed));
    return from_database(path, sources, [&](db::Database& database) {
        ParsedSession one = parsed;
        if (has_tables(database, {"blobs", "meta"})) {
            cursor::read_store(database, beside, k_version, one);
        } else {
            cursor::read_composer(database, id, folder, k_version, one);
        }
        return one;
    });
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    const std::string& locator = session.locator;
    const std::size_t mark = locator.rfind('#');
    if (mark != std::string::npos && !sources.disk().info(locator)) {
        parsed = read_from_database(locator.substr(0, mark), locator.substr(mark + 1), sources);
    } else if (sources.head(locator).starts_with("SQLite format 3")) {
        parsed.files.push_back(locator);
        refuse_database(
            k_cursor.title, locator, "not a Cursor database: no chat and no conversations in it",
            [](db::Database& database) { return is_chat(database) || cursor::has_conversations(database); },
            sources, parsed);
    } else {
        cursor::read_transcript(locator, stem(locator), k_version, sources, parsed);
    }
    if (parsed.record) finish(k_cursor, parsed);
    return parsed;
}

// Cursor documentation, "Hooks". The transcript that it names may be a copy of what its databases have: the
// conversation is found by its id.
constexpr HookSpec k_hook{
    .format = &k_versioned_list,
    .agent = "cursor",
    .settings = ".cursor/hooks.json",
    .sign = ".cursor",
    .event = "sessionEnd",
    .user_folder = ".cursor",
    .user_settings = "hooks.json",
    .keys = {.transcript = {}, .session = "conversation_id", .directories = "workspace_roots"},
};

}  // namespace

constinit const Agent k_cursor{"cursor", "Cursor", k_version,  {false}, &k_hook,
                               places,   role_of,  recognises, list,    read};

}  // namespace opentraces::capture
