// What a folder was pulled from, and which of its files are as they were pulled.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {

inline constexpr std::string_view k_pull_folder = ".opentraces-pull";

// Written down before the file gets its name, so that a program that is killed in between knows the file for
// its own: what lies there is this one, or the one before it, or nothing.
struct PulledFile {
    std::string remote_digest;  // of the shard
    std::string sha256;         // of the file here, which a filter makes another one
    std::string before;         // SHA-256 of the file that this one replaces; empty: there is none
    std::int64_t traces = 0;
    std::int64_t untold = 0;  // problems that were found in it and not reported to the end yet
};

struct PullState {
    std::string dataset;
    std::string filter;
    std::map<std::string, PulledFile> files;  // by path in the dataset
};

// The path of a shard whose name is not too long for a file here.
bool is_local_shard_name(std::string_view path);

// Empty if there is none. CorruptStore if it cannot be read or names what is no shard.
PullState read_pull_state(const std::string& folder, fs::Disk& disk);
void write_pull_state(const std::string& folder, const PullState& state, fs::Disk& disk);

}  // namespace opentraces::flow
