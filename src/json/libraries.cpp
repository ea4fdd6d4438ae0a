#include "opentraces/json/libraries.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace opentraces::json {

std::vector<Library> libraries() {
    return {{"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                          NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)}};
}

}  // namespace opentraces::json
