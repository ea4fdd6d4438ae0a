// Databases of the agents that keep sessions in one, as these write them, each with a table that is nobody's
// business.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>

#include "doubles/temporary_directory.hpp"
#include "doubles/written_database.hpp"
#include "opentraces/capture/agent.hpp"

namespace opentraces::testing {

// SQL of an agent's tables, of a session without a word, and of a prompt with a reply that calls a tool.
struct StoreKind {
    std::string_view title;
    std::string_view agent;
    std::string_view file;
    std::string_view tables;
    std::string (*session)(const std::string& id);
    std::string (*turn)(const std::string& id, int number);
    bool has_many = true;  // sessions in one database
};

namespace agent_stores {

inline std::string opencode_session(const std::string& id) {
    return fmt::format(
        "INSERT INTO session VALUES ('{}', NULL, '/home/me/app', 'A title', '1.18.33', 1767225600000,"
        " 1767225700000)",
        id);
}

inline std::string opencode_row(const char* table, const std::string& id, const std::string& key,
                                const std::string& owner, const std::string& data) {
    return fmt::format("INSERT INTO {} VALUES ('{}', {}'{}', 1767225600000, 1767225600000, '{}');", table,
                       key, owner, id, data);
}

inline std::string opencode_turn(const std::string& id, int number) {
    const std::string prompt = fmt::format("msg_{}_{:05}a", id, number);
    const std::string reply = fmt::format("msg_{}_{:05}b", id, number);
    return opencode_row("message", id, prompt, {}, R"({"role":"user"})") +
           opencode_row("part", id, "prt_" + prompt, "'" + prompt + "', ",
                        fmt::format(R"({{"type":"text","text":"prompt {} of {}"}})", number, id)) +
           opencode_row("message", id, reply, {},
                        R"({"role":"assistant","modelID":"gpt-5","tokens":{"input":10,"output":5}})") +
           opencode_row("part", id, "prt_" + reply, "'" + reply + "', ",
                        fmt::format(R"({{"type":"tool","tool":"bash","callID":"c{}","state":{{"status":)"
                                    R"("completed","input":{{"command":"ls"}},"output":"ok"}}}})",
                                    number));
}

inline std::string hermes_session(const std::string& id) {
    return fmt::format(
        "INSERT INTO sessions VALUES ('{}', 'cli', 'gpt-5.2', 1767225600.0, '/home/me/app', 100, 20)", id);
}

inline std::string hermes_turn(const std::string& id, int number) {
    return fmt::format(
        "INSERT INTO messages (session_id, role, content, tool_calls, tool_call_id, timestamp) VALUES"
        " ('{0}', 'user', 'prompt {1} of {0}', NULL, NULL, 1767225600.5),"
        " ('{0}', 'assistant', 'Yes.', '[{{\"id\":\"c{1}\",\"function\":{{\"name\":\"terminal\","
        "\"arguments\":\"{{}}\"}}}}]', NULL, 1767225601.5), ('{0}', 'tool', 'ok', NULL, 'c{1}', "
        "1767225602.5)",
        id, number);
}

inline std::string editor_session(const std::string& id) {
    return fmt::format(
        "INSERT INTO cursorDiskKV VALUES ('composerData:{}', '{{\"createdAt\":1767225600000,"
        "\"workspaceIdentifier\":{{\"uri\":{{\"fsPath\":\"/home/me/app\"}}}}}}')",
        id);
}

constexpr std::string_view k_bubble_call =
    R"("toolFormerData":{"name":"read_file","params":"{}","status":"completed","result":"ok","toolCallId":"c)";

// Later bubbles have smaller keys: the order is that of the rows.
inline std::string editor_turn(const std::string& id, int number) {
    return fmt::format(
        "INSERT INTO cursorDiskKV VALUES ('bubbleId:{0}:{1:05}', '{{\"type\":1,\"text\":\"prompt {2} of "
        "{0}\"}}'), ('bubbleId:{0}:{1:05}b', '{{\"type\":2,{3}{2}\"}}}}')",
        id, 99'999 - number, number, k_bubble_call);
}

inline std::string chat_session(const std::string& id) {
    return fmt::format("INSERT INTO meta VALUES ('0', '{{\"agentId\":\"{}\",\"latestRootBlobId\":\"ff\"}}')",
                       id);
}

inline std::string chat_turn(const std::string& id, int number) {
    return fmt::format(
        "INSERT INTO blobs VALUES ('{0}-{1:05}', '{{\"role\":\"user\",\"content\":\"prompt {2} of {0}\"}}'),"
        " ('{0}-{1:05}b', '{{\"role\":\"assistant\",\"content\":[{{\"type\":\"tool-call\",\"toolCallId\":"
        "\"c{2}\",\"toolName\":\"Shell\",\"args\":{{}}}}]}}')",
        id, 99'999 - number, number);
}

inline std::string value_session(const std::string& id) {
    return fmt::format(
        "INSERT OR IGNORE INTO ItemTable VALUES ('composer.composerData', '{{\"allComposers\":[]}}');"
        " UPDATE ItemTable SET value = json_insert(value, '$.allComposers[#]',"
        " json('{{\"composerId\":\"{}\",\"conversation\":[]}}')) WHERE key = 'composer.composerData'",
        id);
}

inline std::string value_turn(const std::string& id, int number) {
    const auto add = [&](const std::string& bubble) {
        return fmt::format(
            "UPDATE ItemTable SET value = json_insert(value, (SELECT fullkey || '.conversation[#]' FROM"
            " json_each(ItemTable.value, '$.allComposers') one WHERE json_extract(one.value,"
            " '$.composerId') = '{}'), json('{}')) WHERE key = 'composer.composerData';",
            id, bubble);
    };
    return add(fmt::format(R"({{"type":1,"text":"prompt {} of {}"}})", number, id)) +
           add(fmt::format(R"({{"type":2,{}{}"}}}})", k_bubble_call, number));
}

