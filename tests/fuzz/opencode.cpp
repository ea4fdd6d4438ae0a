// Any bytes are a session, or are refused with a reason; what comes out is a valid record.
// The input is a database; what follows the first "WAL:" is its write-ahead log.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../doubles/in_memory_disk.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void put(testing::InMemoryDisk& disk, const std::string& path, std::string_view bytes) {
    disk.make_directories(fs::parent(path), 0700);
    disk.replace(path, bytes);
}

void check_steps(const trace::TraceRecord& record) {
    std::int64_t index = 0;
    for (const trace::Step& step : record.steps) {
        require(step.step_index.value() == ++index);
        require(!step.parent_step || (step.parent_step->value() >= 1 && step.parent_step->value() < index));
        require(step.tool_calls.size() == step.observations.size());
    }
}

void check(capture::ParsedSession& parsed) {
    require((parsed.verdict == capture::ParseVerdict::Trace) == parsed.record.has_value());
    require(parsed.record || !parsed.reason.empty());
    if (!parsed.record) return;
    check_steps(*parsed.record);
    const std::string line = trace::encode(*parsed.record);
    require(trace::decode(std::string_view(line)).record.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    testing::InMemoryDisk disk;
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
