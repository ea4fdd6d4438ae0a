// Digests, encodings and git object ids, computed as git does.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace hub_emulator {

std::string sha1_hex(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string md5_hex(std::string_view bytes);
std::string from_hex(std::string_view hex);

// Whitespace is skipped; returns false for anything that is not base64.
bool base64_decode(std::string_view text, std::string& bytes);
std::string base64_encode(std::string_view bytes);

std::string git_blob_oid(std::string_view bytes);
// The pointer text of the Git LFS specification, newline-terminated.
std::string lfs_pointer(const std::string& sha256, std::uint64_t size);

// Ids of every folder ("" is the root) of a tree given as path -> blob id.
std::map<std::string, std::string> git_tree_oids(const std::map<std::string, std::string>& blobs);

struct GitCommit {
    std::string tree;
    std::string parent;
    std::string author;
    std::int64_t seconds = 0;
    std::string message;
};
std::string git_commit_oid(const GitCommit& commit);

// One stored-block gzip member (no compression), enough to exercise a decoder.
std::string gzip_stored(std::string_view bytes);

}  // namespace hub_emulator
