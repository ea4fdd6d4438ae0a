// Chats of Cursor's command line: chats/<hash>/<id>/store.db, tables blobs and meta. A blob is a message in
// JSON or a node (protobuf) that names others by their ids; "latestRootBlobId" in meta says where to begin.
#pragma once

#include <string>

#include "opentraces/capture/agent.hpp"
#include "opentraces/db/sqlite.hpp"

namespace opentraces::capture::cursor {

struct StoreFacts {
    bool is_store = false;
    json::Value meta;    // agentId, name, mode, createdAt, lastUsedModel, latestRootBlobId
    std::string folder;  // that it was begun in, as its root says
};
StoreFacts store_facts(db::Database& database);
// Refused, or with a record that is not yet finished. `beside` is meta.json's content, or null.
void read_store(db::Database& database, const json::Value& beside, std::string_view reader_version,
                ParsedSession& parsed);

}  // namespace opentraces::capture::cursor
