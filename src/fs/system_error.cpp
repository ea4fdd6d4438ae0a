#include "fs/system_error.hpp"

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
        default:
            return {};
    }
}

std::string reason_text(int reason) {
    // The wording differs between C libraries; people search for this one.
    if (reason == ENOSPC) return "no space left on device";
    return std::generic_category().message(reason);
}

}  // namespace

void throw_system_error(int reason, std::string_view doing, const std::string& path) {
    const bool missing = reason == ENOENT || reason == ENOTDIR;
    std::string message = missing ? "no such file or folder" : reason_text(reason);
    message.append(" while ").append(doing).append(" ").append(path);
    throw Error(missing ? ErrorCode::NotFound : ErrorCode::DiskFailed, message, std::string(remedy(reason)));
}

}  // namespace opentraces::fs
