// The system's reasons (errno) as Error.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::fs {

// Always throws: NotFound for a missing file or folder, else DiskFailed. `doing` is a gerund ("writing").
[[noreturn]] void throw_system_error(int reason, std::string_view doing, const std::string& path);

}  // namespace opentraces::fs
