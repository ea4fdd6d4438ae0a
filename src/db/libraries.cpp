#include "opentraces/db/libraries.hpp"

#include <sqlite3.h>

namespace opentraces::db {

std::vector<Library> libraries() {
    return {{"SQLite", sqlite3_libversion()}};
}

}  // namespace opentraces::db
