// A raw copy of a session is unpacked below its folder and nowhere else, whoever wrote it, and what was
// unpacked packs to the same again. The first byte says whether the rest is the compressed stream, or what is
// in it: mutations of compressed bytes seldom mean anything.
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doubles/in_memory_disk.hpp"
#include "opentraces/capture/raw_copy.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;

namespace {

constexpr std::size_t k_most_input = std::size_t{64} << 10;
const std::string k_folder = "/copies/one";

void require(bool holds) {
    if (!holds) std::abort();
}

json::ByteSource source_of(const std::string& bytes) {
    return [&bytes, at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        const std::size_t count = bytes.copy(buffer, size, at);
        at += count;
        return count;
    };
}

std::string compressed(std::string_view text) {
    std::string bytes(ZSTD_compressBound(text.size()), '\0');
    bytes.resize(ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), 1));
    return bytes;
}

class TextSink final : public json::Sink {
public:
    void write(std::string_view part) override { text.append(part); }
    std::string text;
};

// Of files, sorted.
std::vector<std::string> files_in(fs::Disk& disk, const std::string& folder) {
    std::vector<std::string> files;
    for (const fs::FileInfo& entry : disk.list(folder)) {
        if (!entry.is_directory()) {
            files.push_back(entry.path);
            continue;
        }
        for (std::string& file : files_in(disk, entry.path))
            files.push_back(std::move(file));
    }
    return files;
}

std::optional<capture::UnpackedSession> unpack(const std::string& stream, fs::Disk& disk) {
    try {
        return capture::unpack_raw_copy(source_of(stream), disk, k_folder);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::CorruptSession || error.code() == ErrorCode::DiskFailed ||
                error.code() == ErrorCode::UnsafePath);
        return std::nullopt;
    }
}

// Where it was unpacked, it is packed and unpacked once more.
void packs_to_the_same(capture::SessionRef session, fs::Disk& disk) {
    const std::vector<std::string> files = files_in(disk, k_folder);
    TextSink packed;
    try {
        capture::write_raw_copy(session, files, disk, packed);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::DiskFailed);  // a name that is no text
        return;
    }
    testing::InMemoryDisk other;
    const auto again = unpack(packed.text, other);
    require(again.has_value());
    require(again->named.locator == session.locator);
    for (const std::string& file : files)
        require(other.read_all(k_folder + file) == disk.read_all(file));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > k_most_input) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string stream = data[0] == 'z' ? std::string(rest) : compressed(rest);
    testing::InMemoryDisk disk;
    disk.make_directories("/copies", 0700);
    const auto session = unpack(stream, disk);
    for (const std::string& file : files_in(disk, "/"))
        require(file.starts_with(k_folder + "/"));
    if (!session) return 0;
    require(session->unpacked.locator == k_folder + session->named.locator);
    require(disk.info(session->unpacked.locator).has_value());
    require(capture::read_raw_head(source_of(stream)).locator == session->named.locator);
    packs_to_the_same(session->unpacked, disk);
    return 0;
}
