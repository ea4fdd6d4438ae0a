// Shards of a remote as byte sources: copied to a private file first, because a digest that does not fit
// shows only at the end.
#pragma once

#include <string>

#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::flow {

// The folder is two below the project's (store/layout.hpp). The copy goes when the source does.
json::ByteSource download_shard(hub::Remote& remote, const std::string& head, const hub::RemoteFile& file,
                                fs::Disk& disk, const std::string& folder);

}  // namespace opentraces::flow
