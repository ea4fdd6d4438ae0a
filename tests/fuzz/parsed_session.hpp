// What every reader of sessions owes, whatever bytes it was given.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../doubles/in_memory_disk.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::testing {

inline void require(bool holds) {
    if (!holds) std::abort();
}

inline void put(InMemoryDisk& disk, const std::string& path, std::string_view bytes) {
    disk.make_directories(fs::parent(path), 0700);
    disk.replace(path, bytes);
}

inline void check_steps(const trace::TraceRecord& record) {
    std::int64_t index = 0;
    for (const trace::Step& step : record.steps) {
        require(step.step_index.value() == ++index);
        require(!step.parent_step || (step.parent_step->value() >= 1 && step.parent_step->value() < index));
        require(step.tool_calls.size() == step.observations.size());
    }
}

// A valid record, or a reason.
inline void check(const capture::ParsedSession& parsed) {
    require((parsed.verdict == capture::ParseVerdict::Trace) == parsed.record.has_value());
    require(parsed.record || !parsed.reason.empty());
    if (!parsed.record) return;
    check_steps(*parsed.record);
    const std::string line = trace::encode(*parsed.record);
    require(trace::decode(std::string_view(line)).record.has_value());
}

// Every session that an agent finds at `path`; what cannot be read at all (a broken stream, a foreign
// database) is refused as corrupt and as nothing else.
inline void check_sessions(const capture::Agent& agent, const std::string& path, fs::Disk& disk) {
    capture::Sources sources(disk);
    try {
        agent.recognises(path, sources);
        for (const capture::SessionRef& session : agent.list(path, sources))
            check(agent.read(session, sources));
    } catch (const Error& error) {
        require(error.code() == ErrorCode::CorruptSession);
    }
}

}  // namespace opentraces::testing
