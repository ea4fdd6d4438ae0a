#include "dataset_memory.hpp"

#include "opentraces/store/layout.hpp"
#include "opentraces/store/project.hpp"
#include "project_context.hpp"

namespace opentraces::cli {

DatasetMemory open_dataset_memory(Context& context) {
    DatasetMemory memory;
    fs::Disk& disk = context.ports.disk;
    const Environment& environment = context.ports.environment;
    if (const auto root = present_project(context)) {
        memory.config = store::load_project(*root, disk);
        memory.folder = *root;
    } else {
        memory.folder =
            fs::join(environment.get("TMPDIR").value_or("/tmp"), "opentraces-" + context.ports.ids.hex(16));
        disk.make_directories(store::project_folder(memory.folder), 0700);
        memory.remove_at_end = std::shared_ptr<void>(nullptr, [&disk, folder = memory.folder](void*) {
            store::erase_temporary_project(folder, disk);
        });
    }
    memory.store = store::Store::open(memory.folder, disk, context.ports.clock);
    memory.downloads = store::in_project(memory.folder, store::k_downloads_folder);
    return memory;
}

}  // namespace opentraces::cli
