#include "opentraces/db/sqlite.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "db/short_name.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::db {

namespace {

[[noreturn]] void throw_disk(const std::string& path, const std::string& reason,
                             const std::string& hint = {}) {
    throw Error(ErrorCode::DiskFailed, reason + " while using " + path, hint);
}

int open_flags(Access access) {
    switch (access) {
        case Access::Write:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW;
        case Access::Read:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW;
        case Access::Frozen:
            return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_URI;
        case Access::Memory:
            break;
    }
    return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
}

// "immutable" can be said in a URI only (https://www.sqlite.org/uri.html): all but plain letters are encoded.
std::string address(const std::string& path, Access access) {
    if (access != Access::Frozen) return path;
    std::string uri = "file:";
    for (const char c : path) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/';
        if (plain) {
            uri += c;
        } else {
            const auto byte = static_cast<std::uint8_t>(c);
            uri += "%" + hex({&byte, 1});
        }
    }
    return uri + "?immutable=1";
}

}  // namespace

void FinalizeStatement::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}
void Database::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

PreparedStatement Database::take(std::string_view sql) {
    const auto idle = m_idle.find(sql);
    if (idle != m_idle.end()) {
        PreparedStatement statement = std::move(idle->second);
        m_idle.erase(idle);
        return statement;
    }
    sqlite3_stmt* statement = nullptr;
    const int answer = sqlite3_prepare_v3(m_handle.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (answer != SQLITE_OK) throw_error(answer);
    return PreparedStatement(statement);
}

void Database::give_back(PreparedStatement statement) {
    // Answers the error of the last step again; that one has been reported.
    sqlite3_reset(statement.get());
    sqlite3_clear_bindings(statement.get());
    m_idle.insert_or_assign(sqlite3_sql(statement.get()), std::move(statement));
}

Statement::Statement(Database& database, std::string_view sql)
    : m_database(database), m_statement(database.take(sql)) {}

Statement::~Statement() {
    m_database.give_back(std::move(m_statement));
}

void Statement::check(int answer) {
    if (answer != SQLITE_OK && answer != SQLITE_ROW && answer != SQLITE_DONE) m_database.throw_error(answer);
}

Statement& Statement::bind(std::string_view text) {
    // An empty view may have no address, which SQLite would take for NULL.
    const char* const data = text.empty() ? "" : text.data();
    check(
        sqlite3_bind_text64(m_statement.get(), ++m_bound, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(std::int64_t number) {
    check(sqlite3_bind_int64(m_statement.get(), ++m_bound, number));
    return *this;
}

Statement& Statement::bind(std::optional<double> number) {
    ++m_bound;
    check(number ? sqlite3_bind_double(m_statement.get(), m_bound, *number)
                 : sqlite3_bind_null(m_statement.get(), m_bound));
    return *this;
}

Statement& Statement::bind(std::optional<std::int64_t> number) {
    if (number) return bind(*number);
    check(sqlite3_bind_null(m_statement.get(), ++m_bound));
    return *this;
}

Statement& Statement::bind_row(Statement& row, int columns) {
    for (int column = 0; column < columns; ++column)
        check(sqlite3_bind_value(m_statement.get(), ++m_bound,
                                 sqlite3_column_value(row.m_statement.get(), column)));
    return *this;
}

bool Statement::next() {
    m_column = 0;
    const int answer = sqlite3_step(m_statement.get());
    check(answer);
    return answer == SQLITE_ROW;
}

void Statement::run() {
    while (next()) {
    }
}

std::int64_t Statement::changes() const {
    return sqlite3_changes64(m_database.m_handle.get());
}

std::string Statement::text() {
    const int column = m_column++;
    const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(m_statement.get(), column));
    if (bytes == nullptr) return {};
    return std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column)));
}

std::int64_t Statement::integer() {
    return sqlite3_column_int64(m_statement.get(), m_column++);
}

std::optional<double> Statement::real() {
    const int column = m_column++;
    if (sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL) return std::nullopt;
    return sqlite3_column_double(m_statement.get(), column);
}

std::optional<std::int64_t> Statement::optional_integer() {
    const int column = m_column++;
    if (sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL) return std::nullopt;
    return sqlite3_column_int64(m_statement.get(), column);
}

Database::Database(const std::string& path, Access access, Corrupt corrupt)
    : m_path(path), m_corrupt(corrupt), m_name(std::make_unique<ShortName>(path)) {
    open(address(m_name->text(), access), open_flags(access), m_name->vfs());
}

Database::Database(const std::string& path, const char* file_system, Corrupt corrupt)
    : m_path(path), m_corrupt(corrupt), m_foreign(true) {
    // The file system has this one file only.
    open("database", SQLITE_OPEN_READONLY, file_system);
}

Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

