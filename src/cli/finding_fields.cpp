#include "cli/finding_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/table.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_shown_fingerprint = 12;

json::Object place_object(const store::FoundPlace& place) {
    json::Object object;
    object.append("rule", place.rule);
    object.append("severity", std::string(security::name_of(place.severity)));
    object.append("step_index", place.step ? json::Value(*place.step) : json::Value());
    object.append("field", place.field);
    object.append("length", place.length);
    object.append("layer", place.layer);
    object.append("redacted", place.redacted);
    object.append("times", place.times);
    object.append("fingerprint", text_or_null(place.fingerprint));
    return object;
}

// The part of the path behind the step, which has a column of its own.
std::string field_of(const store::FoundPlace& place) {
    const std::size_t step = place.step ? place.field.find("].") : std::string::npos;
    return step == std::string::npos ? place.field : place.field.substr(step + 2);
}

}  // namespace

void append_findings(json::Object& object, const std::optional<store::FindingReport>& report, bool asked) {
    json::Value findings;
    json::Value omitted;
    if (asked && report) {
        json::Array places;
        for (const store::FoundPlace& place : report->places)
            places.emplace_back(place_object(place));
        findings = json::Value(std::move(places));
        omitted = json::Value(report->omitted);
    }
    object.append("findings", std::move(findings));
    object.append("findings_omitted", std::move(omitted));
}

std::string findings_text(Context& context, const std::optional<store::FindingReport>& report) {
    if (!report)
        return "Nobody knows what was found in this trace: it was staged before reports were kept, or came "
               "scrubbed.\nRun: opentraces recapture\n";
    if (report->places.empty()) return "Nothing was found in this trace.\n";
    const bool terminal = context.terminal.out_is_terminal();
    const auto width = terminal ? static_cast<std::size_t>(std::max(context.terminal.width(), 1)) : 0;
    Table table({{"STEP", true},
                 {"RULE"},
                 {"SEVERITY"},
                 {"LENGTH", true},
                 {"TIMES", true},
                 {"SEEN"},
                 {"DONE"},
                 {"FINGERPRINT"},
                 {"FIELD"}},
                width, context.terminal.colour());
    for (const store::FoundPlace& place : report->places)
        table.add({{place.step ? std::to_string(*place.step) : "-"},
                   {place.rule},
                   {std::string(security::name_of(place.severity)),
                    place.severity >= security::Severity::High ? k_red : k_yellow},
                   {std::to_string(place.length)},
                   {std::to_string(place.times)},
                   {place.layer},
                   {place.redacted ? "redacted" : "flagged"},
                   {place.fingerprint.empty() ? "-" : place.fingerprint.substr(0, k_shown_fingerprint)},
                   {field_of(place)}});
    std::string text = table.text();
    if (report->omitted > 0) text += fmt::format("and {} more\n", counted(report->omitted, "place"));
    return text;
}

}  // namespace opentraces::cli
