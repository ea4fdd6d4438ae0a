#include "store/git_index.hpp"

#include <cstdint>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_largest_index = std::size_t{1} << 30;
constexpr std::size_t k_longest_link_file = std::size_t{64} << 10;
constexpr std::size_t k_header = 12;
constexpr std::size_t k_stat_data = 40;  // times, device, inode, mode, owner, size
constexpr std::size_t k_sha1 = 20;
constexpr std::size_t k_sha256 = 32;
constexpr unsigned k_extended = 0x4000;
constexpr unsigned k_name_length = 0x0FFF;

struct Unreadable {};

class IndexReader {
public:
    IndexReader(std::string_view index, std::string_view folder, std::size_t digest_size)
        : m_index(index), m_folder(folder), m_digest_size(digest_size) {}

    GitIndexFacts read() {
        if (bytes(4) != "DIRC") throw Unreadable{};
        m_version = number(4);
        if (m_version < 2 || m_version > 4) throw Unreadable{};
        for (std::uint64_t left = number(4); left > 0; --left)
            read_entry();
        while (m_index.size() - m_at > m_digest_size)
            read_extension();
        if (m_index.size() - m_at != m_digest_size) throw Unreadable{};
        return m_facts;
    }

private:
    std::string_view bytes(std::size_t count) {
        if (count > m_index.size() - m_at) throw Unreadable{};
        m_at += count;
        return m_index.substr(m_at - count, count);
    }

    std::uint64_t number(std::size_t count) {
        std::uint64_t value = 0;
        for (const char c : bytes(count))
            value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }

    std::string_view text() {
        const std::size_t end = m_index.find('\0', m_at);
        if (end == std::string_view::npos) throw Unreadable{};
        const std::string_view found = m_index.substr(m_at, end - m_at);
        m_at = end + 1;
        return found;
    }

    // The offset encoding of pack files: each continued byte stands for one more than its bits say.
    std::size_t variable_number() {
        std::uint64_t byte = number(1);
        std::uint64_t value = byte & 0x7F;
        while ((byte & 0x80) != 0) {
            if (value > m_index.size()) throw Unreadable{};
            byte = number(1);
            value = (value + 1) << 7 | (byte & 0x7F);
        }
        return value;
    }

    void read_entry() {
        const std::size_t begin = m_at;
        bytes(k_stat_data + m_digest_size);
        const std::uint64_t flags = number(2);
        if ((flags & k_extended) != 0) {
            if (m_version == 2) throw Unreadable{};
            bytes(2);
        }
        if (m_version == 4) {
            const std::size_t dropped = variable_number();
            if (dropped > m_name.size()) throw Unreadable{};
            m_name.resize(m_name.size() - dropped);
            m_name += text();
        } else {
            m_name = text();
            // Up to a multiple of eight, with at least the zero that ends the name.
            const std::size_t padded = (m_at - begin + 7) / 8 * 8;
            if (bytes(begin + padded - m_at).find_first_not_of('\0') != std::string_view::npos)
                throw Unreadable{};
        }
        const std::uint64_t length = flags & k_name_length;
        if (length == k_name_length ? m_name.size() < length : m_name.size() != length) throw Unreadable{};
        const std::string_view name = m_name;
        if (name.starts_with(m_folder) && (name.size() == m_folder.size() || name[m_folder.size()] == '/'))
            m_facts.tracked = true;
    }

    // A name in small letters changes what the entries mean: those that are not known make the index
    // unreadable.
    void read_extension() {
        const std::string_view name = bytes(4);
        const std::string_view content = bytes(number(4));
        if (name == "link") {
            if (content.size() < m_digest_size) throw Unreadable{};
            const std::string_view digest = content.substr(0, m_digest_size);
            // Zeros stand for none.
            if (digest.find_first_not_of('\0') == std::string_view::npos) return;
            for (const char c : digest) {
                const auto byte = static_cast<std::uint8_t>(c);
                m_facts.shared_index += hex({&byte, 1});
            }
        } else if (name != "sdir" && (name.front() < 'A' || name.front() > 'Z')) {
            throw Unreadable{};
        }
    }

    std::string_view m_index;
    std::string_view m_folder;
    std::size_t m_digest_size;
    std::size_t m_at = 0;
    std::uint64_t m_version = 0;
    std::string m_name;
    GitIndexFacts m_facts;
};

[[noreturn]] void throw_unreadable(const std::string& path) {
    throw Error(ErrorCode::UntrustedProject,
                "the git index " + path + " cannot be read, so what it tracks is not known",
                "Repair it, or write it in a known version: git update-index --index-version 4");
}

// A `.git` that is a file says where a worktree or a submodule has its git folder.
std::string git_folder(const std::string& dot_git, fs::Disk& disk) {
    constexpr std::string_view k_label = "gitdir:";
    const std::string text = disk.read_all(dot_git, k_longest_link_file);
    if (!text.starts_with(k_label)) throw_unreadable(dot_git);
    return fs::absolute(trim(std::string_view(text).substr(k_label.size())), fs::parent(dot_git));
}

bool index_tracks(const std::string& git, const std::string& folder, fs::Disk& disk) {
    std::string path = fs::join(git, "index");
    // An index may be split in two, not in more.
    for (int part = 0; part < 2; ++part) {
        if (!disk.info(path)) {
            if (part == 0) return false;
            throw_unreadable(path);
        }
        const auto facts = read_git_index(disk.read_all(path, k_largest_index), folder);
        if (!facts) throw_unreadable(path);
        if (facts->tracked) return true;
        if (facts->shared_index.empty()) return false;
        path = fs::join(git, "sharedindex." + facts->shared_index);
    }
    throw_unreadable(path);
}

}  // namespace

std::optional<GitIndexFacts> read_git_index(std::string_view index, std::string_view folder) {
    // The kind of digest is said in the configuration of the repository only; with the wrong one no entry
    // fits.
    for (const std::size_t digest_size : {k_sha1, k_sha256}) {
        try {
            if (index.size() < k_header + digest_size) continue;
            return IndexReader(index, folder, digest_size).read();
        } catch (const Unreadable&) {
        }
    }
    return std::nullopt;
}

std::optional<std::string> tracking_index(const std::string& root, std::string_view folder, fs::Disk& disk) {
    std::string relative(folder);
    for (std::string at = root;; at = fs::parent(at)) {
        const std::string dot_git = fs::join(at, ".git");
        if (const auto found = disk.info(dot_git)) {
            const std::string git = found->is_directory() ? dot_git : git_folder(dot_git, disk);
            if (index_tracks(git, relative, disk)) return fs::join(git, "index");
        }
        if (at == "/") return std::nullopt;
        relative = fs::join(fs::file_name(at), relative);
    }
}

}  // namespace opentraces::store
