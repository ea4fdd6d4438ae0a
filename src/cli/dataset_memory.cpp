#include "dataset_memory.hpp"

#include "opentraces/store/project.hpp"

namespace opentraces::cli {

DatasetMemory open_dataset_memory(Context& context) {
    DatasetMemory memory;
    fs::Disk& disk = context.ports.disk;
    const Environment& environment = context.ports.environment;
    const auto root =
        store::find_project_root(environment.working_directory, environment.opentraces_home(), disk);
    if (root) {
        memory.config = store::load_project(*root, disk);
        memory.folder = *root;
    } else {
        memory.folder =
            fs::join(environment.get("TMPDIR").value_or("/tmp"), "opentraces-" + context.ports.ids.hex(16));
        disk.make_directories(fs::join(memory.folder, ".opentraces"), 0700);
        memory.remove_at_end = std::shared_ptr<void>(nullptr, [&disk, folder = memory.folder](void*) {
            store::remove_project_files(folder, disk);
            disk.remove_matching(folder, [](std::string_view) { return false; });
        });
    }
    memory.store = store::Store::open(memory.folder, disk, context.ports.clock);
    return memory;
}

}  // namespace opentraces::cli
