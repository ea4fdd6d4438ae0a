#include "fs/system_error.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "opentraces/core/error.hpp"

namespace opentraces::fs {

namespace {

std::string_view remedy(int reason) {
    switch (reason) {
        case ENOSPC:
        case EDQUOT:
            return "Free some space and run the command again.";
        case EACCES:
        case EPERM:
            return "Check the owner and the permissions of the path.";
        case EROFS:
            return "The file system is mounted read-only.";
        case ELOOP:
            return "Symbolic links on the way lead in a circle.";
        default:
            return {};
    }
}

std::string reason_text(int reason) {
    // The wording differs between C libraries; people search for this one.
    if (reason == ENOSPC) return "no space left on device";
    return std::generic_category().message(reason);
}

std::string_view name_of(mode_t mode) {
    if (S_ISFIFO(mode)) return "a named pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

}  // namespace

void throw_system_error(int reason, std::string_view doing, const std::string& path) {
    const bool missing = reason == ENOENT || reason == ENOTDIR;
    std::string message = missing ? "no such file or folder" : reason_text(reason);
    message.append(" while ").append(doing).append(" ").append(path);
    throw Error(missing ? ErrorCode::NotFound : ErrorCode::DiskFailed, message, std::string(remedy(reason)));
}

void throw_link(const std::string& path) {
    throw Error(ErrorCode::UnsafePath, path + " is a symbolic link");
}

void need_regular_file(mode_t mode, std::string_view doing, const std::string& path) {
    if (S_ISREG(mode)) return;
    if (S_ISDIR(mode)) throw_system_error(EISDIR, doing, path);
    if (S_ISLNK(mode)) throw_link(path);
    throw Error(ErrorCode::UnsafePath, path + " is " + std::string(name_of(mode)) + ", not a regular file",
                "Give a regular file.");
}

}  // namespace opentraces::fs