inline std::string kiro_value(const std::string& id) {
    return R"({"conversation_id":")" + id + R"(","history":[],"transcript":[]})";
}

inline std::string kiro_session(const std::string& id) {
    return fmt::format(
        "INSERT INTO conversations_v2 VALUES ('/home/me/app', '{}', '{}', 1767225600000, 1767225600000)", id,
        kiro_value(id));
}

inline std::string kiro_turn_in(const char* table, const char* key, const std::string& id, int number) {
    return fmt::format(
        "UPDATE {0} SET value = json_insert(value, '$.history[#]', "
        "json('{{\"user\":{{\"content\":{{\"Prompt\":"
        "{{\"prompt\":\"prompt {3} of {2}\"}}}}}},\"assistant\":{{\"ToolUse\":{{\"content\":\"Yes.\","
        "\"tool_uses\":[{{\"id\":\"c{3}\",\"name\":\"execute_bash\",\"args\":{{}}}}]}}}}}}'))"
        " WHERE {1} = '{2}'",
        table, key, id, number);
}

inline std::string kiro_turn(const std::string& id, int number) {
    return kiro_turn_in("conversations_v2", "conversation_id", id, number);
}

inline std::string amazon_q_session(const std::string& id) {
    return fmt::format("INSERT INTO conversations VALUES ('{}', '{}')", id, kiro_value(id));
}

inline std::string amazon_q_turn(const std::string& id, int number) {
    return kiro_turn_in("conversations", "key", id, number);
}

inline constexpr StoreKind k_all[] = {
    {"OpenCode", "opencode", "opencode.db",
     "CREATE TABLE session (id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT, title TEXT, version TEXT,"
     " time_created INTEGER, time_updated INTEGER);"
     "CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session,"
     " time_created INTEGER, time_updated INTEGER, data TEXT NOT NULL CHECK (length(data) > 0));"
     "CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER,"
     " time_updated INTEGER, data TEXT NOT NULL); CREATE INDEX part_session ON part (session_id);"
     "CREATE INDEX message_session ON message (session_id)",
     opencode_session, opencode_turn},
    {"Hermes", "hermes", "state.db",
     "CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT, model TEXT, started_at REAL, cwd TEXT,"
     " input_tokens INTEGER, output_tokens INTEGER);"
     "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, role TEXT, content TEXT,"
     " tool_calls TEXT, tool_call_id TEXT, timestamp REAL DEFAULT (unixepoch()));"
     "CREATE INDEX messages_session ON messages (session_id, timestamp)",
     hermes_session, hermes_turn},
    {"Cursor's editor", "cursor", "state.vscdb",
     "CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);"
     "CREATE TABLE ItemTable (key VARCHAR(255) UNIQUE, value BLOB)",
     editor_session, editor_turn},
    {"Cursor's command line", "cursor", "store.db",
     "CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB); CREATE TABLE meta (key TEXT PRIMARY KEY, value "
     "TEXT)",
     chat_session, chat_turn, false},
    {"Cursor of 2024", "cursor", "state.vscdb", "CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)",
     value_session, value_turn},
    {"Kiro", "kiro", "data.sqlite3",
     "CREATE TABLE conversations_v2 (key TEXT NOT NULL, conversation_id TEXT NOT NULL, value TEXT NOT NULL,"
     " created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (key, conversation_id))",
     kiro_session, kiro_turn},
    {"Amazon Q", "kiro", "data.sqlite3",
     "CREATE TABLE migrations (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);"
     "CREATE TABLE conversations (key TEXT PRIMARY KEY, value TEXT)",
     amazon_q_session, amazon_q_turn},
};

}  // namespace agent_stores

// One of them on the disk; what is written stays in its log.
struct AgentStore {
    explicit AgentStore(const StoreKind& of) : kind(of) {
        writer.execute(std::string(kind.tables));
        writer.execute("CREATE TABLE account (token TEXT); INSERT INTO account VALUES ('" + secret + "')");
        writer.keep_log();
    }

    void session(const std::string& id, int turns = 0) {
        writer.execute(kind.session(id));
        for (int number = 1; number <= turns; ++number)
            writer.execute(kind.turn(id, number));
    }
    const capture::Agent& agent() const { return *capture::find_agent(kind.agent); }

    const StoreKind& kind;
    TemporaryDirectory folder;
    std::string path = folder.file(std::string(kind.file));
    std::string secret = std::string("for the agent ") + "alone";
    WrittenDatabase writer{path};
};

}  // namespace opentraces::testing
