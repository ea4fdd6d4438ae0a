// The words with which a program is started, as exec takes them.
#pragma once

#include <string>
#include <vector>

namespace opentraces {

// To each text, and a null after the last; valid as long as the texts are as they are. Between fork and exec
// nothing may be allocated: to be made before.
std::vector<char*> pointers_to(std::vector<std::string>& texts);

}  // namespace opentraces
