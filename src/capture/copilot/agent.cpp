// GitHub Copilot, in three forms.
// The CLI: <home>/session-state/<id>/events.jsonl (before 1.0.11 <id>.jsonl, and in history-session-state),
// of all projects together. VS Code, in the storage of a workspace (User/workspaceStorage/<hash>, with
// workspace.json naming the folder): its chats in chatSessions/<id>.json or .jsonl, and transcripts that
// Copilot's extension keeps of them, the CLI's events, in GitHub.copilot-chat/transcripts/<id>.jsonl. A
// transcript of a chat that is there says less than it, and is left out.
#include <algorithm>
#include <array>

#include "capture/copilot/chat.hpp"
#include "capture/copilot/chat_log.hpp"
#include "capture/copilot/events.hpp"
#include "capture/documents.hpp"
#include "capture/file_uri.hpp"
#include "capture/heads.hpp"
#include "capture/hooks/format.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.1.0";
constexpr std::string_view k_lines = ".jsonl";
constexpr std::string_view k_document = ".json";
constexpr std::string_view k_events = "events.jsonl";
constexpr std::string_view k_chats = "chatSessions";
constexpr std::string_view k_transcripts = "transcripts";
constexpr std::string_view k_storage = "workspaceStorage";

FileRole role_of(std::string_view name) {
    if (name.ends_with(k_lines)) return FileRole::Sessions;
    return name.ends_with(k_document) ? FileRole::Perhaps : FileRole::None;
}

// The storage of a workspace that a chat or a transcript lies in; empty if it lies in none.
std::string storage_of(const std::string& path) {
    const std::string folder = fs::parent(path);
    if (fs::file_name(folder) == k_chats) return fs::parent(folder);
    if (fs::file_name(folder) == k_transcripts) return fs::parent(fs::parent(folder));
    return {};
}

bool is_chat(const std::string& path, Sources& sources) {
    return copilot::is_chat_start(start_of_document(path, sources));
}

bool recognises(const std::string& path, Sources& sources) {
    // Much else lies in the storage of a workspace.
    const bool is_stored = path.find("/" + std::string(k_storage) + "/") != std::string::npos;
    if (is_stored && storage_of(path).empty()) return false;
    return starts_with_lines(path, sources, copilot::is_event) || is_chat(path, sources);
}

std::string stem(const std::string& path) {
    const std::string name = fs::file_name(path);
    return repair_utf8(name.substr(0, name.rfind('.')));
}

std::string workspace_beside(const std::string& path) {
    const std::string storage = storage_of(path);
    return storage.empty() ? std::string() : fs::join(storage, "workspace.json");
}

// Of a workspace with one folder on this machine.
std::string folder_of_workspace(const std::string& path, Sources& sources) {
    const std::string file = workspace_beside(path);
    if (file.empty() || !is_file_itself(file, sources.disk())) return {};
    return path_of_file_uri(start_of_document(file, sources)["folder"].string_or());
}

// Ids that the chats of a storage name near their beginnings, and those that they are called by; sorted.
const std::vector<std::string>& ids_of_chats(const std::string& storage, Sources& sources) {
    constexpr std::string_view k_id = "\"sessionId\"";
    const std::string chats = fs::join(storage, std::string(k_chats));
    auto [known, is_new] = sources.folders[chats].files.try_emplace("ids");
    const auto info = is_new ? sources.disk().info(chats) : std::nullopt;
    if (!info || !info->is_directory()) return known->second;
    std::vector<std::string> ids;
    for (const fs::FileInfo& file : sources.disk().list(chats)) {
        if (file.kind != fs::FileKind::File) continue;
        ids.push_back(stem(file.path));
        const std::string_view head = sources.head(file.path);
        for (std::size_t at = head.find(k_id); at != std::string_view::npos; at = head.find(k_id, at)) {
            at += k_id.size();
            const std::size_t begin = std::min(head.find('"', at), head.size());
            const std::string_view rest = head.substr(std::min(begin + 1, head.size()));
            ids.emplace_back(rest.substr(0, std::min(rest.find('"'), rest.size())));
        }
    }
    std::sort(ids.begin(), ids.end());
    return sources.folders[chats].files["ids"] = std::move(ids);
}

