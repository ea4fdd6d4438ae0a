// Which fields of the schema a batch of traces really fills.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::quality {

inline constexpr std::size_t k_audited_fields = 73;

enum class FieldClass {
    Ok,
    ParserBug,
    EnrichmentGap,
    NotYetImplemented,
    SchemaUnrealistic,
    SessionDependent,
    NeedsReview,
};
std::string_view name_of(FieldClass value);  // "enrichment_gap"

struct AuditedField {
    std::string_view path;
    std::string_view source;    // "parser", "enrichment:git", …
    std::string_view expected;  // "always", "has_tools", …
    std::string_view personas;  // "training, rl"; may be empty
    std::int64_t populated = 0;
    std::int64_t total = 0;
    double rate = 0;
    FieldClass classification = FieldClass::Ok;
    std::string evidence;
    std::string recommendation;  // empty: none
};

class SchemaAudit {
public:
    void add(const trace::TraceRecord& record);
    void merge(const SchemaAudit& other);
    std::int64_t traces() const { return m_traces; }
    // In schema order; empty when no trace was added.
    std::vector<AuditedField> fields() const;
    bool operator==(const SchemaAudit&) const = default;

    struct Count {
        std::int64_t populated = 0;
        std::int64_t total = 0;
        bool operator==(const Count&) const = default;
    };
    using Counts = std::array<Count, k_audited_fields>;
    const Counts& counts() const { return m_counts; }
    static SchemaAudit of(std::int64_t traces, const Counts& counts);

private:
    std::int64_t m_traces = 0;
    Counts m_counts{};
};

}  // namespace opentraces::quality
