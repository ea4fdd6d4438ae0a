#include "hub/commit_body.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::hub {
namespace {

// Divisible by 3, so that pieces of base64 can be put together.
constexpr std::size_t k_chunk = std::size_t{3} << 18;

std::string line(std::string_view key, json::Object value) {
    json::Object entry;
    entry.append("key", key);
    entry.append("value", std::move(value));
    return json::write_document(entry) + "\n";
}

}  // namespace

CommitBody::CommitBody(fs::Disk& disk, const CommitRequest& request) : m_disk(disk) {
    json::Object header;
    header.append("summary", request.summary);
    header.append("description", request.description);
    header.append("parentCommit", request.parent);
    add_text(line("header", std::move(header)));
}

void CommitBody::add_text(std::string text) {
    m_size += text.size();
    m_pieces.push_back({std::move(text), {}, 0});
}

void CommitBody::add_regular(const FileChange& change) {
    std::string start = "{\"key\":\"file\",\"value\":{\"path\":";
    start += json::write_document(json::Value(change.path));
    start += ",\"encoding\":\"base64\",\"content\":\"";
    if (change.local_path.empty()) {
        add_text(start + base64(change.content) + "\"}}\n");
        return;
    }
    add_text(std::move(start));
    m_size += (change.size + 2) / 3 * 4;
    m_pieces.push_back({{}, change.local_path, change.size});
    add_text("\"}}\n");
}

void CommitBody::add_large(const std::string& path, const std::string& sha256, std::uint64_t size) {
    json::Object value;
    value.append("path", path);
    value.append("algo", "sha256");
    value.append("oid", sha256);
    value.append("size", size);
    add_text(line("lfsFile", std::move(value)));
}

void CommitBody::add_removal(const std::string& path) {
    json::Object value;
    value.append("path", path);
    add_text(line("deletedFile", std::move(value)));
}

void CommitBody::rewind() {
    m_next = 0;
    m_file.reset();
    m_left = 0;
    m_ready.clear();
    m_taken = 0;
}

std::size_t CommitBody::read(char* buffer, std::size_t size) {
    if (m_taken == m_ready.size() && !fill()) return 0;
    const std::size_t count = std::min(size, m_ready.size() - m_taken);
    std::memcpy(buffer, m_ready.data() + m_taken, count);
    m_taken += count;
    return count;
}

bool CommitBody::fill() {
    m_taken = 0;
    m_ready.clear();
    while (m_ready.empty()) {
        if (m_left > 0) {
            fill_from_file(m_pieces[m_next - 1]);
        } else if (m_next == m_pieces.size()) {
            return false;
        } else if (const Piece& piece = m_pieces[m_next++]; piece.path.empty()) {
            m_ready = piece.text;
        } else {
            m_file = m_disk.open(piece.path);
            m_left = piece.file_size;
        }
    }
    return true;
}

void CommitBody::fill_from_file(const Piece& piece) {
    std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(k_chunk, m_left)), '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const std::size_t got = m_file->read(bytes.data() + filled, bytes.size() - filled);
        if (got == 0)
            throw Error(ErrorCode::DiskFailed, piece.path + " became shorter while it was being sent");
        filled += got;
    }
    m_left -= bytes.size();
    m_ready = base64(bytes);
}

}  // namespace opentraces::hub
