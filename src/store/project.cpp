#include "opentraces/store/project.hpp"

#include <algorithm>

#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/project_file.hpp"
#include "store/erase.hpp"
#include "store/git_ignore.hpp"
#include "store/own_files.hpp"
#include "store/schema.hpp"
#include "store/setting_values.hpp"

namespace opentraces::store {

namespace {

std::string config_path(const std::string& root) {
    return in_project(root, k_settings_file);
}

// A user folder has a config.json too. What cannot be read counts as a project, so that it is reported.
bool holds_project(const std::string& root, fs::Disk& disk) {
    const std::string path = config_path(root);
    if (!disk.info(path)) return false;
    try {
        const SettingsFile file(path, disk);
        return file.has("agents") || file.has("review_policy") || file.has("remotes") || file.has("remote");
    } catch (const Error& error) {
        if (error.code() != ErrorCode::SettingsUnreadable) throw;
        return true;
    }
}

bool same_folder(const std::string& a, const std::string& b, fs::Disk& disk) {
    if (a == b) return true;
    const auto left = disk.info(a);
    const auto right = disk.info(b);
    // One of the two paths may lead through a symbolic link.
    return left && right && left->inode == right->inode && left->device == right->device;
}

std::string read_if_there(const ProjectFile& file) {
    return file.disk->info(file.path) ? file.disk->read_all(file.path) : std::string();
}

void replace_keeping_mode(const ProjectFile& file, const std::string& text) {
    const auto found = file.disk->info(file.path);
    file.disk->replace(file.path, text, found ? found->mode : 0644);
}

void take_back_ignore_line(const ProjectFile& ignore, const WrittenByInit& written) {
    if (!ignore.disk->info(ignore.path)) return;
    const std::string text = ignore.disk->read_all(ignore.path);
    const std::string rest = without_ignore_addition(text, written.gitignore_added);
    if (rest == text) return;
    if (rest.empty() && written.gitignore_created) {
        ignore.disk->remove(ignore.path);
    } else {
        replace_keeping_mode(ignore, rest);
    }
}

// What init is about to write; what is there already keeps the record of who wrote it.
void plan(ProjectConfig& config, const ProjectFile& ignore, const std::string& addition) {
    if (addition.empty()) return;
    config.written.gitignore_created = !ignore.disk->info(ignore.path);
    config.written.gitignore_added = addition;
}

}  // namespace

std::string_view name_of(ReviewPolicy policy) {
    return policy == ReviewPolicy::Auto ? "auto" : "review";
}

const RemoteConfig* ProjectConfig::find_remote(std::string_view name) const {
    const std::string_view wanted = name.empty() ? std::string_view(default_remote) : name;
    const auto found = std::find_if(remotes.begin(), remotes.end(),
                                    [&](const RemoteConfig& remote) { return remote.name == wanted; });
    return found == remotes.end() ? nullptr : &*found;
}

void ProjectConfig::set_remote(const std::string& name, const std::string& target) {
    const auto found = std::find_if(remotes.begin(), remotes.end(),
                                    [&](const RemoteConfig& remote) { return remote.name == name; });
    if (found != remotes.end()) {
        found->target = target;
    } else {
        remotes.push_back({name, target});
    }
    if (default_remote.empty()) default_remote = name;
}

bool ProjectConfig::remove_remote(std::string_view name) {
    const auto removed =
        std::erase_if(remotes, [&](const RemoteConfig& remote) { return remote.name == name; });
    if (default_remote == name) default_remote = remotes.empty() ? std::string() : remotes.front().name;
    return removed != 0;
}

std::optional<std::string> find_project_root(const std::string& start, const std::string& user_folder,
                                             fs::Disk& disk) {
    std::string folder = fs::absolute(start, "/");
    const std::string users = fs::absolute(user_folder, "/");
    while (true) {
        if (holds_project(folder, disk) && !same_folder(project_folder(folder), users, disk)) return folder;
        if (folder == "/") return std::nullopt;
        folder = fs::parent(folder);
    }
}

bool is_user_folder(const std::string& root, const std::string& user_folder, fs::Disk& disk) {
    return same_folder(project_folder(fs::absolute(root, "/")), fs::absolute(user_folder, "/"), disk);
}

bool has_settings(const std::string& root, fs::Disk& disk) {
    return disk.beneath(root)->info(config_path(root)).has_value();
}

ProjectConfig write_project(const std::string& root, ProjectConfig config, fs::Disk& disk) {
    const ProjectFile ignore = file_of_project(root, std::string(k_ignore_file), disk);
    const std::string ignored = read_if_there(ignore);
    const std::string addition = ignore_addition(ignored);
    plan(config, ignore, addition);
    const std::unique_ptr<fs::Disk> inside = disk.beneath(root);
    inside->make_directories(project_folder(root), 0700);
    // In this order no crash leaves traces that git could take: the inner file alone already hides them. And
    // the settings say what is to be written before it is, so that what a crash leaves can be finished or
    // taken back.
    if (!inside->info(in_project(root, k_ignore_file)))
        inside->replace(in_project(root, k_ignore_file), "*\n");
    save_project(root, config, disk);
    if (!addition.empty()) replace_keeping_mode(ignore, ignored + addition);
    return config;
}

ProjectConfig create_project(const std::string& root, ProjectConfig config, fs::Disk& disk) {
    if (holds_project(root, disk)) throw Error(ErrorCode::InvalidState, root + " is a project already");
    if (disk.info(config_path(root))) {
        throw Error(ErrorCode::InvalidState,
                    project_folder(root) + " is the folder of the user's own settings",
                    "Choose a project folder below it.");
    }
    return write_project(root, std::move(config), disk);
}

ProjectConfig load_project(const std::string& root, fs::Disk& disk, const SettingInput* input) {
    const std::unique_ptr<fs::Disk> inside = disk.beneath(root);
    SettingsFile file(config_path(root), *inside);
    if (!file.exists()) throw Error(ErrorCode::NotInitialized, root + " is not an opentraces project");
    Settings settings;
    read_settings(SettingScope::Project, file, settings, input);
    // The Python tool knew one remote.
    const std::string single = file.has("remotes") ? std::string() : file.text(file.values(), "remote");
    if (!single.empty()) settings.project.set_remote("origin", single);
    return std::move(settings.project);
}

void save_project(const std::string& root, const ProjectConfig& config, fs::Disk& disk) {
    const std::unique_ptr<fs::Disk> inside = disk.beneath(root);
    SettingsFile file(config_path(root), *inside);
    write_settings(SettingScope::Project, file, {config, {}});
    file.save();
}

void check_ignore_file(const std::string& root, fs::Disk& disk) {
    file_of_project(root, std::string(k_ignore_file), disk);
}

void check_store(const std::string& root, fs::Disk& disk) {
    const std::unique_ptr<fs::Disk> inside = disk.beneath(root);
    for (const std::string_view name : {k_traces_folder, k_pending_folder})
        need_own_folder(in_project(root, name), *inside);
    check_database(project_folder(root), *inside);
}

void forget_derived(const std::string& root, fs::Disk& disk) {
    erase_derived(root, *disk.beneath(root));
}

std::vector<fs::FileInfo> derived_files(const std::string& root, std::string_view folder, fs::Disk& disk) {
    return list_derived(root, folder, *disk.beneath(root));
}

std::vector<std::string> remove_project(const std::string& root, const ProjectConfig& config,
                                        fs::Disk& disk) {
    take_back_ignore_line(file_of_project(root, std::string(k_ignore_file), disk), config.written);
    return erase_project(root, *disk.beneath(root));
}

}  // namespace opentraces::store
