#include "shard_download.hpp"

#include <memory>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::flow {
namespace {

constexpr int k_tries = 3;

class Copy {
public:
    Copy(fs::Disk& disk, const std::string& folder, const std::string& name)
        : m_disk(disk.beneath(fs::parent(fs::parent(folder)))), m_path(fs::join(folder, name)) {
        m_disk->make_directories(folder, 0700);
    }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;
    ~Copy() { m_disk->remove(m_path); }

    void fetch(hub::Remote& remote, const std::string& head, const hub::RemoteFile& file) {
        const auto out = m_disk->create(m_path, 0600);
        remote.read(head, file, 0, [&](std::string_view bytes) { out->write(bytes); });
        out->commit();
    }

    std::size_t read(char* buffer, std::size_t size) {
        if (!m_file) m_file = m_disk->open(m_path);
        return m_file->read(buffer, size);
    }

private:
    std::unique_ptr<fs::Disk> m_disk;  // confined to the project
    std::string m_path;
    std::unique_ptr<fs::ReadFile> m_file;
};

}  // namespace

json::ByteSource download_shard(hub::Remote& remote, const std::string& head, const hub::RemoteFile& file,
                                fs::Disk& disk, const std::string& folder) {
    auto copy = std::make_shared<Copy>(disk, folder, sha256_hex(file.path) + ".scored");
    for (int attempt = 1;; ++attempt) {
        try {
            copy->fetch(remote, head, file);
            break;
        } catch (const Error& error) {
            // Damaged on the way: the next copy may be whole.
            if (error.code() != ErrorCode::ShardUnavailable || attempt == k_tries) throw;
        }
    }
    return [copy](char* buffer, std::size_t size) { return copy->read(buffer, size); };
}

}  // namespace opentraces::flow
