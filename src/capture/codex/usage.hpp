// What a rollout says about tokens, as the tokens of its responses.
//
// token_count events hold a running total and the last request (codex-rs/protocol, TokenUsageInfo). Neither
// is the session's sum: a resumed or forked session goes on from the old total, a context overflow sets it to
// 0, and two responses may share one event. So an event counts for what the total grew by, or, where there is
// no total before it or it fell, for its last request. token_usage_record events are one for each response;
// where there are any, the others are not looked at.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::codex {

// As Codex counts: input includes what was cached, output includes reasoning.
struct Counts {
    std::int64_t input = 0;
    std::int64_t cached = 0;
    std::int64_t cache_write = 0;
    std::int64_t output = 0;
    bool operator==(const Counts&) const = default;
};

struct Use {
    std::optional<std::size_t> step;  // position in the record; none: before the first reply
    std::string model;
    Counts counts;
};

class UsageReader {
public:
    // `copied`: of the session that this one was forked from, and paid for there.
    void take_total(const json::Value& info, std::optional<std::size_t> step, const std::string& model,
                    bool copied);
    void take_record(const json::Value& payload, std::optional<std::size_t> step, const std::string& model,
                     bool copied);
    // One for each time that something was used.
    const std::vector<Use>& uses() const { return m_records.empty() ? m_totals : m_records; }

private:
    std::optional<Counts> m_before;
    std::vector<Use> m_totals;
    std::vector<Use> m_records;
    std::unordered_set<std::string> m_responses;
};

}  // namespace opentraces::capture::codex
