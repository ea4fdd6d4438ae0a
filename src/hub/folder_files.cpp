#include "hub/folder_files.hpp"

#include <algorithm>

#include "hub/folder_remote.hpp"

namespace opentraces::hub {
namespace {

// Its zeros must not cost more than a small file.
constexpr std::size_t k_piece = std::size_t{1} << 16;
constexpr std::size_t k_most_digits = 9;

}  // namespace

ListedDigest::ListedDigest(bool large, std::uint64_t size) {
    if (!large) m_git_blob.emplace(size);
}

void ListedDigest::update(std::string_view bytes) {
    m_git_blob ? m_git_blob->update(bytes) : m_sha256.update(bytes);
}

std::string ListedDigest::finish_hex() {
    return m_git_blob ? m_git_blob->finish_hex() : m_sha256.finish_hex();
}

void stream(fs::Disk& disk, const std::string& path, const std::function<void(std::string_view)>& sink) {
    std::string piece(k_piece, '\0');
    const auto file = disk.open(path);
    while (const std::size_t got = file->read(piece.data(), piece.size()))
        sink(std::string_view(piece).substr(0, got));
}

FileState state_of(fs::Disk& disk, const std::string& path) {
    FileState state;
    Sha256 hash;
    stream(disk, path, [&](std::string_view bytes) {
        hash.update(bytes);
        state.size += bytes.size();
    });
    state.sha256 = hash.finish_hex();
    return state;
}

FileState state_of(std::string_view bytes) {
    return {bytes.size(), sha256_hex(bytes)};
}

std::string state_folder(const std::string& folder) {
    return fs::join(folder, k_folder_state);
}

unsigned mode_of_folders(fs::Disk& inside, const std::string& folder) {
    constexpr unsigned k_sticky = 01000;
    constexpr unsigned k_others_write = 0022;
    const auto about = inside.info(folder);
    if (!about) return 0755;
    return about->mode & 0777 & ~((about->mode & k_sticky) != 0 ? k_others_write : 0);
}

std::string journal_path(const std::string& folder) {
    return fs::join(state_folder(folder), "journal.json");
}

std::string staging_folder(const std::string& folder) {
    return fs::join(state_folder(folder), "staging");
}

bool is_staged_name(std::string_view name) {
    return !name.empty() && name.size() <= k_most_digits && (name == "0" || name.front() != '0') &&
           std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace opentraces::hub
