#include "opentraces/capture/libraries.hpp"

#include <zlib.h>
#include <zstd.h>

namespace opentraces::capture {

std::vector<Library> libraries() {
    return {{"zlib", zlibVersion()}, {"zstd", ZSTD_versionString()}};
}

}  // namespace opentraces::capture
