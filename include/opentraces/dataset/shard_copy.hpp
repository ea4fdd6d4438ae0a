// A shard of a dataset on this disk, for as long as it is looked at.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::dataset {

class ShardCopy {
public:
    // Downloads to the folder, which is two below the project's (store/layout.hpp); what arrives damaged is
    // asked for again. Errors of the remote, ShardUnavailable. `arriving` is called for every piece.
    ShardCopy(hub::Remote& remote, const std::string& head, const hub::RemoteFile& file, fs::Disk& disk,
              const std::string& folder, const std::function<void()>& arriving = {});
    ~ShardCopy();
    ShardCopy(const ShardCopy&) = delete;
    ShardCopy& operator=(const ShardCopy&) = delete;

    json::ByteSource open() const;

private:
    std::unique_ptr<fs::Disk> m_disk;  // confined to the project
    std::string m_path;
};

}  // namespace opentraces::dataset
