// A project and a dataset in a folder beside it.
#pragma once

#include <algorithm>

#include "doubles/push_bench.hpp"

namespace opentraces::testing {

struct FolderPushBench {
    NoTransport transport;
    Project project{transport};
    std::string dataset = project.folder.file("dataset");

    flow::PushOptions options() const {
        flow::PushOptions options;
        options.remote = dataset;
        return options;
    }
    std::string file(const std::string& path) { return project.disk->read_all(dataset + "/" + path); }
    std::vector<std::string> shards() {
        std::vector<std::string> paths;
        for (const fs::FileInfo& info : project.disk->list(dataset + "/data"))
            paths.push_back("data/" + fs::file_name(info.path));
        return paths;
    }
    std::int64_t lines() {
        std::int64_t count = 0;
        for (const std::string& path : shards()) {
            const std::string text = file(path);
            count += std::count(text.begin(), text.end(), '\n');
        }
        return count;
    }
};

}  // namespace opentraces::testing
