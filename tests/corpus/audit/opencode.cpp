#include "corpus/audit/opencode.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <stdexcept>

namespace opentraces::audit {
namespace {

namespace stdfs = std::filesystem;

class Rows {
public:
    explicit Rows(const std::string& path) {
        if (sqlite3_open_v2(path.c_str(), &m_handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) !=
            SQLITE_OK)
            throw std::runtime_error(path + ": " + sqlite3_errmsg(m_handle));
    }
    ~Rows() { sqlite3_close(m_handle); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    using Row = std::vector<std::string>;
    std::vector<Row> run(const std::string& sql, const Row& values = {}) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(m_handle, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
            throw std::runtime_error(sql + ": " + sqlite3_errmsg(m_handle));
        for (std::size_t at = 0; at < values.size(); ++at)
            sqlite3_bind_text(statement, static_cast<int>(at) + 1, values[at].c_str(), -1, SQLITE_TRANSIENT);
        std::vector<Row> rows;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            Row& row = rows.emplace_back();
            for (int column = 0; column < sqlite3_column_count(statement); ++column) {
                const unsigned char* text = sqlite3_column_text(statement, column);
                row.emplace_back(text == nullptr ? "" : reinterpret_cast<const char*>(text));
            }
        }
        sqlite3_finalize(statement);
        return rows;
    }

private:
    sqlite3* m_handle = nullptr;
};

std::string time_of(const std::string& milliseconds) {
    const long at = std::stol(milliseconds);
    const std::time_t seconds = at / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char day[32];
    std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    char whole[64];
    std::snprintf(whole, sizeof whole, "%s.%03ldZ", day, at % 1000);
    return whole;
}

std::string mark_of(const json& file) {
    return "[file: " + text_at(file, "filename") + ", " + text_at(file, "mime") + "]";
}

struct Tokens {
    long input = 0;
    long output = 0;
    long read = 0;
    long written = 0;
    bool any() const { return input + output + read + written > 0; }
};

// "output" is without reasoning where the total says so, or where it could not hold it.
Tokens tokens_in(const json& tokens) {
    Tokens used{count_of(tokens, "input"), count_of(tokens, "output"),
                count_of(member(tokens, "cache"), "read"), count_of(member(tokens, "cache"), "write")};
    const long reasoning = count_of(tokens, "reasoning");
    const long total = count_of(tokens, "total");
    const long with = used.input + used.read + used.written + used.output + reasoning;
    if (total > 0 ? total == with : reasoning > used.output) used.output += reasoning;
    return used;
}

bool is_blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

struct Counter {
    Counts counts;
    std::set<std::string> calls;

    void take_user(const std::vector<json>& parts) {
        std::string typed;
        for (const json& part : parts) {
            const std::string type = text_at(part, "type");
            if (type == "text" && member(part, "synthetic") != true) typed += text_at(part, "text");
            if (type == "text") counts.said.add(text_at(part, "text"));
            if (type == "file") typed += mark_of(part), counts.said.add(mark_of(part));
            if (type == "subtask") typed += text_at(part, "prompt"), counts.said.add(text_at(part, "prompt"));
        }
        if (!is_blank(typed)) ++counts.prompts;
    }

    void take_reply(const json& message, const std::vector<json>& parts) {
        Tokens used = tokens_in(member(message, "tokens"));
        Tokens steps;
        for (const json& part : parts) {
            const std::string type = text_at(part, "type");
            if (type == "text") counts.text.add(text_at(part, "text"));
            if (type == "file") counts.text.add(mark_of(part));
            if (type == "reasoning") counts.reasoning.add(text_at(part, "text"));
            if (type == "tool") take_call(part);
            if (type != "step-finish") continue;
            const Tokens step = tokens_in(member(part, "tokens"));
            steps = {steps.input + step.input, steps.output + step.output, steps.read + step.read,
                     steps.written + step.written};
        }
        if (!used.any()) used = steps;
        if (used.any()) ++counts.replies;
        counts.input += used.input;
        counts.output += used.output;
        counts.cache_read += used.read;
        counts.cache_write += used.written;
    }

