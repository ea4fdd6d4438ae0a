// SQLite: statements that cannot leak, errors as Error, files that are not trusted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace opentraces::db {

// Long enough for another process to write the largest trace it may hold.
inline constexpr int k_patience_ms = 30'000;

// What is thrown for a file that is not what it should be: never returns.
using Corrupt = void (*)(const std::string& path, const std::string& reason);

class Database;
class ShortName;

struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const;
};
using PreparedStatement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// One use of a prepared statement, front to back; the database keeps it for the next use.
class Statement {
public:
    Statement(Database& database, std::string_view sql);
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    // In order of the '?' of the text.
    Statement& bind(std::string_view text);
    Statement& bind(const std::string& text) { return bind(std::string_view(text)); }
    Statement& bind(const char* text) { return bind(std::string_view(text)); }
    Statement& bind(std::int64_t number);
    Statement& bind(std::optional<double> number);
    Statement& bind(std::optional<std::int64_t> number);

    // The first columns of the current row of `row`, each as it is stored.
    Statement& bind_row(Statement& row, int columns);

    // False when there is no further row.
    bool next();
    // To the end.
    void run();
    // Rows changed by the last run().
    std::int64_t changes() const;

    // Columns of the current row, left to right; each call moves on by one.
    std::string text();
    std::int64_t integer();
    std::optional<double> real();
    std::optional<std::int64_t> optional_integer();

    Database& database() { return m_database; }

private:
    void check(int answer);

    Database& m_database;
    PreparedStatement m_statement;
    int m_bound = 0;
    int m_column = 0;
};

enum class Access {
    Write,   // creates an empty file if there is none
    Read,    // writes nothing but what SQLite needs to read beside a writer
    Frozen,  // for a file that nobody can be writing: needs no lock, no log and no space
    Memory,  // a database of its own that no file has
};

class Database {
public:
    // Nothing is read or written yet. The path has no symbolic link in it: SQLite refuses to follow any. What
    // the file says is not trusted: its schema runs no functions, triggers or views, and no statement can
    // change it but by the rules (https://www.sqlite.org/security.html).
    Database(const std::string& path, Access access, Corrupt corrupt);
    // To read, through a file system of SQLite's that is registered under this name. Everything that a
    // statement may trip over in a foreign schema is corrupt.
    Database(const std::string& path, const char* file_system, Corrupt corrupt);
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    const std::string& path() const { return m_path; }
    void execute(const std::string& sql);
    // Write-ahead log: readers and one writer do not stop each other.
    void keep_log();
    std::int64_t query_integer(std::string_view sql);
    std::int64_t last_insert_id() const;
    // How long to wait for another process to finish its change.
    void set_patience(int milliseconds);
    // Longer texts in rows are an error.
    void limit_values(int bytes);
    // The bytes of the file that it would be on a disk.
    std::string serialized() const;
    [[noreturn]] void throw_error(int answer) const;
    [[noreturn]] void throw_corrupt(const std::string& reason) const;

private:
    void open(const std::string& name, int flags, const char* file_system);
    void distrust();
    friend class Statement;
    friend class ReadTransaction;
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    PreparedStatement take(std::string_view sql);
    void give_back(PreparedStatement statement);

    std::string m_path;
    Corrupt m_corrupt;
    bool m_foreign = false;
    std::unique_ptr<ShortName> m_name;  // goes away after the database that uses it
    std::unique_ptr<sqlite3, Close> m_handle;
    std::map<std::string, PreparedStatement, std::less<>> m_idle;  // by their text
};

// What is read inside comes from one state of the database.
class ReadTransaction {
public:
    explicit ReadTransaction(Database& database);
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;
    ~ReadTransaction();

private:
    Database& m_database;
};

// Takes the write lock at once, so that what is read inside stays true until commit(). Rolls back otherwise.
class Transaction {
public:
    explicit Transaction(Database& database);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

private:
    Database* m_database;
};

}  // namespace opentraces::db