void Database::open(const std::string& name, int flags, const char* file_system) {
    sqlite3* handle = nullptr;
    const int answer = sqlite3_open_v2(name.c_str(), &handle, flags, file_system);
    m_handle.reset(handle);
    if (handle == nullptr) throw Error(ErrorCode::Internal, "out of memory while opening " + m_path);
    sqlite3_extended_result_codes(handle, 1);
    if (answer != SQLITE_OK) throw_error(answer);
    distrust();
    set_patience(k_patience_ms);
}

void Database::limit_values(int bytes) {
    sqlite3_limit(m_handle.get(), SQLITE_LIMIT_LENGTH, bytes);
}

std::string Database::serialized() const {
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(
        sqlite3_serialize(m_handle.get(), "main", &size, 0), sqlite3_free);
    if (!bytes) throw Error(ErrorCode::Internal, "out of memory");
    return std::string(reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size));
}

void Database::throw_corrupt(const std::string& reason) const {
    m_corrupt(m_path, reason);
    throw Error(ErrorCode::Internal, reason + " in " + m_path);
}

void Database::distrust() {
    const auto set = [this](int option, int value) {
        const int answer = sqlite3_db_config(m_handle.get(), option, value, nullptr);
        if (answer != SQLITE_OK) throw_error(answer);
    };
    set(SQLITE_DBCONFIG_DEFENSIVE, 1);
    set(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
    // Foreign keys do not need them, although SQLite calls their actions triggers too.
    set(SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
    set(SQLITE_DBCONFIG_ENABLE_VIEW, 0);
    execute("PRAGMA cell_size_check = ON");
}

void Database::set_patience(int milliseconds) {
    sqlite3_busy_timeout(m_handle.get(), milliseconds);
}

void Database::throw_error(int answer) const {
    const std::string reason = sqlite3_errmsg(m_handle.get());
    const int system_reason = sqlite3_system_errno(m_handle.get());
    switch (answer & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        // A row is looked for before it is written, in one transaction: only a damaged index hides it.
        case SQLITE_CONSTRAINT:
            throw_corrupt(reason);
        case SQLITE_FULL:
            throw_disk(m_path, "no space left on device", "Free some space and run the command again.");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw Error(ErrorCode::Locked, "another process is writing to " + m_path);
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_CANTOPEN:
            throw_disk(m_path, "cannot open for writing (" + reason + ")",
                       "Check the owner and the permissions of .opentraces and of the files in it.");
        case SQLITE_IOERR:
            if (system_reason == ENOSPC) {
                throw_disk(m_path, "no space left on device", "Free some space and run the command again.");
            }
            throw_disk(m_path, system_reason == 0 ? reason : std::generic_category().message(system_reason));
        default:
            if (m_foreign) throw_corrupt(reason);
            // The only refusal of a file's header that has no code of its own.
            if (reason == "unsupported file format") throw_corrupt(reason);
            throw Error(ErrorCode::Internal, reason + " in " + m_path);
    }
}

void Database::execute(const std::string& sql) {
    const int answer = sqlite3_exec(m_handle.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (answer != SQLITE_OK) throw_error(answer);
}

void Database::keep_log() {
    // SQLite does not wait for others here, whatever its patience: two processes that change the mode of a
    // new database at once meet as "busy".
    constexpr int k_pause_ms = 5;
    for (int waited = 0;; waited += k_pause_ms) {
        const int answer =
            sqlite3_exec(m_handle.get(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
        if (answer == SQLITE_OK) return;
        if ((answer & 0xff) != SQLITE_BUSY || waited >= k_patience_ms) throw_error(answer);
        sqlite3_sleep(k_pause_ms);
    }
}

std::int64_t Database::query_integer(std::string_view sql) {
    Statement statement(*this, sql);
    return statement.next() ? statement.integer() : 0;
}

std::int64_t Database::last_insert_id() const {
    return sqlite3_last_insert_rowid(m_handle.get());
}

ReadTransaction::ReadTransaction(Database& database) : m_database(database) {
    database.execute("BEGIN");
}

ReadTransaction::~ReadTransaction() {
    sqlite3_exec(m_database.m_handle.get(), "COMMIT", nullptr, nullptr, nullptr);
}

Transaction::Transaction(Database& database) : m_database(&database) {
    database.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (m_database == nullptr) return;
    try {
        m_database->execute("ROLLBACK");
    } catch (const Error&) {
        // SQLite has already rolled back by itself (full disk, I/O error); the first error is the one to
        // report.
    }
}

void Transaction::commit() {
    m_database->execute("COMMIT");
    m_database = nullptr;
}

}  // namespace opentraces::db
