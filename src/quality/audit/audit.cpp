#include "opentraces/quality/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <type_traits>

#include "quality/audit/fields.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

constexpr std::size_t k_looked_at_steps = 10;
constexpr std::size_t k_looked_at_items = 5;
constexpr double k_populated = 0.8;
constexpr double k_half = 0.5;

constexpr std::array<std::string_view, 7> k_class_names{"ok",
                                                        "parser_bug",
                                                        "enrichment_gap",
                                                        "not_yet_implemented",
                                                        "schema_unrealistic",
                                                        "session_dependent",
                                                        "needs_review"};

template <class Type>
bool is_populated(const Type& value) {
    if constexpr (std::is_same_v<Type, std::string>)
        return !is_blank(value);
    else if constexpr (trace::k_is_optional<Type>)
        return value && is_populated(*value);
    else if constexpr (trace::k_is_vector<Type> || std::is_same_v<Type, json::Object>)
        return !value.empty();
    else
        return true;  // numbers and flags are always there
}

// How often a place is there, and how often something is in it.
struct Look {
    SchemaAudit::Count& count;
    bool filled_in;

    template <class Type>
    void value(const Type& value) {
        ++count.total;
        if (filled_in || is_populated(value)) ++count.populated;
    }
    void absent() { ++count.total; }
    template <class Item>
    std::span<const Item> items(const std::vector<Item>& list) const {
        constexpr std::size_t most =
            std::is_same_v<Item, trace::Step> ? k_looked_at_steps : k_looked_at_items;
        return std::span(list).first(std::min(list.size(), most));
    }
};

bool depends_on_session(std::string_view expected) {
    return expected == "optional" || expected == "has_edits" || expected == "has_commits" ||
           expected == "has_subagents";
}

// Whether raw sessions carry the field is not known here, so that a parser bug and a schema that asks too
// much cannot be told apart: both are to be reviewed.
FieldClass classify(const Field& field, double rate) {
    const bool always = field.expected == "always";
    if (rate >= k_populated) return FieldClass::Ok;
    if (field.flag == Flag::NotImplemented) return FieldClass::NotYetImplemented;
    if (field.flag == Flag::SessionDependent && depends_on_session(field.expected))
        return FieldClass::SessionDependent;
    if (field.source.starts_with("enrichment:") && rate < k_half)
        return always ? FieldClass::EnrichmentGap : FieldClass::SessionDependent;
    if (!always && rate < k_half) return FieldClass::SessionDependent;
    return FieldClass::NeedsReview;
}

std::string recommendation_for(const AuditedField& field) {
    switch (field.classification) {
        case FieldClass::Ok:
            return {};
        case FieldClass::SessionDependent:
            return field.rate > 0 ? "No action: depends on the session."
                                  : "Check that the tested sessions have what fills it.";
        case FieldClass::NotYetImplemented:
            return fmt::format("Implement {} in {}.", field.path, field.source);
        case FieldClass::EnrichmentGap:
            return fmt::format("Repair {} so that it fills {}.", field.source, field.path);
        default:
            return fmt::format("Review {}: does {} have it?", field.path, field.source);
    }
}

}  // namespace

std::string_view name_of(FieldClass value) {
    return k_class_names[static_cast<std::size_t>(value)];
}

void SchemaAudit::add(const trace::TraceRecord& record) {
    ++m_traces;
    const auto fields = audited_fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        Look look{m_counts[i], fields[i].flag == Flag::FilledIn};
        trace::visit(record, fields[i].place, look);
    }
}

void SchemaAudit::merge(const SchemaAudit& other) {
    m_traces += other.m_traces;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        m_counts[i].populated += other.m_counts[i].populated;
        m_counts[i].total += other.m_counts[i].total;
    }
}

SchemaAudit SchemaAudit::of(std::int64_t traces, const Counts& counts) {
    SchemaAudit audit;
    audit.m_traces = traces;
    audit.m_counts = counts;
    return audit;
}

std::vector<AuditedField> SchemaAudit::fields() const {
    std::vector<AuditedField> results;
    if (m_traces == 0) return results;
    const auto fields = audited_fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        AuditedField result{fields[i].path,
                            fields[i].source,
                            fields[i].expected,
                            fields[i].personas,
                            m_counts[i].populated,
                            m_counts[i].total,
                            0,
                            FieldClass::Ok,
                            {},
                            {}};
        result.rate = static_cast<double>(result.populated) /
                      static_cast<double>(std::max<std::int64_t>(result.total, 1));
        result.classification = classify(fields[i], result.rate);
        result.evidence = fmt::format("{}: {} populated, expected {}", name_of(result.classification),
                                      percent(result.rate), result.expected);
        result.recommendation = recommendation_for(result);
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace opentraces::quality
