// Any bytes are a session, or are refused with a reason; what comes out is a valid record.
// The input is a rollout, plain or compressed.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parsed_session.hpp"

using namespace opentraces;
using namespace opentraces::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    InMemoryDisk disk;
    put(disk, "/p/s.jsonl", {reinterpret_cast<const char*>(data), size});
    check_sessions(*capture::find_agent("codex"), "/p/s.jsonl", disk);
    return 0;
}
