// Hermes Agent: rows of <HERMES_HOME>/state.db (tables sessions and messages; columns grow with its schema),
// and the JSON logs of <HERMES_HOME>/sessions/session_<id>.json. HERMES_HOME is ~/.hermes unless it is set.
// The database has tokens, the logs have none; a session that is in both is the same one.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "capture/chat_messages.hpp"
#include "capture/databases.hpp"
#include "capture/documents.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/hermes/chat.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

using hermes::Chat;

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_database = "state.db";

FileRole role_of(std::string_view name) {
    const bool log = name.starts_with("session_") && name.ends_with(".json");
    if (log || name == k_database) return FileRole::Sessions;
    return name.ends_with(".json") ? FileRole::Perhaps : FileRole::None;
}

bool is_database(const std::string& path, Sources& sources) {
    return is_database_with({"sessions", "messages"}, path, sources);
}

bool is_log(const json::Value& start) {
    return start["session_id"].if_string() != nullptr && start["messages"].if_array() != nullptr &&
           (start["session_start"].if_string() != nullptr || start["message_count"].integer());
}

bool recognises(const std::string& path, Sources& sources) {
    return is_log(start_of_document(path, sources)) || is_database(path, sources);
}

std::string folder_in(const json::Value& log) {
    return std::string(log["cwd"].string_or(log["model_config"]["cwd"].string_or()));
}

// A column of the row that `columns` is about; what this version has not is null.
std::string column_or_null(db::Database& database, std::string_view table, std::string_view column) {
    return has_column(database, table, column) ? std::string(column) : "NULL";
}

std::vector<SessionRef> refs_of(const std::string& path, db::Database& database) {
    std::vector<SessionRef> sessions;
    db::Statement rows(
        database,
        fmt::format(
            "SELECT s.id, coalesce({}, ''), (SELECT count(*) || ' ' || coalesce(max(m.id), 0) FROM messages m"
            " WHERE m.session_id = s.id), coalesce({}, '') FROM sessions s ORDER BY s.started_at, s.id",
            column_or_null(database, "sessions", "cwd"), column_or_null(database, "sessions", "ended_at")));
    while (rows.next()) {
        SessionRef session{std::string(k_hermes.name), path + "#" + repair_utf8(rows.text()), {}, {}};
        session.project = repair_utf8(rows.text());
        Fingerprint fingerprint;
        fingerprint.add_text(rows.text());
        fingerprint.add_text(rows.text());
        session.fingerprint = fingerprint.finish();
        sessions.push_back(std::move(session));
    }
    return sessions;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    if (is_database(path, sources))
        return from_snapshot(k_hermes.title, path, sources.disk(),
                             [&](db::Database& database) { return refs_of(path, database); });
    return {session_in_file(k_hermes.name, path, folder_in(start_of_document(path, sources)), sources)};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("HERMES_HOME");
    const std::string root = set ? *set : fs::join(environment.home(), ".hermes");
    return {{fs::join(root, std::string(k_database)), true}, {fs::join(root, "sessions"), true}};
}

Chat chat_of_log(const json::Value& log) {
    Chat chat;
    chat.about.id = log["session_id"].string_or();
    chat.about.model = log["model"].string_or();
    chat.about.started = log["session_start"].string_or();
    chat.about.ended = log["last_updated"].string_or();
    chat.about.directory = folder_in(log);
    chat.about.parent = log["parent_session_id"].string_or();
    chat.system_prompt = log["system_prompt"].string_or();
    chat.platform = log["platform"].string_or();
    if (const json::Array* tools = log["tools"].if_array()) chat.tools = *tools;
    if (const json::Array* messages = log["messages"].if_array())
        for (const json::Value& message : *messages)
            chat.messages.push_back({message, time_of(message["timestamp"])});
    return chat;
}

std::string time_in(db::Statement& row) {
    const auto seconds = row.real();
    return seconds ? time_of_unix(*seconds) : std::string();
}

