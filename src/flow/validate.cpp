#include "opentraces/flow/validate.hpp"

#include <string_view>
#include <utility>

#include "opentraces/core/text.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/doubts.hpp"

namespace opentraces::flow {
namespace {

std::string remark(std::string_view rule, std::string_view about) {
    return std::string(rule) + ": " + std::string(about);
}

class Warnings {
public:
    explicit Warnings(std::vector<std::string>& out) : m_out(out) {}

    void add(std::string_view rule, std::string_view about) {
        if (m_out.size() < k_max_warnings) {
            m_out.push_back(remark(rule, about));
        } else {
            ++m_omitted;
        }
    }

    void finish() {
        if (m_omitted > 0) m_out.push_back(remark("more", std::to_string(m_omitted) + " further warnings"));
    }

private:
    std::vector<std::string>& m_out;
    std::size_t m_omitted = 0;
};

std::string failure_of(std::string_view line, const Diagnostic& problem) {
    if (problem.rule == "json_invalid" && !is_valid_utf8(line)) return remark("invalid_utf8", problem.words);
    return remark(problem.rule, problem.field.empty() ? problem.words : problem.field);
}

void warn(const trace::Decoded& decoded, const LineVerdict& verdict, Warnings& warnings) {
    const trace::TraceRecord& record = *decoded.record;
    const bool newer = trace::is_newer_schema(decoded.schema_version);
    if (newer) warnings.add("newer_schema", "schema_version");
    // The hash of a later schema was made of more than what is read here.
    if (!newer && record.content_hash && *record.content_hash != verdict.content_hash)
        warnings.add("stale_content_hash", "content_hash");
    for (const std::string& path : decoded.unknown_keys)
        warnings.add("unknown_key", path);
    for (const std::string& path : decoded.non_finite)
        warnings.add("non_finite_number", path);
    for (const Diagnostic& doubt : trace::doubts(record))
        warnings.add(doubt.rule, doubt.field);
    warnings.finish();
}

LineVerdict check_line(const json::Line& line) {
    LineVerdict verdict;
    verdict.line = line.number;
    if (line.too_long) {
        verdict.errors.push_back(remark("line_too_long", std::to_string(line.length) + " bytes"));
        return verdict;
    }
    const trace::Decoded decoded = trace::decode(line.text);
    if (trace::is_unknown_schema(decoded.schema_version)) {
        verdict.errors.push_back(remark("newer_schema", "schema_version"));
    } else if (decoded.problem) {
        verdict.errors.push_back(failure_of(line.text, *decoded.problem));
    }
    if (decoded.record) {
        verdict.trace_id = decoded.record->trace_id;
        verdict.content_hash = trace::content_hash(*decoded.record).str();
        Warnings warnings(verdict.warnings);
        warn(decoded, verdict, warnings);
    }
    verdict.ok = verdict.errors.empty();
    return verdict;
}

}  // namespace

ValidateSummary validate_lines(json::ByteSource source, const std::function<void(const LineVerdict&)>& report,
                               std::size_t max_line) {
    ValidateSummary summary;
    json::LineReader lines(std::move(source), max_line);
    json::Line line;
    while (lines.next(line)) {
        if (!line.too_long && trim(line.text).empty()) {
            ++summary.blank;
            continue;
        }
        const LineVerdict verdict = check_line(line);
        ++summary.lines;
        ++(verdict.ok ? summary.ok : summary.failed);
        report(verdict);
    }
    return summary;
}

}  // namespace opentraces::flow
