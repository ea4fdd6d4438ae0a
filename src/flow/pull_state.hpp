// What a folder was pulled from, and which of its files are as they were pulled.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {

inline constexpr std::string_view k_pull_folder = ".opentraces-pull";

struct PulledFile {
    std::string remote_digest;  // of the shard
    std::string sha256;         // of the file here, which a filter makes another one
    std::int64_t traces = 0;
};

struct PullState {
    std::string dataset;
    std::string filter;
    std::map<std::string, PulledFile> files;  // by path in the dataset
};

// Empty if there is none. CorruptStore if it cannot be read.
PullState read_pull_state(const std::string& folder, fs::Disk& disk);
void write_pull_state(const std::string& folder, const PullState& state, fs::Disk& disk);

}  // namespace opentraces::flow
