#include "opentraces/core/version.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>

namespace opentraces {

std::string_view program_version() {
    return OPENTRACES_VERSION;
}

std::string_view build_type() {
    return OPENTRACES_BUILD_TYPE;
}

std::string compiler() {
#ifdef __clang__
    return fmt::format("Clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
    return fmt::format("GCC {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::vector<Library> core_libraries() {
    return {{"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
            {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)}};
}

}  // namespace opentraces
