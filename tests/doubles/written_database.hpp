// A database as another program writes it: with SQLite itself, on the real disk.
#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>

namespace opentraces::testing {

class WrittenDatabase {
public:
    explicit WrittenDatabase(const std::string& path) {
        if (sqlite3_open(path.c_str(), &m_handle) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(m_handle));
    }
    ~WrittenDatabase() { sqlite3_close(m_handle); }
    WrittenDatabase(const WrittenDatabase&) = delete;
    WrittenDatabase& operator=(const WrittenDatabase&) = delete;

    void execute(const std::string& sql) {
        if (sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(m_handle));
    }
    // From now on changes stay in the log, as those of a program that runs.
    void keep_log() {
        execute("PRAGMA journal_mode = WAL");
        execute("PRAGMA wal_autocheckpoint = 0");
    }

private:
    sqlite3* m_handle = nullptr;
};

}  // namespace opentraces::testing
