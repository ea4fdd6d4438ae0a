// Cline and its fork Roo Code.
//
// Tasks in an editor: <config>/<editor>/User/globalStorage/<extension>/tasks/<id>/, a folder of JSON files
// for each; the same below <home>/.cline/data/tasks. Command line since 3: <home>/.cline/data/sessions/<id>/.
#include <array>

#include "capture/cline/task.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/hooks/format.hpp"
#include "capture/rows.hpp"

namespace opentraces::capture {
namespace {

constexpr std::array k_editors{"Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf"};
constexpr std::array k_servers{".vscode-server", ".vscode-server-insiders", ".vscodium-server",
                               ".cursor-server", ".windsurf-server"};
constexpr std::array k_extensions{"saoudrizwan.claude-dev", "rooveterinaryinc.roo-cline"};

FileRole role_of(std::string_view name) {
    if (name == cline::k_history) return FileRole::Sessions;
    const bool perhaps =
        name.ends_with(cline::k_messages) || name == cline::k_ui_messages || name == cline::k_old_ui_messages;
    if (perhaps) return FileRole::Perhaps;
    const bool part =
        name == "task_metadata.json" || name == "history_item.json" || name == "context_history.json";
    return part ? FileRole::Part : FileRole::None;
}

bool is_session(const std::string& path, Sources& sources) {
    return cline::is_session(start_of_document(path, sources));
}

bool recognises(const std::string& path, Sources& sources) {
    const json::Value start = start_of_document(path, sources);
    if (cline::is_session(start) || cline::is_left(path, start, sources.disk())) return true;
    return fs::file_name(path) == cline::k_history ? cline::is_history(start)
                                                   : cline::has_words_of_task(start);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    SessionRef session{std::string(k_cline.name), path, {}, {}};
    Fingerprint fingerprint;
    fingerprint.add(path, sources.disk());
    if (is_session(path, sources)) {
        session.project = cline::folder_of_session(path, sources);
        fingerprint.add(cline::state_path(path), sources.disk());
    } else {
        session.project = cline::folder_of_task(path, sources);
        for (const std::string& file : cline::files_of_task(path))
            fingerprint.add(file, sources.disk());
    }
    session.fingerprint = fingerprint.finish();
    return {std::move(session)};
}

void add_stores(const std::string& user, std::vector<Place>& places) {
    for (const char* extension : k_extensions)
        places.push_back({fs::join(user, "globalStorage/" + std::string(extension) + "/tasks"), true});
}

void add_editors(const std::string& home, const Environment& environment, std::vector<Place>& places) {
    const auto set = environment.get("XDG_CONFIG_HOME");
    const std::string config = set && set->starts_with('/') ? *set : fs::join(home, ".config");
    for (const std::string& root : {config, fs::join(home, "Library/Application Support")})
        for (const char* editor : k_editors)
            add_stores(fs::join(fs::join(root, editor), "User"), places);
    for (const char* server : k_servers)
        add_stores(fs::join(fs::join(home, server), "data/User"), places);
}

// CLINE_SESSION_DATA_DIR, CLINE_DATA_DIR and CLINE_DIR, the nearest first.
void add_own(const Environment& environment, std::vector<Place>& places) {
    const auto sessions = environment.get("CLINE_SESSION_DATA_DIR");
    if (sessions) places.push_back({*sessions, true});
    auto data = environment.get("CLINE_DATA_DIR");
    if (const auto own = environment.get("CLINE_DIR"); !data && own) data = fs::join(*own, "data");
    if (!data && environment.find_home()) data = fs::join(environment.home(), ".cline/data");
    if (!data) return;
    if (!sessions) places.push_back({fs::join(*data, "sessions"), true});
    places.push_back({fs::join(*data, "tasks"), true});
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    std::vector<Place> places;
    add_own(environment, places);
    if (!environment.find_home() && !places.empty()) return places;
    add_editors(environment.home(), environment, places);
    return places;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    return is_session(session.locator, sources) ? cline::read_session(session, sources)
                                                : cline::read_task(session, sources);
}

// docs.cline.bot, "Hooks": a program called as its event. Its answer is read: without one, Cline tells of a
// fault.
constexpr HookSpec k_hook{
    .format = &k_program,
    .agent = "cline",
    .settings = ".clinerules/hooks/TaskComplete",
    .event = "TaskComplete",
    .user_folder = "Documents/Cline/Hooks",
    .user_settings = "TaskComplete",
    .keys = {.transcript = {}, .session = "taskId", .directory = {}, .directories = "workspaceRoots"},
    .script = "@COMMAND@\nprintf '{\"cancel\":false}\\n'\n",
    .own_file = true,
    .to_do = "switch hooks on in the settings of Cline",
};

}  // namespace

constinit const Agent k_cline{"cline", "Cline", "1.1.0",    {false}, &k_hook,
                              places,  role_of, recognises, list,    read};

}  // namespace opentraces::capture
