// Kiro CLI, and Amazon Q CLI before it: rows of <data>/{kiro-cli,amazon-q}/data.sqlite3, conversations_v2 (a
// conversation for each id) and before that conversations (one for each folder), whose rows were copied into
// the former. Other tables hold credentials: they are not read. Conversations that "/save" has written are
// files. Since 2026 a session is a log: <KIRO_HOME>/sessions/cli/<id>.jsonl with <id>.json.
#include <fmt/format.h>

#include <optional>
#include <set>

#include "capture/databases.hpp"
#include "capture/documents.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/kiro/history.hpp"
#include "capture/kiro/session.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/syntax_error.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.1.0";
constexpr std::string_view k_table = "conversations_v2";
constexpr std::string_view k_old_table = "conversations";

FileRole role_of(std::string_view name) {
    const bool perhaps = name == "data.sqlite3" || name.ends_with(".json") || name.ends_with(".jsonl");
    return perhaps ? FileRole::Perhaps : FileRole::None;
}

bool has_rows(db::Database& database) {
    return has_tables(database, {k_table}) && has_column(database, k_table, "conversation_id") &&
           has_column(database, k_table, "value");
}

bool has_old_rows(db::Database& database) {
    return has_tables(database, {k_old_table, "migrations"}) && has_column(database, k_old_table, "key") &&
           has_column(database, k_old_table, "value");
}

bool has_conversations(db::Database& database) {
    return has_rows(database) || has_old_rows(database);
}

template <class Use>
auto from_database(const std::string& path, Sources& sources, const Use& use) {
    return from_snapshot(k_kiro.title, path, sources.disk(), use);
}

bool is_database(const std::string& path, Sources& sources) {
    if (!is_database_with({k_table}, path, sources) && !is_database_with({k_old_table}, path, sources))
        return false;
    return from_database(path, sources, has_conversations);
}

bool is_log(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, kiro::is_log_entry);
}

bool recognises(const std::string& path, Sources& sources) {
    return is_log(path, sources) || kiro::is_conversation(start_of_document(path, sources)) ||
           is_database(path, sources);
}

// Null for what is no JSON.
json::Value parsed_value(std::string_view text) {
    try {
        std::size_t end = 0;
        return parse_object_text(text, end);
    } catch (const json::SyntaxError&) {
        return {};
    }
}

SessionRef ref_of(const std::string& path, const std::string& id, std::string folder,
                  std::string_view state) {
    SessionRef session{std::string(k_kiro.name), path + "#" + repair_utf8(id), std::move(folder), {}};
    Fingerprint fingerprint;
    fingerprint.add_text(session.project);
    fingerprint.add_text(state);
    session.fingerprint = fingerprint.finish();
    return session;
}

void add_rows(const std::string& path, db::Database& database, std::set<std::string>& ids,
              std::vector<SessionRef>& sessions) {
    db::Statement rows(database,
                       "SELECT conversation_id, key, updated_at || ' ' || length(value) FROM conversations_v2"
                       " ORDER BY updated_at DESC, key");
    while (rows.next()) {
        const std::string id = rows.text();
        std::string folder = repair_utf8(rows.text());
        if (ids.insert(id).second) sessions.push_back(ref_of(path, id, std::move(folder), rows.text()));
    }
}

