#include "opentraces/card/libraries.hpp"

#include <yaml.h>

namespace opentraces::card {

std::vector<Library> libraries() {
    return {{"libyaml", yaml_get_version_string()}};
}

}  // namespace opentraces::card
