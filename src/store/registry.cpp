#include "opentraces/store/registry.hpp"

#include <algorithm>
#include <memory>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/fs/lock_within.hpp"
#include "opentraces/store/layout.hpp"
#include "store/git_index.hpp"
#include "store/names.hpp"
#include "store/own_files.hpp"
#include "store/settings_file.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_secret_digits = 64;
constexpr std::size_t k_name_digits = 16;
constexpr std::size_t k_largest_secret = 4096;
constexpr std::string_view k_registration_suffix = ".json";

struct Registration {
    std::string path;         // for people: may have been repaired to be text
    std::string path_digest;  // SHA-256 of the path's bytes
    std::string secret;
    std::string inode;
};

std::string registry_folder(const std::string& user_folder) {
    return fs::join(user_folder, k_projects_folder);
}

std::string registration_path(const std::string& user_folder, const std::string& path_digest) {
    return fs::join(registry_folder(user_folder),
                    path_digest.substr(0, k_name_digits) + std::string(k_registration_suffix));
}

std::unique_ptr<Registration> read_registration(const std::string& path, fs::Disk& disk) {
    SettingsFile file(path, disk);
    if (!file.exists()) return nullptr;
    auto registration = std::make_unique<Registration>();
    registration->path = file.text(file.values(), "path");
    registration->path_digest = file.text(file.values(), "path_sha256");
    registration->secret = file.text(file.values(), "secret");
    registration->inode = file.text(file.values(), "inode");
    if (!is_lower_hex(registration->secret, k_secret_digits))
        file.throw_invalid("secret", "must be 64 hex digits");
    return registration;
}

// Takes the same time wherever the two differ.
bool same_secret(std::string_view left, std::string_view right) {
    if (left.size() != k_secret_digits || right.size() != k_secret_digits) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < k_secret_digits; ++i)
        difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
    return difference == 0;
}

std::string read_secret(const std::string& root, fs::Disk& inside) {
    const std::string path = in_project(root, k_secret_file);
    if (!inside.info(path)) return {};
    return std::string(trim(inside.read_all(path, k_largest_secret)));
}

// The registrations of this user; nothing is registered before there is a user folder.
class Registry {
public:
    Registry(const std::string& user_folder, fs::Disk& disk) : m_folder(user_folder) {
        const auto found = disk.info(user_folder);
        if (found && found->is_directory()) m_disk = disk.beneath(user_folder);
    }

    std::unique_ptr<Registration> of_path(const std::string& path_digest) {
        if (!m_disk) return nullptr;
        auto found = read_registration(registration_path(m_folder, path_digest), *m_disk);
        // Two paths whose names of registrations are the same.
        if (found && found->path_digest != path_digest) return nullptr;
        return found;
    }

    std::unique_ptr<Registration> of_secret(const std::string& secret) {
        if (!m_disk) return nullptr;
        for (const fs::FileInfo& file : m_disk->list(registry_folder(m_folder))) {
            if (!file.path.ends_with(k_registration_suffix)) continue;
            auto found = read_registration(file.path, *m_disk);
            if (found && same_secret(found->secret, secret)) return found;
        }
        return nullptr;
    }

    // As they are written down; of a file that is no registration, its own.
    std::vector<std::string> paths() {
        std::vector<std::string> paths;
        if (!m_disk) return paths;
        for (const fs::FileInfo& file : m_disk->list(registry_folder(m_folder))) {
            if (file.path.ends_with(k_registration_suffix)) paths.push_back(path_in(file.path));
        }
        return paths;
    }

private:
    std::string path_in(const std::string& file) {
        try {
            const auto found = read_registration(file, *m_disk);
            if (found && found->path.starts_with('/')) return found->path;
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
        }
        return file;
    }

    std::string m_folder;
    std::unique_ptr<fs::Disk> m_disk;
};

bool is_unfinished(const std::string& root, fs::Disk& inside) {
    for (const fs::FileInfo& file : inside.list(project_folder(root))) {
        const std::string name = fs::file_name(file.path);
        const bool first = name == k_ignore_file || name == k_secret_file || fs::is_temporary_name(name);
        if (!first || file.kind != fs::FileKind::File) return false;
    }
    return true;
}

Standing standing_of_folder(const std::string& root, const fs::FileInfo& folder,
                            const std::string& user_folder, fs::Disk& inside, fs::Disk& disk) {
    const std::string secret = read_secret(root, inside);
    const std::string inode = std::to_string(folder.inode);
    Registry registry(user_folder, disk);
    const auto here = registry.of_path(sha256_hex(canonical(root, disk)));
    if (here && same_secret(here->secret, secret))
        return here->inode == inode ? Standing::Registered : Standing::Restored;
    if (is_unfinished(root, inside)) return Standing::Unfinished;
    const auto elsewhere = registry.of_secret(secret);
    if (!elsewhere) return Standing::Unknown;
    return elsewhere->inode == inode ? Standing::Moved : Standing::Copied;
}

