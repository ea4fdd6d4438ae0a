// Values of rows, read as what they have to be.
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"
#include "store/names.hpp"
#include "store/sqlite.hpp"

namespace opentraces::store {

void throw_corrupt_store(const std::string& path, const std::string& reason) {
    throw Error(ErrorCode::CorruptStore, "cannot trust " + path + ": " + reason,
                "Nothing was changed. Move store.db (with store.db-wal and store.db-shm) aside and run: "
                "opentraces capture. The traces stay in .opentraces/traces and are added again.");
}

TraceId Statement::trace_id() {
    std::string id = text();
    if (!is_trace_id(id)) throw_corrupt_store(database().path(), "a trace id is no UUID");
    return TraceId(std::move(id));
}

std::string Statement::hex(std::size_t digits) {
    std::string value = text();
    if (!is_lower_hex(value, digits))
        throw_corrupt_store(database().path(), "a digest or an id is no digest or id");
    return value;
}

std::int64_t Statement::number(std::int64_t least, std::int64_t most) {
    const std::int64_t value = integer();
    if (value < least || value > most) throw_corrupt_store(database().path(), "a number is out of its range");
    return value;
}

}  // namespace opentraces::store
