#include "shard_download.hpp"

#include <memory>

#include "shard_copy.hpp"

namespace opentraces::flow {

json::ByteSource download_shard(hub::Remote& remote, const std::string& head, const hub::RemoteFile& file,
                                fs::Disk& disk, const std::string& folder) {
    const auto copy = std::make_shared<const ShardCopy>(remote, head, file, disk, folder);
    return [copy, bytes = copy->open()](char* buffer, std::size_t size) { return bytes(buffer, size); };
}

}  // namespace opentraces::flow
