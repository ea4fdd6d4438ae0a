// A database as OpenCode writes it, with the tables of 1.2 and later.
#pragma once

#include <string>

#include "doubles/temporary_directory.hpp"
#include "doubles/written_database.hpp"

namespace opentraces::testing {

struct OpenCodeStore {
    TemporaryDirectory folder;
    std::string path = folder.file("opencode.db");
    WrittenDatabase writer{path};
    int parts = 0;

    OpenCodeStore() {
        writer.execute(R"(CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, parent_id TEXT,
            slug TEXT NOT NULL, directory TEXT NOT NULL, title TEXT NOT NULL, version TEXT NOT NULL,
            time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL);
            CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, time_created INTEGER NOT NULL,
            time_updated INTEGER NOT NULL, data TEXT NOT NULL);
            CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT NOT NULL, session_id TEXT NOT NULL,
            time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, data TEXT NOT NULL))");
        writer.keep_log();
    }
    void session(const std::string& id, const std::string& directory = "/home/me/app",
                 const std::string& parent = "NULL") {
        writer.execute("INSERT INTO session VALUES ('" + id + "', 'p', " + parent + ", 's', '" + directory +
                       "', 'A title', '1.18.33', 1767225600000, 1767225700000)");
    }
    void message(const std::string& id, const std::string& session, const std::string& data) {
        writer.execute("INSERT INTO message VALUES ('" + id + "', '" + session +
                       "', 1767225600000, 1767225600000, '" + data + "')");
    }
    void part(const std::string& message, const std::string& session, const std::string& data) {
        writer.execute("INSERT INTO part VALUES ('prt_" + std::to_string(100 + parts++) + "', '" + message +
                       "', '" + session + "', 1767225600000, 1767225600000, '" + data + "')");
    }
    // A prompt, and a reply with one call.
    void small(const std::string& id, const std::string& tokens) {
        message("msg_1" + id, id, R"({"role":"user"})");
        part("msg_1" + id, id, R"({"type":"text","text":"fix it"})");
        message("msg_2" + id, id,
                R"({"role":"assistant","providerID":"openai","modelID":"gpt-5","cost":0.25,"tokens":)" +
                    tokens + "}");
        part(
            "msg_2" + id, id,
            R"({"type":"tool","tool":"bash","callID":"c)" + id +
                R"(","state":{"status":"completed","input":{"command":"ls"},"output":"ok","metadata":{"exit":1},"time":{"start":1000,"end":1500}}})");
    }
};

}  // namespace opentraces::testing
