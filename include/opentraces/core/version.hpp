// The version of this program, and of what it is built with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace opentraces {

// "0.1.0"
std::string_view program_version();
// "Release"; empty if none was chosen.
std::string_view build_type();
// "GCC 12.2.0"
std::string compiler();

struct Library {
    std::string name;
    std::string version;
};
// Of this room; net, db, json, capture and card tell theirs in libraries.hpp.
std::vector<Library> core_libraries();

}  // namespace opentraces
