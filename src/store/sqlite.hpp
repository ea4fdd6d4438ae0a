// SQLite as the store uses it: whatever is not what the store writes is a corrupt store.
#pragma once

#include <cstdint>
#include <string>

#include "opentraces/core/ids.hpp"
#include "opentraces/db/sqlite.hpp"

namespace opentraces::store {

using db::Access;
using db::k_patience_ms;
using db::ReadTransaction;
using db::Transaction;

// Always throws CorruptStore with the way out.
[[noreturn]] void throw_corrupt_store(const std::string& path, const std::string& reason);

class Database : public db::Database {
public:
    explicit Database(const std::string& path, Access access = Access::Write)
        : db::Database(path, access, throw_corrupt_store) {}
};

class Statement : public db::Statement {
public:
    using db::Statement::Statement;

    // Columns like text(), but CorruptStore unless they are what the store writes: the text of a UUID,
    // lower-case hex digits, a number in this range. Whoever can write the file must not choose the names of
    // files with it.
    TraceId trace_id();
    std::string hex(std::size_t digits);
    std::int64_t number(std::int64_t least, std::int64_t most);
};

}  // namespace opentraces::store
