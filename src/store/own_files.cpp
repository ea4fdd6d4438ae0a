#include "store/own_files.hpp"

#include <deque>

#include "opentraces/core/error.hpp"
#include "opentraces/store/project_file.hpp"

namespace opentraces::store {

namespace {

constexpr int k_most_links = 40;  // as the kernel

void need_own(const std::string& path, fs::FileKind kind, fs::Disk& disk) {
    const auto found = disk.info(path);
    if (!found) return;
    if (found->kind != kind) {
        const std::string wanted = kind == fs::FileKind::Folder ? "folder" : "regular file";
        throw Error(ErrorCode::UnsafePath,
                    path + (found->kind == fs::FileKind::Link ? " is a symbolic link" : " is no " + wanted),
                    "Look at what put it there, and move it aside.");
    }
    if (found->owner != disk.user()) {
        throw Error(ErrorCode::UntrustedProject,
                    path + " belongs to another user (id " + std::to_string(found->owner) + ")",
                    "Use a copy of your own, or change the owner if you trust what is in it.");
    }
}

void append_parts(std::deque<std::string>& parts, const std::string& path) {
    std::deque<std::string> added;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end > begin) added.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    parts.insert(parts.begin(), added.begin(), added.end());
}

}  // namespace

void need_own_file(const std::string& path, fs::Disk& disk) {
    need_own(path, fs::FileKind::File, disk);
}

void need_own_folder(const std::string& path, fs::Disk& disk) {
    need_own(path, fs::FileKind::Folder, disk);
}

bool narrow(const std::string& path, unsigned mode, fs::Disk& disk) {
    constexpr unsigned k_others = 077;
    const auto found = disk.info(path);
    if (!found || (found->mode & k_others) == 0) return false;
    disk.set_mode(path, mode);
    return true;
}

std::string canonical(const std::string& path, fs::Disk& disk) {
    std::deque<std::string> parts;
    append_parts(parts, path);
    std::string done = "/";
    for (int links = 0; !parts.empty();) {
        const std::string part = std::move(parts.front());
        parts.pop_front();
        if (part == ".") continue;
        if (part == "..") {
            done = fs::parent(done);
            continue;
        }
        const std::string next = fs::join(done, part);
        const auto target = disk.link_target(next);
        if (!target) {
            done = next;
            continue;
        }
        if (++links > k_most_links) throw Error(ErrorCode::UnsafePath, path + " is a loop of symbolic links");
        if (target->starts_with('/')) done = "/";
        append_parts(parts, *target);
    }
    return done;
}

ProjectFile file_of_project(const std::string& root, const std::string& relative, fs::Disk& disk) {
    const std::string inside = canonical(root, disk);
    const std::string path = canonical(fs::join(inside, relative), disk);
    if (!path.starts_with(inside == "/" ? inside : inside + "/")) {
        throw Error(
            ErrorCode::UnsafePath, fs::join(root, relative) + " is a link that leads out of the project",
            "Nothing was changed. Put a file in its place, or make the change yourself where it leads.");
    }
    return {disk.beneath(inside), path};
}

}  // namespace opentraces::store
