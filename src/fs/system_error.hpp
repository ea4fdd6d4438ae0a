// The system's reasons (errno), and what may not be used as a file, as Error.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace opentraces::fs {

// Always throws: NotFound for a missing file or folder, else DiskFailed. `doing` is a gerund ("writing").
[[noreturn]] void throw_system_error(int reason, std::string_view doing, const std::string& path);

// Error UnsafePath: a symbolic link is where none may be.
[[noreturn]] void throw_link(const std::string& path);

// Error UnsafePath for a FIFO, a socket or a device, DiskFailed for a folder, UnsafePath for a link.
void need_regular_file(mode_t mode, std::string_view doing, const std::string& path);

}  // namespace opentraces::fs
