// How much of a raw Claude Code session file its record has kept. Reads the file independently of the parser.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::quality {

class RawSession {
public:
    void add_line(std::string_view line);

    std::int64_t total_lines = 0;
    std::int64_t corrupted_lines = 0;
    std::int64_t timestamps = 0;
    std::int64_t user_messages = 0;
    std::int64_t assistant_messages = 0;
    std::int64_t system_prompts = 0;
    std::int64_t usage_entries = 0;
    std::int64_t content_characters = 0;
    std::int64_t tool_uses = 0;
    std::int64_t subagent_calls = 0;
    std::int64_t tool_results = 0;
    std::int64_t thinking_blocks = 0;
    std::int64_t thinking_with_content = 0;
    std::set<std::string> models;
};

struct SignalLoss {
    std::string_view signal;
    std::int64_t raw = 0;
    std::int64_t parsed = 0;
    std::string description;
};

struct Preservation {
    std::string trace_id;
    struct Category {
        std::string_view name;
        double weight = 0;
        double ratio = 0;
    };
    std::array<Category, 7> categories;
    double overall = 0;  // 4 decimals
    std::vector<SignalLoss> losses;
    std::vector<std::string> impossible;
};

Preservation preservation_of(const trace::TraceRecord& record, const RawSession& raw);

}  // namespace opentraces::quality
