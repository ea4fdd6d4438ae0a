// Sessions in SQLite databases of agents, which may be running: nothing is written or locked, what their
// write-ahead logs hold is seen.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "opentraces/capture/agent.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/db/snapshot.hpp"

namespace opentraces::capture {

// By its first bytes.
bool starts_with_database(const std::string& path, Sources& sources);
// Is it a database with all of these as real tables? (What a view or a virtual table of somebody else does is
// not looked at.) False also for a damaged one. The names are ours: letters, digits and underscores.
bool is_database_with(std::initializer_list<std::string_view> tables, const std::string& path,
                      Sources& sources);
bool has_tables(db::Database& database, std::initializer_list<std::string_view> tables);
// Versions of an agent have other columns.
bool has_column(db::Database& database, std::string_view table, std::string_view column);

// Of a file with the name of an agent's database that was not recognised: refused as `reason` says, or
// because it cannot be read, or is the agent's by now.
void refuse_database(std::string_view agent, const std::string& path, const std::string& reason,
                     bool (*is_ours)(db::Database& database), Sources& sources, ParsedSession& parsed);

[[noreturn]] void throw_changing(std::string_view agent, const std::string& path);

// What `use` answers from one state of the database. Error CorruptSession where it is damaged or changes all
// the time; `agent` is what people call it.
template <class Use>
auto from_snapshot(std::string_view agent, const std::string& path, fs::Disk& disk, const Use& use) {
    constexpr int k_attempts = 3;
    for (int attempt = 1;; ++attempt) {
        db::Snapshot snapshot(path, disk);
        std::optional<decltype(use(snapshot.database()))> answer;
        try {
            answer = use(snapshot.database());
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptSession || snapshot.is_still_true()) throw;
        }
        if (answer && snapshot.is_still_true()) return std::move(*answer);
        if (attempt == k_attempts) throw_changing(agent, path);
    }
}

}  // namespace opentraces::capture
