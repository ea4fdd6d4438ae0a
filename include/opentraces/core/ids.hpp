// Identities: distinct types for each, and the source of new ones as a port.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace opentraces {

// A string that cannot be confused with another kind of string.
template <class Tag>
class StrongId {
public:
    StrongId() = default;
    explicit StrongId(std::string text) : m_text(std::move(text)) {}
    const std::string& str() const { return m_text; }
    bool empty() const { return m_text.empty(); }
    auto operator<=>(const StrongId&) const = default;

private:
    std::string m_text;
};

using TraceId = StrongId<struct TraceIdTag>;          // UUID text
using CommitId = StrongId<struct CommitIdTag>;        // 12 lower-case hex digits, local commit group
using ContentHash = StrongId<struct ContentHashTag>;  // 64 lower-case hex digits, SHA-256

class IdSource {
public:
    virtual ~IdSource() = default;
    virtual std::uint64_t next_u64() = 0;
    std::string hex(std::size_t digits);  // lower case
    std::string uuid4();
};

class RandomIds final : public IdSource {
public:
    std::uint64_t next_u64() override;  // OpenSSL RAND_bytes
};

// For tests and OPENTRACES_SEED: the same seed gives the same ids (splitmix64).
class SeededIds final : public IdSource {
public:
    explicit SeededIds(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t next_u64() override;

private:
    std::uint64_t m_state;
};

// Name-based UUID, version 5 (RFC 9562, section 5.5). `space` is UUID text.
std::string uuid5(std::string_view space, std::string_view name);

// The trace id of one revision of one session: UUIDv5 over agent, session id and revision (0 = first).
TraceId trace_id_for(std::string_view agent, std::string_view session_id, int revision);

}  // namespace opentraces

template <class Tag>
struct std::hash<opentraces::StrongId<Tag>> {
    std::size_t operator()(const opentraces::StrongId<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.str());
    }
};
