// The ids of a shard's traces, in file order, packed to 16 bytes each.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace opentraces::shard {

// A UUID is its own 16 bytes, in either case of its digits. Other tools may write any text: of that it is the
// start of the SHA-256.
using TraceKey = std::array<char, 16>;
TraceKey trace_key(std::string_view trace_id);

class TraceKeys {
public:
    void add(const TraceKey& key) { m_bytes.append(key.data(), key.size()); }
    TraceKey at(std::size_t index) const;
    std::size_t size() const { return m_bytes.size() / TraceKey{}.size(); }
    bool empty() const { return m_bytes.empty(); }
    bool operator==(const TraceKeys&) const = default;

    // The keys one after the other.
    const std::string& bytes() const { return m_bytes; }
    static TraceKeys from_bytes(std::string bytes);

private:
    std::string m_bytes;
};

}  // namespace opentraces::shard
