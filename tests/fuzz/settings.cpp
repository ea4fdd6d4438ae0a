// Settings of a project are refused with a documented error, or can be saved and read again as they are.
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/project.hpp"
#include "opentraces/store/registry.hpp"
#include "opentraces/store/user_config.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct Folder {
    Folder() {
        if (std::filesystem::exists("/dev/shm")) path.replace(0, std::string_view("/tmp").size(), "/dev/shm");
        require(::mkdtemp(path.data()) != nullptr);
        disk->make_directories(store::project_folder(path), 0700);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path = "/tmp/opentraces-fuzz-XXXXXX";
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
};

bool refused(const Error& error) {
    return error.code() == ErrorCode::SettingsUnreadable || error.code() == ErrorCode::ConfigInvalid;
}

void read_project(Folder& folder) {
    try {
        const store::ProjectConfig config = store::load_project(folder.path, *folder.disk);
        store::save_project(folder.path, config, *folder.disk);
        const store::ProjectConfig again = store::load_project(folder.path, *folder.disk);
        require(again.agents == config.agents && again.review_policy == config.review_policy &&
                again.visibility == config.visibility && again.remotes.size() == config.remotes.size() &&
                again.written.gitignore_added == config.written.gitignore_added);
    } catch (const Error& error) {
        require(refused(error));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Folder folder;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string path = store::in_project(folder.path, store::k_settings_file);
    folder.disk->replace(path, text);
    try {
        store::load_user_config(store::project_folder(folder.path), *folder.disk);
    } catch (const Error& error) {
        require(refused(error));
    }
    read_project(folder);
    require(store::find_project_root(folder.path, "/nowhere", *folder.disk).value_or(folder.path) ==
            folder.path);
    return 0;
}