// What happened, and what to do.
std::pair<std::string, std::string> explain(Standing standing) {
    const std::string adopt =
        "Look at what is in it. To take it over run: opentraces init --adopt. To start anew move .opentraces "
        "aside and run: opentraces init";
    switch (standing) {
        case Standing::Restored:
            return {"is not the folder that was registered: it was put back from a copy",
                    "To register it again run: opentraces init"};
        case Standing::Moved:
            return {"was registered at another path", "To register it here run: opentraces init"};
        case Standing::Copied:
            return {"is a copy of a project at another path", adopt};
        case Standing::Foreign:
            return {"belongs to another user", "Use a copy of your own of this folder."};
        case Standing::NotAFolder:
            return {"is no folder but a link or a file", "Move it aside and run: opentraces init"};
        case Standing::Tracked:
            return {"is among the files that git tracks here, so others can change it",
                    "Run: git rm -r --cached .opentraces, look at what is in it, and move it aside."};
        case Standing::None:
        case Standing::Unfinished:
        case Standing::Registered:
        case Standing::Unknown:
            break;
    }
    return {
        "was not made by you with opentraces init on this machine: it may have come with a clone or a copy",
        adopt};
}

}  // namespace

Standing standing_of(const std::string& root, const std::string& user_folder, fs::Disk& disk) {
    const std::unique_ptr<fs::Disk> inside = disk.beneath(root);
    const auto folder = inside->info(project_folder(root));
    if (!folder) return Standing::None;
    if (!folder->is_directory()) return Standing::NotAFolder;
    if (folder->owner != disk.user()) return Standing::Foreign;
    if (tracking_index(canonical(root, disk), k_project_folder, disk)) return Standing::Tracked;
    return standing_of_folder(root, *folder, user_folder, *inside, disk);
}

std::vector<std::string> registered_projects(const std::string& user_folder, fs::Disk& disk) {
    std::vector<std::string> paths = Registry(user_folder, disk).paths();
    std::sort(paths.begin(), paths.end());
    return paths;
}

void throw_untrusted(Standing standing, const std::string& root) {
    const auto [reason, remedy] = explain(standing);
    throw Error(ErrorCode::UntrustedProject, project_folder(root) + " " + reason, remedy);
}

void need_registered(const std::string& root, const std::string& user_folder, fs::Disk& disk) {
    const Standing standing = standing_of(root, user_folder, disk);
    if (standing != Standing::Registered) throw_untrusted(standing, root);
}

void register_project(const std::string& root, const std::string& user_folder, fs::Disk& disk,
                      IdSource& ids) {
    const std::unique_ptr<fs::Disk> inside = disk.beneath(root);
    const std::string folder = project_folder(root);
    inside->make_directories(folder, 0700);
    narrow(folder, 0700, *inside);
    // First, so that git never sees the secret or a trace.
    inside->replace(in_project(root, k_ignore_file), "*\n");
    const std::string old_secret = read_secret(root, *inside);
    const std::string secret = ids.hex(k_secret_digits);
    inside->replace(in_project(root, k_secret_file), secret + "\n");
    const auto made = inside->info(folder);
    disk.make_directories(registry_folder(user_folder), 0700);
    const std::unique_ptr<fs::Disk> users = disk.beneath(user_folder);
    const std::string path = canonical(root, disk);
    // A project that was moved is not at its old place any more.
    const auto before = Registry(user_folder, disk).of_secret(old_secret);
    if (before && before->inode == std::to_string(made->inode) && before->path_digest != sha256_hex(path))
        users->remove(registration_path(user_folder, before->path_digest));
    SettingsFile file(registration_path(user_folder, sha256_hex(path)), *users);
    json::Object& values = file.values();
    values = {};
    values.set("path", repair_utf8(path));
    values.set("path_sha256", sha256_hex(path));
    values.set("device", std::to_string(made->device));
    values.set("inode", std::to_string(made->inode));
    values.set("secret", secret);
    file.save();
}

bool forget_project(const std::string& root, const std::string& user_folder, fs::Disk& disk) {
    if (!disk.info(user_folder)) return false;
    return disk.beneath(user_folder)
        ->remove(registration_path(user_folder, sha256_hex(canonical(root, disk))));
}

std::unique_ptr<fs::Lock> lock_registry(const std::string& user_folder, fs::Disk& disk) {
    disk.make_directories(registry_folder(user_folder), 0700);
    return fs::lock_soon(k_longest_hold, fs::join(registry_folder(user_folder), k_lock_file), disk);
}

}  // namespace opentraces::store
