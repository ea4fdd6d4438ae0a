#include "cli/dataset_memory.hpp"

#include "cli/project_context.hpp"
#include "cli/standard_input.hpp"
#include "opentraces/fs/scratch_disk.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::cli {

DatasetMemory open_dataset_memory(Context& context) {
    DatasetMemory memory;
    fs::Disk& disk = context.ports.disk;
    const auto root = present_project(context);
    memory.config = settings_in_force(context, root).settings.project;
    if (root) {
        memory.folder = *root;
    } else {
        // Nothing can be there.
        memory.folder = "/dev/null/opentraces-dataset";
        memory.scratch = fs::scratch_disk(disk, memory.folder, storage_folder(context.ports.environment));
    }
    flow::Ports& ports = context.ports;
    memory.ports.reset(new flow::Ports{root ? disk : *memory.scratch, ports.clock, ports.ids, ports.transport,
                                       ports.environment});
    // What does not exist is opened as an empty store in memory.
    const auto open = root ? store::Store::open : store::Store::open_for_reading;
    memory.store = open(memory.folder, memory.ports->disk, ports.clock);
    memory.downloads = store::in_project(memory.folder, store::k_downloads_folder);
    return memory;
}

}  // namespace opentraces::cli
