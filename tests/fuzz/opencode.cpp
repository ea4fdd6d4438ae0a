// Any bytes are a session, or are refused with a reason; what comes out is a valid record.
// The input is a database; what follows the first "WAL:" is its write-ahead log.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "opentraces/core/error.hpp"
#include "parsed_session.hpp"

using namespace opentraces;
using namespace opentraces::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    InMemoryDisk disk;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t split = std::min(input.find("WAL:"), size);
    put(disk, "/p/s.db", input.substr(0, split));
    if (split < size) put(disk, "/p/s.db-wal", input.substr(split + 4));
    const capture::Agent* agent = capture::find_agent("opencode");
    capture::Sources sources(disk);
    try {
        agent->recognises("/p/s.db", sources);
        for (const capture::SessionRef& session : agent->list("/p/s.db", sources)) {
            capture::ParsedSession parsed = agent->read(session, sources);
            check(parsed);
        }
    } catch (const Error& error) {
        require(error.code() == ErrorCode::CorruptSession);
    }
    return 0;
}
