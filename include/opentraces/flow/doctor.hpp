// Is everything in order that opentraces needs here? And what is safe to mend, mended.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::flow {

enum class Health { Ok, Warn, Fail };
std::string_view name_of(Health health);  // "ok", "warn", "fail"

struct HealthLine {
    std::string_view area;  // "hooks"
    Health health = Health::Ok;
    std::string words;
    std::string fix;        // a command, or what to do; empty when nothing is wrong
    bool repaired = false;  // it was wrong, and is not any more
};

struct DoctorOptions {
    bool repair = false;   // else nothing at all is changed
    bool offline = false;  // nobody is asked over the network
    // Bytes that the user may still write there; nullopt: not known.
    std::function<std::optional<std::uint64_t>(const std::string& path)> free_bytes;
};
// What the file system says.
std::optional<std::uint64_t> free_bytes_at(const std::string& path);

// `root`: a registered project, or empty. Never throws for what it looks at: that is a line. Error
// Interrupted.
std::vector<HealthLine> examine(Ports& ports, const std::string& root, const DoctorOptions& options,
                                Progress& progress);

}  // namespace opentraces::flow
