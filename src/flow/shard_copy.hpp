// A shard of a dataset on this disk, for as long as it is looked at.
#pragma once

#include <string>

#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::flow {

class ShardCopy {
public:
    // Downloads; what arrives damaged is asked for again. Errors of the remote, ShardUnavailable.
    ShardCopy(hub::Remote& remote, const std::string& head, const hub::RemoteFile& file, fs::Disk& disk,
              const std::string& folder);
    ~ShardCopy();
    ShardCopy(const ShardCopy&) = delete;
    ShardCopy& operator=(const ShardCopy&) = delete;

    json::ByteSource open() const;

private:
    fs::Disk& m_disk;
    std::string m_path;
};

}  // namespace opentraces::flow