bool read_session_row(const std::string& id, db::Database& database, Chat& chat) {
    std::string columns = "id";
    constexpr std::array k_texts{"model", "system_prompt", "source", "end_reason", "parent_session_id",
                                 "cwd",   "git_branch",    "title"};
    constexpr std::array k_counts{"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
                                  "api_call_count"};
    for (const char* column : k_texts)
        columns += fmt::format(", coalesce({}, '')", column_or_null(database, "sessions", column));
    for (const char* column : k_counts)
        columns += fmt::format(", coalesce({}, 0)", column_or_null(database, "sessions", column));
    columns += ", started_at, " + column_or_null(database, "sessions", "ended_at");
    db::Statement row(database, "SELECT " + columns + " FROM sessions WHERE id = ?");
    if (!row.bind(id).next()) return false;
    chat.about.id = repair_utf8(row.text());
    for (std::string* text :
         {&chat.about.model, &chat.system_prompt, &chat.platform, &chat.end_reason, &chat.about.parent,
          &chat.about.directory, &chat.about.branch, &chat.about.title})
        *text = repair_utf8(row.text());
    for (std::int64_t* count :
         {&chat.usage.input_tokens, &chat.usage.output_tokens, &chat.usage.cache_read_tokens,
          &chat.usage.cache_write_tokens, &chat.usage.replies})
        *count = std::max<std::int64_t>(row.integer(), 0);
    chat.about.started = time_in(row);
    chat.about.ended = time_in(row);
    return true;
}

json::Value chat_message(db::Statement& row, std::vector<Diagnostic>& skipped) {
    json::Object message;
    for (const char* key : {"role", "content", "tool_call_id", "tool_name", "finish_reason", "reasoning"}) {
        std::string text = repair_utf8(row.text());
        if (!text.empty()) message.set(key, std::move(text));
    }
    const std::string text = repair_utf8(row.text());
    const json::Value calls = call_arguments(json::Value("{\"calls\":" + text + "}"));
    if (calls["calls"].if_array() != nullptr)
        message.set("tool_calls", calls["calls"]);
    else if (!text.empty() && text != "null")
        skipped.push_back({.words = "calls of a message: no JSON list"});
    return json::Value(std::move(message));
}

void read_messages(const std::string& id, db::Database& database, Chat& chat) {
    std::string columns = "role, coalesce(content, '')";
    for (const char* column : {"tool_call_id", "tool_name", "finish_reason"})
        columns += fmt::format(", coalesce({}, '')", column_or_null(database, "messages", column));
    columns += fmt::format(", coalesce({}, {}, ''), coalesce({}, 'null'), timestamp",
                           column_or_null(database, "messages", "reasoning_content"),
                           column_or_null(database, "messages", "reasoning"),
                           column_or_null(database, "messages", "tool_calls"));
    db::Statement rows(database, "SELECT " + columns + " FROM messages WHERE session_id = ? ORDER BY id");
    rows.bind(id);
    while (rows.next()) {
        json::Value message = chat_message(rows, chat.skipped);
        chat.messages.push_back({std::move(message), time_in(rows)});
    }
}

std::optional<Chat> chat_of_rows(const std::string& id, db::Database& database) {
    Chat chat;
    if (!read_session_row(id, database, chat)) return std::nullopt;
    read_messages(id, database, chat);
    return chat;
}

ParsedSession read_row(const std::string& path, const std::string& id, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(path);
    auto chat = from_snapshot(k_hermes.title, path, sources.disk(),
                              [&](db::Database& database) { return chat_of_rows(id, database); });
    if (!chat) {
        refuse(parsed, "the database has no such session");
        return parsed;
    }
    hermes::tell(std::move(*chat), k_version, parsed);
    finish(k_hermes, parsed);
    return parsed;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    const std::size_t mark = session.locator.rfind('#');
    if (mark != std::string::npos && !sources.disk().info(session.locator))
        return read_row(session.locator.substr(0, mark), session.locator.substr(mark + 1), sources);
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    if (fs::file_name(session.locator) == k_database) {
        refuse_database(
            k_hermes.title, session.locator, "not a Hermes database: it has no tables sessions and messages",
            [](db::Database& database) {
                return has_tables(database, {"sessions", "messages"});
            },
            sources, parsed);
        return parsed;
    }
    const auto log = read_session_document(session.locator, sources, parsed);
    if (!log) return parsed;
    if (!is_log(*log)) {
        refuse(parsed, "not a Hermes session: it has no session_id and messages");
        return parsed;
    }
    hermes::tell(chat_of_log(*log), k_version, parsed);
    finish(k_hermes, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_hermes{"hermes", "Hermes Agent", k_version,  {false}, nullptr,
                               places,   role_of,        recognises, list,    read};

}  // namespace opentraces::capture
