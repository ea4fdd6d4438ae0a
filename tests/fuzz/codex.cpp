// Any bytes are a session, or are refused with a reason; what comes out is a valid record.
// The input is a rollout, plain or compressed.
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
    put(disk, "/p/s.jsonl", {reinterpret_cast<const char*>(data), size});
    const capture::Agent* agent = capture::find_agent("codex");
    capture::Sources sources(disk);
    try {
        agent->recognises("/p/s.jsonl", sources);
        for (const capture::SessionRef& session : agent->list("/p/s.jsonl", sources)) {
            capture::ParsedSession parsed = agent->read(session, sources);
            check(parsed);
        }
    } catch (const Error& error) {
        require(error.code() == ErrorCode::CorruptSession);
    }
    return 0;
}
