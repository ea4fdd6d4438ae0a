// The traces that were taken back from a dataset: opentraces/withdrawn.jsonl (docs/dataset-layout.md). It
// holds nothing of what they said.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/shard/trace_keys.hpp"

namespace opentraces::shard {

inline constexpr std::string_view k_withdrawn_path = "opentraces/withdrawn.jsonl";

struct Withdrawal {
    enum class Kind {
        Removed,   // the trace is gone, in every text
        Redacted,  // this text is gone: another one is there under the same id
    };
    std::string trace_id;
    ContentHash content_hash;  // of the text that is gone
    TimePoint at{};            // to the second
    std::string reason;        // one line, may be empty
    Kind kind = Kind::Removed;
    bool operator==(const Withdrawal&) const = default;
};
std::string_view name_of(Withdrawal::Kind kind);  // "removed", "redacted"

class Withdrawals {
public:
    // The whole file. Throws Error CorruptDataset (path and line) for anything but such lines, NewerSchema
    // when a later program has written it: a trace must not come back because a line could not be read.
    static Withdrawals read(std::string_view text);

    // Adding the same trace and text again adds nothing.
    void add(Withdrawal withdrawal);
    // The file with what was added. What was read stays, byte for byte.
    const std::string& text() const { return m_text; }

    // The text was taken back, or every text of this trace was.
    bool holds(const ContentHash& hash) const { return m_hashes.contains(hash.str()); }
    bool holds(const TraceKey& id) const { return m_removed.contains(id); }
    bool empty() const { return m_all.empty(); }
    const std::vector<Withdrawal>& all() const {
        return m_all;
    }  // in the order in which they were taken back

private:
    void take(Withdrawal withdrawal);

    std::string m_text;
    std::vector<Withdrawal> m_all;
    std::set<std::string, std::less<>> m_hashes;
    std::set<TraceKey> m_removed;
};

}  // namespace opentraces::shard
