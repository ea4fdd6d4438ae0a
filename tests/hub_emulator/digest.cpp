#include "digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace hub_emulator {
namespace {

constexpr std::string_view k_hex = "0123456789abcdef";
constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_hex(const unsigned char* bytes, std::size_t count) {
    std::string hex;
    hex.reserve(count * 2);
    for (std::size_t i = 0; i < count; ++i) {
        hex += k_hex[bytes[i] >> 4];
        hex += k_hex[bytes[i] & 15];
    }
    return hex;
}

std::string digest_hex(const EVP_MD* kind, std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, kind, nullptr) != 1) {
        throw std::runtime_error("digest failed");
    }
    return to_hex(digest.data(), length);
}

std::string git_object_oid(std::string_view kind, std::string_view body) {
    std::string object(kind);
    object += ' ';
    object += std::to_string(body.size());
    object += '\0';
    object += body;
    return sha1_hex(object);
}

struct TreeEntry {
    std::string name;
    bool is_folder = false;
    std::string oid;
    // git sorts folders as if their name ended in a slash.
    std::string sort_key() const { return is_folder ? name + "/" : name; }
};

std::string tree_oid(std::vector<TreeEntry> entries) {
    std::sort(entries.begin(), entries.end(),
              [](const TreeEntry& a, const TreeEntry& b) { return a.sort_key() < b.sort_key(); });
    std::string body;
    for (const auto& entry : entries) {
        body += entry.is_folder ? "40000 " : "100644 ";
        body += entry.name;
        body += '\0';
        body += from_hex(entry.oid);
    }
    return git_object_oid("tree", body);
}

using FolderEntries = std::map<std::string, std::vector<TreeEntry>>;

// Adds the folder and its ancestors.
void add_folders(FolderEntries& folders, const std::string& path) {
    if (folders.count(path) != 0) {
        return;
    }
    folders[path];
    if (!path.empty()) {
        const auto slash = path.rfind('/');
        add_folders(folders, slash == std::string::npos ? "" : path.substr(0, slash));
    }
}

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ (0xedb88320U & (0U - (crc & 1U)));
        }
    }
    return ~crc;
}

void append_little_endian(std::string& out, std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) {
        out += static_cast<char>((value >> (8 * i)) & 0xffU);
    }
}

std::array<int, 256> base64_table() {
    std::array<int, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < k_base64.size(); ++i) {
        table[static_cast<unsigned char>(k_base64[i])] = static_cast<int>(i);
    }
    return table;
}

int hex_digit(char c) {
    const auto at = k_hex.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string sha1_hex(std::string_view bytes) {
    return digest_hex(EVP_sha1(), bytes);
}
std::string sha256_hex(std::string_view bytes) {
    return digest_hex(EVP_sha256(), bytes);
}
std::string md5_hex(std::string_view bytes) {
    return digest_hex(EVP_md5(), bytes);
}

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(hex_digit(hex[i]) * 16 + hex_digit(hex[i + 1]));
    }
    return bytes;
}

bool base64_decode(std::string_view text, std::string& bytes) {
    static const auto table = base64_table();
    bytes.clear();
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    int bits = 0;
    std::size_t symbols = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        if (c == '\n' || c == '\r') {
            continue;
        }
        if (c == '=') {
            ++padding;
            continue;
        }
        const int value = table[static_cast<unsigned char>(c)];
        if (value < 0 || padding != 0) {
            return false;
        }
        ++symbols;
        group = ((group << 6) | static_cast<std::uint32_t>(value)) & 0xffffffU;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((group >> bits) & 0xffU);
        }
    }
    return padding <= 2 && (symbols + padding) % 4 == 0 && symbols % 4 != 1;
}

std::string base64_encode(std::string_view bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = (group << 8) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            text += i + k > bytes.size() ? '=' : k_base64[(group >> (18 - 6 * k)) & 63U];
        }
    }
    return text;
}

std::string git_blob_oid(std::string_view bytes) {
    return git_object_oid("blob", bytes);
}

std::string lfs_pointer(const std::string& sha256, std::uint64_t size) {
    return "version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256 + "\nsize " +
           std::to_string(size) + "\n";
}

std::map<std::string, std::string> git_tree_oids(const std::map<std::string, std::string>& blobs) {
    FolderEntries folders;
    add_folders(folders, "");
    for (const auto& [path, oid] : blobs) {
        const auto slash = path.rfind('/');
        const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
        add_folders(folders, folder);
        folders[folder].push_back({slash == std::string::npos ? path : path.substr(slash + 1), false, oid});
    }
    std::map<std::string, std::string> oids;
    // A folder sorts before its contents, so the reverse order meets children first.
    for (auto it = folders.rbegin(); it != folders.rend(); ++it) {
        const std::string& path = it->first;
        oids[path] = tree_oid(it->second);
        if (!path.empty()) {
            const auto slash = path.rfind('/');
            const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
            folders[parent].push_back(
                {slash == std::string::npos ? path : path.substr(slash + 1), true, oids[path]});
        }
    }
    return oids;
}

std::string git_commit_oid(const GitCommit& commit) {
    const std::string who = commit.author + " <" + commit.author + "@users.noreply> " +
                            std::to_string(commit.seconds) + " +0000\n";
    std::string body = "tree " + commit.tree + "\n";
    if (!commit.parent.empty()) {
        body += "parent " + commit.parent + "\n";
    }
    body += "author " + who + "committer " + who + "\n" + commit.message;
    return git_object_oid("commit", body);
}

std::string gzip_stored(std::string_view bytes) {
    constexpr std::size_t k_block = 65535;
    std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
    std::size_t at = 0;
    do {
        const auto length = std::min(k_block, bytes.size() - at);
        out += at + length == bytes.size() ? '\1' : '\0';
        append_little_endian(out, static_cast<std::uint32_t>(length), 2);
        append_little_endian(out, static_cast<std::uint32_t>(length) ^ 0xffffU, 2);
        out += bytes.substr(at, length);
        at += length;
    } while (at < bytes.size());
    append_little_endian(out, crc32(bytes), 4);
    append_little_endian(out, static_cast<std::uint32_t>(bytes.size()), 4);
    return out;
}

}  // namespace hub_emulator
