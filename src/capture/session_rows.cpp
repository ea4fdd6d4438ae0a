#include "capture/session_rows.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "capture/aider/history.hpp"
#include "capture/databases.hpp"

namespace opentraces::capture {
namespace {

constexpr SessionRows k_opencode_rows[] = {
    {"session", "session WHERE id = ?1"},
    {"message", "message WHERE session_id = ?1"},
    {"part", "part WHERE session_id = ?1"},
};

constexpr SessionRows k_hermes_rows[] = {
    {"sessions", "sessions WHERE id = ?1"},
    {"messages", "messages WHERE session_id = ?1"},
};

// The tables of both generations; the last one only tells that the one before it is theirs.
constexpr SessionRows k_kiro_rows[] = {
    {"conversations_v2",
     "conversations_v2 WHERE rowid IN (SELECT rowid FROM conversations_v2 WHERE conversation_id = ?1)"},
    {"conversations",
     "conversations WHERE rowid IN (SELECT rowid FROM conversations WHERE key = ?1 UNION ALL"
     " SELECT other.rowid FROM (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM conversations WHERE key = ?1))"
     " CROSS JOIN conversations other WHERE json_valid(other.value)"
     " AND json_extract(other.value, '$.conversation_id') = ?1)"},
    {"migrations", "migrations WHERE ?1 IS NULL"},
};

// Order is that of the rows, where nothing else says it. A chat has a database of its own. A value of 2024
// holds all conversations of a workspace.
constexpr SessionRows k_cursor_rows[] = {
    {"meta", "meta WHERE ?1 IS NOT NULL ORDER BY rowid"},
    {"blobs", "blobs WHERE ?1 IS NOT NULL ORDER BY rowid"},
    {"cursorDiskKV",
     "cursorDiskKV WHERE key = 'composerData:' || ?1 OR"
     " (key >= 'bubbleId:' || ?1 || ':' AND key < 'bubbleId:' || ?1 || ';') ORDER BY rowid"},
    {"ItemTable",
     "(WITH lists(holder, list, name) AS (VALUES"
     " ('composer.composerData', 'allComposers', '$.composerId'),"
     " ('workbench.panel.aichat.view.aichat.chatdata', 'tabs', '$.tabId'))"
     " SELECT key, json_object(list, (SELECT json_group_array(json(one.value))"
     " FROM json_each(CAST(ItemTable.value AS TEXT), '$.' || list) one WHERE CASE one.type WHEN 'object'"
     " THEN coalesce(json_extract(one.value, name), json_extract(one.value, '$.id')) END = ?1)) AS value"
     " FROM ItemTable JOIN lists ON key = holder)"},
};

struct Column {
    std::string name;
    std::string type;
    std::int64_t key = 0;  // place in the primary key, from 1
};

std::string quoted(std::string_view name) {
    std::string text = "\"";
    for (const char c : name)
        text.append(c == '"' ? 2 : 1, c);
    return text + "\"";
}

// "VARCHAR(255)" is compared as "VARCHAR" is.
std::string plain_type(const std::string& type) {
    const auto is_plain = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' '; };
    return {type.begin(), std::find_if_not(type.begin(), type.end(), is_plain)};
}

std::vector<Column> columns_of(db::Database& database, std::string_view table) {
    std::vector<Column> columns;
    db::Statement rows(database, "SELECT name, type, pk FROM pragma_table_info(?)");
    rows.bind(table);
    while (rows.next()) {
        Column column{rows.text(), plain_type(rows.text()), 0};
        column.key = rows.integer();
        columns.push_back(std::move(column));
    }
    return columns;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

// Nothing else of the table's own definition: its checks, defaults and triggers are somebody else's.
void make_table(db::Database& into, std::string_view table, const std::vector<Column>& columns) {
    std::vector<std::string> words;
    std::map<std::int64_t, std::string> key;
    for (const Column& column : columns) {
        words.push_back(quoted(column.name) + " " + column.type);
        if (column.key > 0) key[column.key] = quoted(column.name);
    }
    std::vector<std::string> names;
    for (const auto& [place, name] : key)
        names.push_back(name);
    if (!names.empty()) words.push_back("PRIMARY KEY (" + joined(names) + ")");
    into.execute("CREATE TABLE " + quoted(table) + " (" + joined(words) + ")");
}

void copy_rows(db::Database& database, const SessionRows& own, const std::string& id, db::Database& into) {
    const std::vector<Column> columns = columns_of(database, own.table);
    make_table(into, own.table, columns);
    std::vector<std::string> names;
    for (const Column& column : columns)
        names.push_back(quoted(column.name));
    const std::string insertion = "INSERT INTO " + quoted(own.table) + " VALUES (" +
                                  joined(std::vector<std::string>(columns.size(), "?")) + ")";
    db::Statement rows(database, "SELECT " + joined(names) + " FROM " + std::string(own.from));
    rows.bind(id);
    while (rows.next()) {
        db::Statement copy(into, insertion);
        copy.bind_row(rows, static_cast<int>(columns.size())).run();
    }
}

[[noreturn]] void throw_uncopied(const std::string&, const std::string& reason) {
    throw Error(ErrorCode::CorruptSession, "the rows of the session cannot be copied: " + reason);
}

std::string copy_of(db::Database& database, std::span<const SessionRows> rows, const std::string& id) {
    db::Database copy(":memory:", db::Access::Memory, throw_uncopied);
    copy.execute("BEGIN");
    for (const SessionRows& own : rows)
        if (has_tables(database, {own.table})) copy_rows(database, own, id, copy);
    copy.execute("COMMIT");
    return copy.serialized();
}

}  // namespace

std::span<const SessionRows> session_rows(std::string_view agent) {
    if (agent == "opencode") return k_opencode_rows;
    if (agent == "hermes") return k_hermes_rows;
    if (agent == "kiro") return k_kiro_rows;
    if (agent == "cursor") return k_cursor_rows;
    return {};
}

std::optional<Excerpt> excerpt_of(const SessionRef& session, fs::Disk& disk) {
    const auto rows = session_rows(session.agent);
    const std::size_t mark = session.locator.rfind('#');
    if (session.agent == "aider" && mark != std::string::npos) {
        const std::string history = session.locator.substr(0, mark);
        return Excerpt{history, aider::history_of_section(history, session.locator.substr(mark + 1), disk)};
    }
    if (rows.empty() || mark == std::string::npos || disk.info(session.locator)) return std::nullopt;
    Excerpt excerpt{session.locator.substr(0, mark), {}};
    const std::string id = session.locator.substr(mark + 1);
    excerpt.bytes = from_snapshot(find_agent(session.agent)->title, excerpt.path, disk,
                                  [&](db::Database& database) { return copy_of(database, rows, id); });
    return excerpt;
}

}  // namespace opentraces::capture
