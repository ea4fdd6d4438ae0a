// OpenCode. Since 1.2 the sessions of all projects are rows of <data>/opencode/opencode.db: tables session,
// message and part, the latter two with JSON in "data"; before that they are files (tree.hpp). A session that
// is in several of these places was copied from the older one: the newest counts. A sub-agent is a session
// that names its parent.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "capture/databases.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/hooks/format.hpp"
#include "capture/opencode/chat.hpp"
#include "capture/opencode/storage.hpp"
#include "capture/opencode/tree.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture {
namespace {

using opencode::Chat;
using opencode::Message;

constexpr std::string_view k_version = "1.6.0";

bool is_database_name(std::string_view name) {
    return name == "opencode.db" || (name.starts_with("opencode-") && name.ends_with(".db"));
}

FileRole role_of(std::string_view name) {
    if (is_database_name(name)) return FileRole::Sessions;
    if (!name.ends_with(".json")) return FileRole::None;
    if (name.starts_with("prt_")) return FileRole::Part;
    if (name.starts_with("msg")) return FileRole::Perhaps;
    return name.starts_with("ses_") ? FileRole::Sessions : FileRole::None;
}

bool is_database(const std::string& path, Sources& sources) {
    return is_database_with({"session", "message", "part"}, path, sources);
}

bool recognises(const std::string& path, Sources& sources) {
    return opencode::is_session(path, start_of_document(path, sources)) ||
           opencode::is_orphan(path, sources) || is_database(path, sources);
}

// Whenever a row of the session is added, changed or removed, one of these numbers is another.
std::string state_of(db::Database& database, const std::string& session) {
    std::string state;
    for (const char* table : {"message", "part"}) {
        db::Statement rows(database,
                           fmt::format("SELECT count(*), coalesce(max(time_updated), 0),"
                                       " coalesce(total(time_updated), 0) FROM {} WHERE session_id = ?",
                                       table));
        if (!rows.bind(session).next()) continue;
        state += fmt::format("{} ", rows.integer());
        state += fmt::format("{} ", rows.integer());
        state += fmt::format("{} ", rows.real().value_or(0));
    }
    return state;
}

std::vector<SessionRef> refs_of(const std::string& path, db::Database& database) {
    std::vector<SessionRef> sessions;
    std::vector<std::string> ids;
    db::Statement rows(database, "SELECT id, directory, time_updated FROM session ORDER BY time_created, id");
    while (rows.next()) {
        ids.push_back(rows.text());
        SessionRef session{
            std::string(k_opencode.name), path + "#" + repair_utf8(ids.back()), rows.text(), {}};
        session.fingerprint = fmt::format("{} ", rows.integer());
        sessions.push_back(std::move(session));
    }
    for (std::size_t at = 0; at < sessions.size(); ++at) {
        Fingerprint fingerprint;
        fingerprint.add_text(sessions[at].fingerprint);
        fingerprint.add_text(state_of(database, ids[at]));
        sessions[at].fingerprint = fingerprint.finish();
    }
    return sessions;
}

// Ids of the sessions in the databases of the folder, sorted.
const std::vector<std::string>& ids_in_databases(const std::string& data, Sources& sources) {
    auto [known, is_new] = sources.folders[data].files.try_emplace("database");
    if (!is_new) return known->second;
    std::vector<std::string> ids;
    const auto add_ids = [&ids](db::Database& database) {
        db::Statement rows(database, "SELECT id FROM session");
        while (rows.next())
            ids.push_back(rows.text());
        return true;
    };
    for (const fs::FileInfo& file : sources.disk().list(data))
        if (file.kind == fs::FileKind::File && is_database_name(fs::file_name(file.path)) &&
            is_database(file.path, sources))
            from_snapshot(k_opencode.title, file.path, sources.disk(), add_ids);
    std::sort(ids.begin(), ids.end());
    return sources.folders[data].files["database"] = std::move(ids);
}

std::vector<SessionRef> list_storage(const std::string& path, Sources& sources) {
    const std::string id = opencode::session_id_of(path, sources);
    const opencode::Tree tree(path);
    const auto has_it = [&id](const std::vector<std::string>& ids) {
        return std::binary_search(ids.begin(), ids.end(), id);
    };
    if (has_it(ids_in_databases(tree.data_folder(), sources)) || has_it(tree.copied_sessions(sources)))
        return {};
    return {{std::string(k_opencode.name), path, opencode::directory_of(path, sources),
             opencode::fingerprint_of(path, sources)}};
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    if (!is_database(path, sources)) return list_storage(path, sources);
    return from_snapshot(k_opencode.title, path, sources.disk(),
                         [&](db::Database& database) { return refs_of(path, database); });
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("XDG_DATA_HOME");
    const std::string data =
        set && set->starts_with('/') ? *set : fs::join(fs::join(environment.home(), ".local"), "share");
    const std::string own = fs::join(data, "opencode");
    return {{fs::join(own, "opencode.db"), true},
            {fs::join(own, "storage/session"), true},
            {fs::join(own, "storage/message"), true},
            {fs::join(own, "project"), true}};
}

// Null, counted and named, if it is no JSON object.
json::Value read_data(const std::string& text, const std::string& row, ParseReport& report) {
    std::string reason = "not a JSON object";
    try {
        json::Value value = json::parse(text);
        if (value.if_object() != nullptr) return value;
    } catch (const json::SyntaxError& error) {
        reason = std::string("not JSON: ") + error.what();
    }
    report.skipped.push_back({.words = row + ": " + reason});
    return {};
}

struct Read {
    std::optional<Chat> chat;
    ParseReport report;
};

Read read_chat(const std::string& id, db::Database& database) {
    Read read;
    db::Statement session(database,
                          "SELECT coalesce(parent_id, ''), directory, title, version, time_created,"
                          " time_updated FROM session WHERE id = ?");
    if (!session.bind(id).next()) return read;
    Chat& chat = read.chat.emplace();
    chat.id = repair_utf8(id);
    for (std::string* field : {&chat.parent, &chat.directory, &chat.title, &chat.version})
        *field = repair_utf8(session.text());
    chat.created_ms = session.integer();
    chat.updated_ms = session.integer();
    std::map<std::string, std::vector<json::Value>> parts;
    db::Statement rows(database, "SELECT message_id, id, data FROM part WHERE session_id = ? ORDER BY id");
    rows.bind(id);
    while (rows.next()) {
        const std::string message = rows.text();
        const std::string part = repair_utf8(rows.text());
        json::Value data = read_data(rows.text(), "a part", read.report);
        if (json::Object* object = data.if_object()) {
            object->set("id", part);
            parts[message].push_back(std::move(data));
        }
    }
    db::Statement messages(database,
                           "SELECT id, data FROM message WHERE session_id = ? ORDER BY time_created, id");
    messages.bind(id);
    while (messages.next()) {
        const std::string message = messages.text();
        json::Value data = read_data(messages.text(), "a message", read.report);
        if (data.is_null()) continue;
        chat.messages.push_back({repair_utf8(message), std::move(data), std::move(parts[message])});
    }
    return read;
}

ParsedSession read_file(const std::string& path, Sources& sources) {
    ParsedSession parsed;
    std::optional<Chat> chat = opencode::read_storage(path, sources, parsed);
    if (!chat) return parsed;
    tell(std::move(*chat), k_version, parsed);
    finish(k_opencode, parsed);
    return parsed;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    const std::size_t mark = session.locator.rfind('#');
    const std::string path = session.locator.substr(0, mark);
    if (path.ends_with(".json")) return read_file(session.locator, sources);
    ParsedSession parsed;
    parsed.files.push_back(path);
    if (mark == std::string::npos) {
        refuse_database(
            k_opencode.title, path, "not an OpenCode database: it has no tables session, message and part",
            [](db::Database& database) {
                return has_tables(database, {"session", "message", "part"});
            },
            sources, parsed);
        return parsed;
    }
    const std::string id = session.locator.substr(mark + 1);
    Read read = from_snapshot(k_opencode.title, path, sources.disk(),
                              [&](db::Database& database) { return read_chat(id, database); });
    parsed.report = std::move(read.report);
    if (!read.chat) {
        refuse(parsed, "the database has no such session");
        return parsed;
    }
    tell(std::move(*read.chat), k_version, parsed);
    finish(k_opencode, parsed);
    return parsed;
}

// OpenCode documentation, "Plugins": a module in its folder of plugins. It is told of every turn's end, and
// of no other.
constexpr HookSpec k_hook{
    .format = &k_module,
    .agent = "opencode",
    .settings = ".opencode/plugins/opentraces.js",
    .sign = ".opencode",
    .event = "session.idle",
    .user_variable = "XDG_CONFIG_HOME",
    .user_folder = ".config",
    .user_settings = "opencode/plugins/opentraces.js",
    .keys = {.transcript = {}},
    .script = R"(import { spawnSync } from "node:child_process";

const command = @COMMAND@;

export const OpenTraces = async ({ directory }) => ({
  event: async ({ event }) => {
    if (event.type !== "session.idle") return;
    try {
      const call = {
        session_id: event.properties.sessionID,
        cwd: directory,
        hook_event_name: event.type,
      };
      spawnSync("/bin/sh", ["-c", command], {
        input: JSON.stringify(call),
        stdio: ["pipe", "ignore", "ignore"],
        timeout: 10000,
      });
    } catch {
      // OpenCode goes on as it would without this.
    }
  },
});
)",
    .own_file = true,
};

}  // namespace

constinit const Agent k_opencode{"opencode", "OpenCode", k_version,  {false}, &k_hook,
                                 places,     role_of,    recognises, list,    read};

}  // namespace opentraces::capture
