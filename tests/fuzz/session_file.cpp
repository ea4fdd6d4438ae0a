// Any bytes are a session, or are refused with a reason; what comes out is a valid record. For agents whose
// sessions are files: the input's first line is "<agent> <file name>", the rest is the file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parsed_session.hpp"

using namespace opentraces;
using namespace opentraces::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\n'), size);
    const std::string_view head = input.substr(0, end);
    const std::size_t blank = std::min(head.find(' '), head.size());
    const capture::Agent* agent = capture::find_agent(head.substr(0, blank));
    const std::string name(head.substr(std::min(blank + 1, head.size())));
    if (agent == nullptr || name.empty() || name.size() > 100 || name.find('/') != std::string::npos ||
        name.find('\0') != std::string::npos || name == "." || name == "..")
        return 0;
    InMemoryDisk disk;
    const std::string path = "/p/" + name;
    put(disk, path, input.substr(std::min(end + 1, size)));
    check_sessions(*agent, path, disk);
    return 0;
}
