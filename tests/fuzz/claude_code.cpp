// Any bytes are a session, or are refused with a reason; what comes out is a valid record.
// The input is the session's file; what follows the first U+001E is the file of its sub-agent "abc".
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
    const std::size_t split = std::min(input.find('\x1e'), size);
    InMemoryDisk disk;
    put(disk, "/p/s.jsonl", input.substr(0, split));
    if (split < size) put(disk, "/p/s/subagents/agent-abc.jsonl", input.substr(split + 1));
    check_sessions(*capture::find_agent("claude-code"), "/p/s.jsonl", disk);
    return 0;
}
