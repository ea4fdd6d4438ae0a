#include "capture/databases.hpp"

#include <string>

#include "capture/verdict.hpp"

namespace opentraces::capture {
namespace {
constexpr std::string_view k_magic("SQLite format 3\0", 16);
}

bool starts_with_database(const std::string& path, Sources& sources) {
    return sources.head(path).starts_with(k_magic);
}

bool has_tables(db::Database& database, std::initializer_list<std::string_view> tables) {
    std::string names;
    for (const std::string_view table : tables)
        names.append(names.empty() ? "'" : ", '").append(table).append("'");
    return database.query_integer(
               "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name IN (" +
               names + ")") == static_cast<std::int64_t>(tables.size());
}

bool has_column(db::Database& database, std::string_view table, std::string_view column) {
    db::Statement found(database, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
    return found.bind(std::string(table)).bind(std::string(column)).next();
}

bool is_database_with(std::initializer_list<std::string_view> tables, const std::string& path,
                      Sources& sources) {
    if (!starts_with_database(path, sources)) return false;
    try {
        return from_snapshot("the agent", path, sources.disk(),
                             [&](db::Database& database) { return has_tables(database, tables); });
    } catch (const Error& error) {
        if (error.code() != ErrorCode::CorruptSession) throw;
        return false;
    }
}

void refuse_database(std::string_view agent, const std::string& path, const std::string& reason,
                     bool (*is_ours)(db::Database& database), Sources& sources, ParsedSession& parsed) {
    try {
        if (from_snapshot(agent, path, sources.disk(), is_ours)) throw_changing(agent, path);
        refuse(parsed, reason);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::CorruptSession) throw;
        refuse(parsed, error.message());
    }
}

void throw_changing(std::string_view agent, const std::string& path) {
    throw Error(ErrorCode::CorruptSession, "cannot read " + path + ": it changes all the time",
                "Try again when " + std::string(agent) + " is not running.");
}

}  // namespace opentraces::capture
