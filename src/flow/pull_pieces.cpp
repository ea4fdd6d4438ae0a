#include "flow/pull_pieces.hpp"

#include <fmt/format.h>

#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"

namespace opentraces::flow {
namespace {

// What a killed program loses at most.
constexpr std::uint64_t k_piece = std::uint64_t{8} << 20;
constexpr std::size_t k_name_digits = 32;
constexpr std::size_t k_offset_digits = 20;

}  // namespace

bool is_piece_name(std::string_view name) {
    if (name.size() != k_name_digits + 1 + k_offset_digits || name[k_name_digits] != '-') return false;
    return is_lower_hex(name.substr(0, k_name_digits), k_name_digits) &&
           name.substr(k_name_digits + 1).find_first_not_of("0123456789") == name.npos;
}

DownloadPieces::DownloadPieces(fs::Disk& disk, std::string folder, const hub::RemoteFile& file)
    : m_disk(disk),
      m_folder(std::move(folder)),
      m_file(file),
      m_name(sha256_hex(file.path + '\n' + file.digest).substr(0, k_name_digits)) {
    find();
}

std::string DownloadPieces::path_at(std::uint64_t offset) const {
    return fs::join(m_folder, fmt::format("{}-{:0{}}", m_name, offset, k_offset_digits));
}

void DownloadPieces::find() {
    while (m_size < m_file.size) {
        const auto info = m_disk.info(path_at(m_size));
        if (!info || info->size == 0) return;
        m_pieces.push_back({path_at(m_size), info->size});
        m_size += info->size;
    }
}

void DownloadPieces::fetch(hub::Remote& remote, const std::string& head,
                           const std::function<void(std::uint64_t)>& arriving) {
    if (m_size >= m_file.size) return;
    try {
        remote.read(head, m_file, m_size, [&](std::string_view bytes) {
            write(bytes);
            if (arriving) arriving(m_size + m_growing.size);
        });
    } catch (...) {
        finish_piece();
        throw;
    }
    finish_piece();
}

void DownloadPieces::write(std::string_view bytes) {
    if (!m_out) {
        m_growing = {path_at(m_size), 0};
        m_out = m_disk.create(m_growing.path, 0600);
    }
    m_out->write(bytes);
    m_growing.size += bytes.size();
    if (m_growing.size >= k_piece) finish_piece();
}

void DownloadPieces::finish_piece() {
    if (!m_out) return;
    const auto out = std::exchange(m_out, nullptr);
    out->commit();
    m_size += m_growing.size;
    m_pieces.push_back(std::exchange(m_growing, {}));
}

json::ByteSource DownloadPieces::open() const {
    struct Reading {
        std::vector<Piece> pieces;
        std::size_t next = 0;
        std::unique_ptr<fs::ReadFile> file;
    };
    auto reading = std::make_shared<Reading>();
    reading->pieces = m_pieces;
    return [reading, &disk = m_disk](char* buffer, std::size_t size) -> std::size_t {
        for (;;) {
            if (reading->file) {
                if (const std::size_t count = reading->file->read(buffer, size)) return count;
            }
            if (reading->next == reading->pieces.size()) return 0;
            reading->file = disk.open(reading->pieces[reading->next++].path);
        }
    };
}

void DownloadPieces::remove() {
    for (const Piece& piece : m_pieces)
        m_disk.remove(piece.path);
    m_pieces.clear();
    m_size = 0;
}

}  // namespace opentraces::flow