// Does a chat in the same storage hold the session of the transcript?
bool has_chat(const std::string& transcript, Sources& sources) {
    const std::string storage = storage_of(transcript);
    if (storage.empty() || fs::file_name(fs::parent(transcript)) != k_transcripts) return false;
    const std::vector<std::string>& ids = ids_of_chats(storage, sources);
    return std::binary_search(ids.begin(), ids.end(), stem(transcript));
}

// A chat of before the log stays beside the log that it has become.
bool is_replaced(const std::string& path, fs::Disk& disk) {
    return fs::file_name(fs::parent(path)) == k_chats && path.ends_with(k_document) &&
           disk.info(path + "l").has_value();
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    if (is_replaced(path, sources.disk()) || has_chat(path, sources)) return {};
    std::string project = folder_of_workspace(path, sources);
    if (project.empty())
        project = first_in_lines(path, sources, [](const json::Value& line) {
            return line["data"]["context"]["cwd"].string_or();
        });
    const std::string workspace = workspace_beside(path);
    if (workspace.empty()) return {session_in_file(k_copilot.name, path, std::move(project), sources)};
    return {session_in_file(k_copilot.name, path, std::move(project), sources, {workspace})};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("COPILOT_HOME");
    const std::string root = set ? *set : fs::join(environment.home(), ".copilot");
    std::vector<Place> all{{fs::join(root, "session-state"), true},
                           {fs::join(root, "history-session-state"), true}};
    const auto home = environment.find_home();
    if (!home) return all;
    const auto settings = environment.get("XDG_CONFIG_HOME");
    const std::string linux_root = settings ? *settings : fs::join(*home, ".config");
    const std::string macos_root = fs::join(*home, "Library/Application Support");
    for (const char* editor : {"Code", "Code - Insiders", "VSCodium"})
        for (const std::string& data : {linux_root, macos_root})
            all.push_back({data + "/" + editor + "/User/" + std::string(k_storage), true});
    for (const char* server : {".vscode-server", ".vscode-server-insiders"})
        all.push_back({*home + "/" + server + "/data/User/" + std::string(k_storage), true});
    return all;
}

std::string id_by_place(const std::string& path) {
    return fs::file_name(path) == k_events ? repair_utf8(fs::file_name(fs::parent(path))) : stem(path);
}

ParsedSession read_chat(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    const auto log = copilot::read_chat(session.locator, sources, parsed);
    if (!log) return parsed;
    if (!copilot::is_chat_start(*log)) {
        refuse(parsed, "not a chat of VS Code: it has no requests");
        return parsed;
    }
    copilot::Chat chat(*log, parsed);
    chat.about().directory = folder_of_workspace(session.locator, sources);
    if (!chat.about().directory.empty()) parsed.files.push_back(workspace_beside(session.locator));
    chat.tell(k_version);
    if (parsed.record->session_id.empty()) parsed.record->session_id = id_by_place(session.locator);
    finish(k_copilot, parsed);
    return parsed;
}

ParsedSession read_events(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    copilot::Events events(parsed);
    bool recognised = false;
    const LineTally tally = read_objects(sources, session.locator, [&](json::Value&& line, std::size_t) {
        recognised = recognised || copilot::is_event(line);
        events.take(line);
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed, "not a Copilot session: no line is one of its events");
        return parsed;
    }
    if (events.about().id.empty()) events.about().id = id_by_place(session.locator);
    if (events.about().directory.empty())
        events.about().directory = folder_of_workspace(session.locator, sources);
    events.finish(k_version, k_copilot.accounting);
    finish(k_copilot, parsed);
    return parsed;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    return is_chat(session.locator, sources) ? read_chat(session, sources) : read_events(session, sources);
}

// GitHub documentation, "Copilot CLI hooks": every .json file of the folder is read. sessionEnd names no
// file.
constexpr HookSpec k_hook{
    .format = &k_copilot_list,
    .agent = "copilot",
    .settings = ".github/hooks/opentraces.json",
    .sign = ".github/hooks",
    .event = "sessionEnd",
    .timeout = k_hook_seconds,
    .user_variable = "COPILOT_HOME",
    .user_folder = ".copilot",
    .user_settings = "hooks/opentraces.json",
    .keys = {.transcript = {}, .session = "sessionId"},
    .own_file = true,
};

}  // namespace

constinit const Agent k_copilot{"copilot", "GitHub Copilot", k_version,  {true}, &k_hook,
                                places,    role_of,          recognises, list,   read};

}  // namespace opentraces::capture
