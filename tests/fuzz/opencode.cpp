// Any bytes are a session, or are refused with a reason; what comes out is a valid record.
// The input is a database; what follows the first "WAL:" is its write-ahead log.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parsed_session.hpp"

using namespace opentraces;
using namespace opentraces::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    InMemoryDisk disk;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t split = std::min(input.find("WAL:"), size);
    put(disk, "/p/s.db", input.substr(0, split));
    if (split < size) put(disk, "/p/s.db-wal", input.substr(split + 4));
    check_sessions(*capture::find_agent("opencode"), "/p/s.db", disk);
    return 0;
}