// One for each folder, which its row is found by; those that were copied into the newer table are read there.
void add_old_rows(const std::string& path, db::Database& database, std::set<std::string>& ids,
                  std::vector<SessionRef>& sessions) {
    db::Statement rows(database, "SELECT key, value FROM conversations ORDER BY key");
    while (rows.next()) {
        std::string folder = repair_utf8(rows.text());
        const std::string value = rows.text();
        const std::string id(parsed_value(value)["conversation_id"].string_or(folder));
        // A mark ends the path of a locator.
        const std::string name = folder.find('#') == std::string::npos ? folder : id;
        if (ids.insert(id).second) sessions.push_back(ref_of(path, name, std::move(folder), value));
    }
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    if (is_log(path, sources))
        return {session_in_file(k_kiro.name, path, kiro::folder_of_log(path, sources), sources,
                                {kiro::state_path(path)})};
    if (!is_database(path, sources))
        return {
            session_in_file(k_kiro.name, path, kiro::folder_of(start_of_document(path, sources)), sources)};
    return from_database(path, sources, [&](db::Database& database) {
        std::set<std::string> ids;
        std::vector<SessionRef> sessions;
        if (has_rows(database)) add_rows(path, database, ids, sessions);
        if (has_old_rows(database)) add_old_rows(path, database, ids, sessions);
        return sessions;
    });
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("XDG_DATA_HOME");
    std::vector<std::string> roots;
    if (set && set->starts_with('/')) roots.push_back(*set);
    if (roots.empty() || environment.find_home()) {
        const std::string home = environment.home();
        if (roots.empty()) roots.push_back(fs::join(home, ".local/share"));
        roots.push_back(fs::join(home, "Library/Application Support"));
    }
    std::vector<Place> places;
    if (const auto own = environment.get("KIRO_HOME")) {
        places.push_back({fs::join(*own, "sessions/cli"), true});
    } else if (environment.find_home()) {
        places.push_back({fs::join(environment.home(), ".kiro/sessions/cli"), true});
    }
    for (const std::string& root : roots)
        for (const char* program : {"kiro-cli", "amazon-q"})
            places.push_back({fs::join(fs::join(root, program), "data.sqlite3"), true});
    return places;
}

struct Row {
    std::string folder;
    std::string value;
};

Row row_of(db::Statement& found) {
    Row row{repair_utf8(found.text()), {}};
    row.value = found.text();
    return row;
}

std::optional<Row> find_old_row(const std::string& name, db::Database& database) {
    db::Statement own(database, "SELECT key, value FROM conversations WHERE key = ?");
    if (own.bind(name).next()) return row_of(own);
    db::Statement rows(database, "SELECT key, value FROM conversations WHERE instr(value, ?) ORDER BY key");
    rows.bind(name);
    while (rows.next()) {
        Row row = row_of(rows);
        if (parsed_value(row.value)["conversation_id"].string_or() == name) return row;
    }
    return std::nullopt;
}

std::optional<Row> find_row(const std::string& name, db::Database& database) {
    if (has_rows(database)) {
        // The ids stand in an index, which is smaller than the table.
        db::Statement rows(
            database,
            "SELECT key, value FROM conversations_v2 WHERE rowid IN (SELECT rowid FROM conversations_v2"
            " WHERE conversation_id = ?) ORDER BY updated_at DESC, key LIMIT 1");
        if (rows.bind(name).next()) return row_of(rows);
    }
    return has_old_rows(database) ? find_old_row(name, database) : std::nullopt;
}

void tell(const json::Value& conversation, const std::string& folder, ParsedSession& parsed) {
    if (!kiro::is_conversation(conversation)) {
        refuse(parsed, "not a conversation of Kiro: it has no conversation_id and history");
        return;
    }
    kiro::tell(conversation, folder, k_version, parsed);
    finish(k_kiro, parsed);
}

ParsedSession read_row(const std::string& path, const std::string& id, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(path);
    const auto row =
        from_database(path, sources, [&](db::Database& database) { return find_row(id, database); });
    if (!row) {
        refuse(parsed, "the database has no such session");
        return parsed;
    }
    tell(parsed_value(row->value), row->folder, parsed);
    return parsed;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    const std::size_t mark = session.locator.rfind('#');
    if (mark != std::string::npos && !sources.disk().info(session.locator))
        return read_row(session.locator.substr(0, mark), session.locator.substr(mark + 1), sources);
    if (is_log(session.locator, sources)) {
        ParsedSession parsed = kiro::read_log(session.locator, k_version, sources);
        if (parsed.record) finish(k_kiro, parsed);
        return parsed;
    }
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    if (sources.head(session.locator).starts_with("SQLite format 3")) {
        refuse_database(k_kiro.title, session.locator,
                        "not a Kiro database: it has no table of conversations", has_conversations, sources,
                        parsed);
        return parsed;
    }
    if (const auto conversation = read_session_document(session.locator, sources, parsed))
        tell(*conversation, {}, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_kiro{"kiro", "Kiro",  k_version,  {false}, nullptr,
                             places, role_of, recognises, list,    read};

}  // namespace opentraces::capture
