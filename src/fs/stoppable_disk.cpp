#include "opentraces/fs/stoppable_disk.hpp"

#include <charconv>
#include <utility>

#include "fs/forwarding_disk.hpp"

namespace opentraces::fs {
namespace {

// -1 for an ordinary file.
int descriptor_named(const std::string& path) {
    if (!names_own_descriptor(path)) return -1;
    const std::string name = file_name(path);
    if (name == "stdin") return 0;
    int number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    return number;
}

class StoppableFile final : public ReadFile {
public:
    StoppableFile(std::unique_ptr<ReadFile> inner, Checkpoint& checkpoint, int descriptor)
        : m_inner(std::move(inner)), m_checkpoint(checkpoint), m_descriptor(descriptor) {}

    std::size_t read(char* buffer, std::size_t size) override {
        if (m_descriptor >= 0) m_checkpoint.wait_readable(m_descriptor);
        m_checkpoint.check();
        return m_inner->read(buffer, size);
    }
    void seek(std::uint64_t offset) override { m_inner->seek(offset); }

private:
    std::unique_ptr<ReadFile> m_inner;
    Checkpoint& m_checkpoint;
    int m_descriptor;
};

class StoppableDisk final : public ForwardingDisk {
public:
    StoppableDisk(Disk& inner, Checkpoint& checkpoint, std::unique_ptr<Disk> owned = nullptr)
        : ForwardingDisk(inner), m_checkpoint(checkpoint), m_owned(std::move(owned)) {}

    std::unique_ptr<Disk> beneath(const std::string& root) override {
        std::unique_ptr<Disk> below = inner().beneath(root);
        Disk& disk = *below;
        return std::make_unique<StoppableDisk>(disk, m_checkpoint, std::move(below));
    }
    std::unique_ptr<ReadFile> open(const std::string& path) override {
        m_checkpoint.check();
        return std::make_unique<StoppableFile>(inner().open(path), m_checkpoint, descriptor_named(path));
    }
    std::vector<FileInfo> list(const std::string& path) override {
        m_checkpoint.check();
        return inner().list(path);
    }
    std::vector<std::string> names(const std::string& path) override {
        m_checkpoint.check();
        return inner().names(path);
    }

private:
    Checkpoint& m_checkpoint;
    std::unique_ptr<Disk> m_owned;
};

}  // namespace

std::unique_ptr<Disk> stoppable_disk(Disk& inner, Checkpoint& checkpoint) {
    return std::make_unique<StoppableDisk>(inner, checkpoint);
}

}  // namespace opentraces::fs
