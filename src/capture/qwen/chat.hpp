// A Qwen Code session, or that of one of its sub-agents, as a record: records{uuid, parentUuid, sessionId,
// timestamp, type, cwd, version, gitBranch} with messages in Gemini's parts (chatRecordingService.ts and
// agent-transcript.ts of Qwen Code).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::qwen {

bool is_record(const json::Value& line);

// The records in their order, and which of them the person left by going back.
class Records {
public:
    struct Record {
        json::Value data;
        bool abandoned = false;
    };

    void take(json::Value&& line, ParseReport& report);
    std::vector<Record>& all() { return m_all; }
    std::size_t copied() const { return m_copied; }
    // Session that this one was forked from; empty if it was not.
    const std::string& forked_from() const { return m_forked_from; }

private:
    void go_back(const json::Value& line);

    std::vector<Record> m_all;
    std::unordered_map<std::string, std::size_t> m_places;  // by uuid, the first of them
    std::size_t m_copied = 0;
    std::string m_forked_from;
};

// What lies beside a sub-agent's records (agent-<id>.meta.json), null of all others.
void tell(Records& records, const json::Value& about_agent, const std::string& name,
          std::string_view reader_version, ParsedSession& parsed);

}  // namespace opentraces::capture::qwen
