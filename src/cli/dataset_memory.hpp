// What is remembered of datasets, for commands that need no project.
#pragma once

#include <memory>
#include <string>

#include "cli/command.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/store/project.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

// Where datasets are remembered: the project, or nothing that lasts.
struct DatasetMemory {
    std::unique_ptr<fs::Disk> scratch;   // without a project; outlives the store
    std::unique_ptr<flow::Ports> ports;  // with the disk where `folder` is
    std::string folder;
    std::string downloads;  // in it: copies of shards while they are read
    std::unique_ptr<store::Store> store;
    store::ProjectConfig config;  // in force, in the project if there is one
    std::string_view root() const { return scratch ? std::string_view() : std::string_view(folder); }
    dataset::Place place() const { return {*ports, *store, downloads}; }
};
DatasetMemory open_dataset_memory(Context& context);

}  // namespace opentraces::cli
