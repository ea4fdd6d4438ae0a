// Conversations of Cursor's editor: <data>/User/globalStorage/state.vscdb, table cursorDiskKV with
// composerData:<id> and bubbleId:<id>:<bubble>; before 2025 in workspaceStorage/<hash>/state.vscdb, whole in
// two values of table ItemTable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/db/sqlite.hpp"

namespace opentraces::capture::cursor {

struct ComposerRef {
    std::string id;
    std::string project;      // empty where it is not said
    std::string fingerprint;  // other whenever its rows are
};
// Those that have something said in them.
std::vector<ComposerRef> composers_in(db::Database& database);
bool has_conversations(db::Database& database);
// Refused, or with a record that is not yet finished. `folder` is that of the workspace, where it is known.
void read_composer(db::Database& database, const std::string& id, const std::string& folder,
                   std::string_view reader_version, ParsedSession& parsed);

}  // namespace opentraces::capture::cursor
