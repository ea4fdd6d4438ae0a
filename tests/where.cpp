#include "where.hpp"

namespace opentraces::testing {

std::string source_folder() {
    return OPENTRACES_SOURCE_DIR;
}

std::string program_to_test() {
    return OPENTRACES_BINARY;
}

}  // namespace opentraces::testing
