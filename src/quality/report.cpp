#include "opentraces/quality/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "opentraces/core/text.hpp"
#include "quality/rubric_0_2/rounding.hpp"

namespace opentraces::quality {
namespace {

constexpr double k_preserved_well = 0.9;
constexpr double k_preserved_badly = 0.7;

// Text from traces must not break a table or start markup of its own.
std::string plain(std::string_view text, std::size_t most) {
    std::string out;
    for (const char c : printable_line(first_code_points(text, most))) {
        if (c == '|' || c == '`' || c == '<' || c == '[' || c == '*' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string whole(double total) {
    return fixed(total, 0) + "%";
}

std::string title_of(std::string_view name) {
    std::string title;
    bool start = true;
    for (const char c : name) {
        title += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : (c == '_' ? ' ' : c);
        start = c == '_';
    }
    return title;
}

std::string field_text(const AuditedField& field) {
    std::string text = fmt::format("- `{}` {} ({}/{}): {}", field.path, percent(field.rate), field.populated,
                                   field.total, field.evidence);
    if (!field.recommendation.empty()) text += fmt::format(" - {}", field.recommendation);
    if (!field.personas.empty()) text += fmt::format(" (affects {})", field.personas);
    return text + "\n";
}

std::string class_section(const std::vector<AuditedField>& fields, FieldClass kind) {
    std::string items;
    std::size_t count = 0;
    for (const AuditedField& field : fields) {
        if (field.classification != kind) continue;
        items += field_text(field);
        ++count;
    }
    if (count == 0) return {};
    return fmt::format("### {} ({})\n\n{}\n", title_of(name_of(kind)), count, items);
}

std::string impact_section(const std::vector<AuditedField>& fields) {
    std::map<std::string_view, std::pair<int, int>> gaps;  // persona -> all, actionable
    for (const AuditedField& field : fields) {
        if (field.classification == FieldClass::Ok) continue;
        for (const Persona persona : k_personas) {
            if (field.personas.find(name_of(persona)) == std::string_view::npos) continue;
            auto& [all, actionable] = gaps[name_of(persona)];
            ++all;
            if (field.classification != FieldClass::SessionDependent) ++actionable;
        }
    }
    std::string text = "### Impact by Persona\n\n";
    for (const auto& [persona, counts] : gaps)
        text += fmt::format("- **{}**: {} gaps ({} actionable)\n", persona, counts.first, counts.second);
    return text + "\n";
}

std::string audit_section(const SchemaAudit& audit) {
    const std::vector<AuditedField> fields = audit.fields();
    const auto ok = std::count_if(fields.begin(), fields.end(), [](const AuditedField& field) {
        return field.classification == FieldClass::Ok;
    });
    std::string text =
        fmt::format("## Schema Completeness Audit\n\nTraces: {}\nFields: {}\nOK: {}\nGaps: {}\n\n",
                    audit.traces(), k_audited_fields, ok, static_cast<std::int64_t>(fields.size()) - ok);
    for (const FieldClass kind :
         {FieldClass::ParserBug, FieldClass::EnrichmentGap, FieldClass::NotYetImplemented,
          FieldClass::SchemaUnrealistic, FieldClass::SessionDependent, FieldClass::NeedsReview})
        text += class_section(fields, kind);
    return text + impact_section(fields);
}

std::string recommendations(const SchemaAudit& audit) {
    const std::vector<AuditedField> fields = audit.fields();
    std::string text = "## Recommendations\n\n";
    for (const FieldClass kind :
         {FieldClass::ParserBug, FieldClass::EnrichmentGap, FieldClass::NotYetImplemented}) {
        std::string items;
        for (const AuditedField& field : fields)
            if (field.classification == kind && !field.recommendation.empty())
                items += fmt::format("- {}\n", field.recommendation);
        if (!items.empty()) text += fmt::format("### {}\n\n{}\n", title_of(name_of(kind)), items);
    }
    return text;
}

std::string judgement_text(const Judgement& judgement) {
    if (!judgement.skipped.empty())
        return fmt::format("- Judge skipped: {}\n", plain(judgement.skipped, 200));
    std::string text = "- Judge:\n";
    for (const JudgedDimension& dimension : judgement.dimensions)
        text += fmt::format("  - {}: {}/5 - {}\n", dimension.name, dimension.score,
                            plain(dimension.rationale, 400));
    return text;
}

std::string persona_text(const PersonaResult& result) {
    const bool judged = result.judgement && result.judgement->skipped.empty();
    std::string text;
    if (result.skipped)
        text = fmt::format("**{}**: no score\n", name_of(result.persona));
    else if (judged)
        text = fmt::format("**{}**: {} (deterministic: {}, judge: {})\n", name_of(result.persona),
                           whole(result.total), whole(result.judgement->deterministic),
                           whole(result.judgement->score));
    else
        text = fmt::format("**{}**: {} (pass rate: {})\n", name_of(result.persona), whole(result.total),
                           whole(result.pass_rate));
    for (const CheckResult& check : result.checks) {
        if (check.passed()) continue;
        const std::string_view word = check.verdict == Verdict::Failed    ? "FAIL"
                                      : check.verdict == Verdict::Unknown ? "UNKNOWN"
                                                                          : "SKIPPED";
        text += fmt::format("- {}: {} ({})\n", word, check.check->name, plain(check.evidence, 200));
        if (!check.note.empty()) text += fmt::format("  Note: {}\n", plain(check.note, 200));
    }
    if (result.judgement) text += judgement_text(*result.judgement);
    return text + "\n";
}

std::string averages(const Batch& batch) {
    std::string text = "### Averages\n\n";
    for (const Persona persona : k_personas)
        if (const auto average = batch.of(persona).average())
            text += fmt::format("- **{}**: {}%\n", name_of(persona), fixed(*average, 1));
    if (const auto preserved = batch.preservation())
        text += fmt::format("- **Preservation**: {}\n", percent(*preserved));
    return text + "\n";
}

}  // namespace

void MarkdownReport::add(const Assessment& assessment) {
    if (++m_traces > k_reported_traces) return;
    m_rows +=
        fmt::format("| {}... | {} |", plain(assessment.trace_id, 8), plain(assessment.task_description, 40));
    m_details += fmt::format("### Trace: {}...\n\nTask: {}\n\n", plain(assessment.trace_id, 12),
                             plain(assessment.task_description, 100));
    for (const PersonaResult& result : assessment.personas) {
        m_rows += result.skipped ? " N/A |" : " " + whole(result.total) + " |";
        m_details += persona_text(result);
    }
    m_rows += "\n";
}

void MarkdownReport::add(const Preservation& preservation) {
    m_preservation += fmt::format("### Trace: {}...\n\nOverall: {}\n\n", plain(preservation.trace_id, 12),
                                  percent(preservation.overall));
    auto categories = preservation.categories;
    std::sort(categories.begin(), categories.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });
    for (const Preservation::Category& category : categories) {
        const std::string_view word = category.ratio >= k_preserved_well   ? "ok"
                                      : category.ratio < k_preserved_badly ? "LOW"
                                                                           : "warn";
        m_preservation += fmt::format("- {}: {} {}\n", category.name, percent(category.ratio), word);
    }
    for (const SignalLoss& loss : preservation.losses)
        m_preservation += fmt::format("- Lost {}: raw {}, parsed {} - {}\n", loss.signal, loss.raw,
                                      loss.parsed, loss.description);
    for (const std::string& signal : preservation.impossible)
        m_preservation += fmt::format("- Impossible: {}\n", signal);
    m_preservation += "\n";
}

std::string MarkdownReport::finish(const Batch& batch) const {
    std::string text =
        fmt::format("# Trace Quality Assessment Report\n\nTraces analyzed: {}\n\n", batch.traces());
    if (batch.traces() > 0) {
        text += "## Summary\n\n| Trace | Task |";
        for (const Persona persona : k_personas)
            text += fmt::format(" {} |", name_of(persona));
        text += "\n|---|---|---|---|---|---|---|\n" + m_rows;
        if (m_traces > k_reported_traces)
            text += fmt::format("\n{} more traces are in the averages only.\n", m_traces - k_reported_traces);
        text += "\n" + averages(batch);
    }
    text += audit_section(batch.audit()) + "## Persona Detail\n\n" + m_details;
    if (!m_preservation.empty()) text += "## Preservation Analysis\n\n" + m_preservation;
    return text + recommendations(batch.audit());
}

}  // namespace opentraces::quality
