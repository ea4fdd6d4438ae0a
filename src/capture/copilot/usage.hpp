// Tokens of a Copilot session, each call of the model once, from the three places where versions keep them: a
// record of each call (1.0.9x and later), the totals that each shutdown repeats from the start of the
// session, and the output alone beside each message (before).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "capture/session_builder.hpp"

namespace opentraces::capture::copilot {

class Usage {
public:
    // A message of the model at this step; messages of one name are parts of one reply.
    void note_reply(std::size_t place, const std::string& name, std::int64_t output);
    // session.usage_record's or assistant.usage's counts; `place` is the reply before it.
    void note_record(const json::Value& usage, std::optional<std::size_t> place);
    // session.shutdown's modelMetrics; the last ones hold for all that was noted before.
    void note_totals(const json::Value& metrics);
    // Gives all of it to the session.
    void count(SessionBuilder& session, const Accounting& accounting) const;

private:
    struct Reply {
        std::size_t place = 0;
        std::string name;
        std::int64_t output = 0;
    };
    struct Record {
        std::string name;
        enrich::ModelUsage usage;  // input with what was cached
        std::optional<std::size_t> place;
    };
    using Totals = std::map<std::string, enrich::ModelUsage>;

    void count_records(SessionBuilder& session, const Accounting& accounting, Totals& left) const;
    void count_replies(SessionBuilder& session, Totals& left) const;

    std::vector<Reply> m_replies;
    std::unordered_map<std::string, std::size_t> m_reply_of;
    std::vector<Record> m_records;
    std::unordered_map<std::string, std::size_t> m_record_of;
    Totals m_totals;
    std::size_t m_replies_in_totals = 0;
    std::size_t m_records_in_totals = 0;
};

}  // namespace opentraces::capture::copilot