    void take_call(const json& part) {
        if (!calls.insert(text_at(part, "callID")).second) return;
        ++counts.calls;
        const json& state = member(part, "state");
        const std::string status = text_at(state, "status");
        if (status != "completed" && status != "success" && status != "error") return;
        ++counts.results;
        counts.answers.add(member(state, "output").is_string() ? text_at(state, "output")
                                                               : text_at(state, "error"));
    }
};

json read_json(const stdfs::path& path) {
    std::ifstream file(path);
    return json::parse(file);
}

void for_each_json(const stdfs::path& folder, const std::function<void(const json&)>& use) {
    if (!stdfs::exists(folder)) return;
    std::vector<stdfs::path> files;
    for (const auto& entry : stdfs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const stdfs::path& file : files)
        use(read_json(file));
}

}  // namespace

std::vector<std::string> opencode_databases(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : stdfs::recursive_directory_iterator(folder))
        if (entry.path().filename() == "opencode.db") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

std::string database_of_storage(const std::string& storage, const std::string& folder) {
    stdfs::create_directories(folder);
    const std::string path = folder + "/opencode.db";
    Rows rows(path);
    rows.run(
        "CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, slug TEXT,"
        " directory TEXT, title TEXT, version TEXT, time_created INTEGER, time_updated INTEGER)");
    rows.run(
        "CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER,"
        " time_updated INTEGER, data TEXT)");
    rows.run(
        "CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER,"
        " time_updated INTEGER, data TEXT)");
    const auto add_session = [&rows](const std::string& id, const json& session, const json& time) {
        rows.run("INSERT OR IGNORE INTO session VALUES (?, 'p', NULL, '', ?, ?, ?, ?, ?)",
                 {id, text_at(session, "directory"), text_at(session, "title"), text_at(session, "version"),
                  std::to_string(count_of(time, "created")),
                  std::to_string(std::max(count_of(time, "created"), count_of(time, "updated")))});
    };
    for_each_json(storage + "/session", [&](const json& session) {
        add_session(text_at(session, "id"), session, member(session, "time"));
    });
    std::map<std::string, std::string> sessions;  // of messages
    std::map<std::string, std::pair<long, long>> times;
    for_each_json(storage + "/message", [&](const json& message) {
        const std::string session = text_at(message, "sessionID");
        const std::string id = text_at(message, "id");
        const json& time = member(message, "time");
        auto& [first, last] = times.try_emplace(session, count_of(time, "created"), 0).first->second;
        first = std::min(first, count_of(time, "created"));
        last = std::max({last, count_of(time, "created"), count_of(time, "completed")});
        sessions[id] = session;
        rows.run("INSERT INTO message VALUES (?, ?, ?, 0, ?)",
                 {id, session, std::to_string(count_of(member(message, "time"), "created")), message.dump()});
    });
    // Without a file of its own a session is as long as its messages.
    for (const auto& [session, time] : times)
        add_session(session, json(), {{"created", time.first}, {"updated", time.second}});
    const auto add_part = [&](const std::string& message, const json& part) {
        rows.run("INSERT INTO part VALUES (?, ?, ?, 0, 0, ?)",
                 {message + "/" + text_at(part, "id"), message, sessions[message], part.dump()});
    };
    for (const auto& [message, session] : sessions)
        for_each_json(storage + "/part/" + message,
                      [&, id = message](const json& part) { add_part(id, part); });
    for (const auto& entry : stdfs::directory_iterator(storage + "/part"))
        if (entry.is_regular_file()) {
            const json part = read_json(entry.path());
            add_part(text_at(part, "messageID"), part);
        }
    return path;
}

std::map<std::string, Counts> count_opencode(const std::string& database) {
    Rows rows(database);
    std::map<std::string, Counts> sessions;
    if (rows.run("SELECT 1 FROM sqlite_master WHERE name = 'session'").empty()) return sessions;
    for (const auto& session : rows.run("SELECT id, time_created, time_updated FROM session")) {
        Counter counter;
        for (const auto& message :
             rows.run("SELECT id, data FROM message WHERE session_id = ?", {session[0]})) {
            std::vector<json> parts;
            for (const auto& part : rows.run("SELECT data FROM part WHERE message_id = ?", {message[0]}))
                parts.push_back(json::parse(part[0]));
            const json data = json::parse(message[1]);
            if (text_at(data, "role") == "user") counter.take_user(parts);
            if (text_at(data, "role") == "assistant") counter.take_reply(data, parts);
        }
        counter.counts.first_time = time_of(session[1]);
        counter.counts.last_time = time_of(session[2]);
        sessions[session[0]] = std::move(counter.counts);
    }
    return sessions;
}

}  // namespace opentraces::audit
