#include "opentraces/dataset/shard_copy.hpp"

#include <memory>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::dataset {
namespace {

constexpr int k_download_tries = 3;

}  // namespace

ShardCopy::ShardCopy(hub::Remote& remote, const std::string& head, const hub::RemoteFile& file,
                     fs::Disk& disk, const std::string& folder, const std::function<void()>& arriving)
    : m_disk(disk.beneath(fs::parent(fs::parent(folder)))),
      m_path(fs::join(folder, sha256_hex(file.path) + ".download")) {
    m_disk->make_directories(folder, 0700);
    for (int attempt = 1;; ++attempt) {
        try {
            const auto out = m_disk->create(m_path, 0600);
            remote.read(head, file, 0, [&](std::string_view bytes) {
                out->write(bytes);
                if (arriving) arriving();
            });
            out->commit();
            return;
        } catch (const Error& error) {
            // Damaged on the way: the next copy may be whole.
            if (error.code() != ErrorCode::ShardUnavailable || attempt == k_download_tries) throw;
        }
    }
}

ShardCopy::~ShardCopy() {
    try {
        m_disk->remove(m_path);
    } catch (const Error&) {
        // The copy is in a folder of copies; whoever clears that takes it along.
    }
}

json::ByteSource ShardCopy::open() const {
    std::shared_ptr<fs::ReadFile> file = m_disk->open(m_path);
    return [file](char* buffer, std::size_t size) { return file->read(buffer, size); };
}

}  // namespace opentraces::dataset
