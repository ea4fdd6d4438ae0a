#include "store/finding_reports.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "opentraces/core/error.hpp"
#include "store/rows.hpp"

namespace opentraces::store {
namespace {

constexpr std::size_t k_most_places = 5000;
constexpr std::string_view k_steps = "steps[";

// "steps[3].content"
std::optional<std::int64_t> step_of(std::string_view field) {
    if (!field.starts_with(k_steps)) return std::nullopt;
    std::int64_t step = 0;
    const char* const begin = field.data() + k_steps.size();
    const auto [end, error] = std::from_chars(begin, field.data() + field.size(), step);
    if (error != std::errc() || end == field.data() + field.size() || *end != ']') return std::nullopt;
    return step;
}

FoundPlace place_of(const security::Finding& finding) {
    FoundPlace place;
    place.rule = finding.rule;
    place.severity = finding.severity;
    place.step = step_of(finding.field);
    place.field = finding.field;
    place.length = static_cast<std::int64_t>(finding.length);
    place.fingerprint = finding.fingerprint;
    place.layer = security::name_of(finding.layer);
    place.redacted = finding.redacted;
    return place;
}

security::Severity read_severity(Statement& statement) {
    return static_cast<security::Severity>(
        statement.number(0, static_cast<std::int64_t>(security::Severity::Critical)));
}

}  // namespace

std::optional<FindingReport> report_of(const security::ScrubbedTrace& trace) {
    if (!trace.knows_findings()) return std::nullopt;
    FindingReport report;
    using Alike = std::tuple<std::string, std::string, std::string, std::int64_t, std::string>;
    std::map<Alike, std::size_t> known;
    for (const security::Finding& finding : trace.findings()) {
        FoundPlace place = place_of(finding);
        const auto [entry, fresh] = known.try_emplace(
            {place.field, place.rule, place.fingerprint, place.length, place.layer}, report.places.size());
        if (!fresh) {
            ++report.places[entry->second].times;
        } else if (report.places.size() < k_most_places) {
            report.places.push_back(std::move(place));
        } else {
            known.erase(entry);
            ++report.omitted;
        }
    }
    return report;
}

std::optional<FindingReport> extended_report(std::optional<FindingReport> report,
                                             const std::vector<security::Finding>& findings) {
    if (!report) return report;
    for (const security::Finding& finding : findings) {
        if (!finding.redacted) continue;
        FoundPlace place = place_of(finding);
        const auto alike = [&](const FoundPlace& known) {
            return known.field == place.field && known.rule == place.rule &&
                   known.fingerprint == place.fingerprint && known.layer == place.layer;
        };
        const auto known = std::find_if(report->places.begin(), report->places.end(), alike);
        if (known != report->places.end())
            ++known->times;
        else if (report->places.size() < k_most_places)
            report->places.push_back(std::move(place));
        else
            ++report->omitted;
    }
    return report;
}

void write_report(Database& database, const TraceId& id, const std::optional<FindingReport>& report) {
    Statement(database, "DELETE FROM finding_reports WHERE trace_id = ?").bind(id.str()).run();
    if (!report) return;
    Statement(database, "INSERT INTO finding_reports VALUES (?,?)")
        .bind(id.str())
        .bind(report->omitted)
        .run();
    std::int64_t position = 0;
    for (const FoundPlace& place : report->places) {
        Statement statement(database, "INSERT INTO found_places VALUES (?,?,?,?,?,?,?,?,?,?,?)");
        statement.bind(id.str()).bind(position++).bind(place.rule);
        statement.bind(static_cast<std::int64_t>(place.severity)).bind(place.step).bind(place.field);
        statement.bind(place.length).bind(place.fingerprint).bind(place.layer);
        statement.bind(std::int64_t{place.redacted}).bind(place.times).run();
    }
}

bool has_report(Database& database, const TraceId& id) {
    Statement statement(database, "SELECT 1 FROM finding_reports WHERE trace_id = ?");
    statement.bind(id.str());
    return statement.next();
}

std::optional<FindingReport> read_report(Database& database, const TraceId& id) {
    Statement head(database, "SELECT omitted FROM finding_reports WHERE trace_id = ?");
    head.bind(id.str());
    if (!head.next()) return std::nullopt;
    FindingReport report;
    report.omitted = read_count(head);
    Statement statement(database,
                        "SELECT rule, severity, step, field, length, fingerprint, layer, redacted, times "
                        "FROM found_places WHERE trace_id = ? ORDER BY position");
    statement.bind(id.str());
    while (statement.next()) {
        FoundPlace place;
        place.rule = statement.text();
        place.severity = read_severity(statement);
        place.step = statement.optional_integer();
        place.field = statement.text();
        place.length = read_count(statement);
        place.fingerprint = statement.text();
        place.layer = statement.text();
        place.redacted = statement.integer() != 0;
        place.times = read_count(statement);
        report.places.push_back(std::move(place));
    }
    return report;
}

}  // namespace opentraces::store
