// A bench whose dataset is in a folder or on a Hub.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "doubles/hub_bench.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/shard/index.hpp"

namespace opentraces::testing {

struct EitherBench : HubBench {
    explicit EitherBench(bool on_hub) : on_hub(on_hub) {}

    std::string remote() const { return on_hub ? repo : place.file("dataset"); }
    std::string read(const std::string& path) const {
        if (on_hub) return hub.file(repo, path);
        std::ifstream in(remote() + "/" + path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    // As somebody else would.
    void write(const std::string& path, const std::string& text) {
        if (on_hub)
            hub.commit_files(repo, {{path, text}}, "alice", "Write " + path);
        else
            project.disk->replace(remote() + "/" + path, text);
    }
    shard::Index index() const {
        shard::Index index;
        index.read(shard::index_path(1), read(shard::index_path(1)));
        return index;
    }

    bool on_hub;
    TemporaryDirectory place;
};

}  // namespace opentraces::testing
