// Where the source tree and the program under test lie. Known to one file only, so that the objects of all
// others are the same in every checkout.
#pragma once

#include <string>

namespace opentraces::testing {

std::string source_folder();    // absolute
std::string program_to_test();  // absolute path of the opentraces that was built with the tests

}  // namespace opentraces::testing
