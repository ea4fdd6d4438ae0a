#include "opentraces/store/guard.hpp"

#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"
#include "store/own_files.hpp"

namespace opentraces::store {

namespace {

class Guard {
public:
    explicit Guard(fs::Disk& confined) : m_disk(confined) {}

    void file(const std::string& path) {
        need_own_file(path, m_disk);
        close(path, 0600);
    }
    void folder(const std::string& path) {
        need_own_folder(path, m_disk);
        close(path, 0700);
    }
    std::vector<std::string> sentences;

private:
    void close(const std::string& path, unsigned mode) {
        try {
            if (narrow(path, mode, m_disk)) sentences.push_back(path + " was open to others; now it is not");
        } catch (const Error& error) {
            if (error.code() != ErrorCode::DiskFailed) throw;
            // Reading goes on where nothing can be changed.
            sentences.push_back(path + " is open to others, and its permissions cannot be changed");
        }
    }

    fs::Disk& m_disk;
};

}  // namespace

std::vector<std::string> guard_project(const std::string& root, fs::Disk& disk) {
    const std::unique_ptr<fs::Disk> inside = disk.beneath(root);
    Guard guard(*inside);
    guard.folder(project_folder(root));
    for (const std::string_view name : {k_traces_folder, k_pending_folder})
        guard.folder(in_project(root, name));
    for (const std::string_view name : {k_settings_file, k_secret_file, k_database_file})
        guard.file(in_project(root, name));
    return guard.sentences;
}

std::vector<std::string> guard_user_folder(const std::string& user_folder, fs::Disk& disk) {
    const auto found = disk.info(user_folder);
    if (!found) return {};
    const std::unique_ptr<fs::Disk> inside = disk.beneath(user_folder);
    Guard guard(*inside);
    guard.folder(user_folder);
    for (const std::string_view name :
         {k_settings_file, k_pseudonym_key_file, k_credentials_file, k_writer_key_file})
        guard.file(fs::join(user_folder, name));
    const std::string projects = fs::join(user_folder, k_projects_folder);
    guard.folder(projects);
    for (const fs::FileInfo& registration : inside->list(projects))
        guard.file(registration.path);
    return guard.sentences;
}

}  // namespace opentraces::store
