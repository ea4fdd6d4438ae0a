#include "cli/export_fields.hpp"

#include <fmt/format.h>

#include "cli/diagnostic_fields.hpp"
#include "cli/failure_fields.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

using formats::Coverage;
using formats::Format;

constexpr std::size_t k_most_shown = 20;

char letter(Coverage coverage) {
    switch (coverage) {
        case Coverage::Full:
            return 'F';
        case Coverage::Extension:
            return 'x';
        case Coverage::Partial:
            return 'P';
        case Coverage::Dropped:
            break;
    }
    return '-';
}

json::Value text_or_null(std::string_view text) {
    return text.empty() ? json::Value() : json::Value(text);
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return cli::counted(static_cast<std::int64_t>(count), noun);
}

json::Array coverage_array(const Format& format, const flow::ExportTally* tally) {
    json::Array rows;
    const auto groups = formats::field_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const formats::Mapping& mapping = format.mappings[i];
        json::Object row;
        row.append("group", groups[i].name);
        row.append("fields", groups[i].fields);
        row.append("extent", formats::name_of(mapping.coverage));
        row.append("kept_as", text_or_null(mapping.target));
        if (tally != nullptr) row.append("values", tally->values[i]);
        rows.emplace_back(std::move(row));
    }
    return rows;
}

json::Array remarks_array(const flow::ExportTally& tally) {
    return diagnostics_array(tally.remarks,
                             {{Part::Field, "group"}, {Part::Words, "message"}, {Part::Count, "count"}});
}

std::string left_out_text(const flow::ExportTally& tally) {
    std::string text;
    const std::vector<flow::Failure>& left_out = tally.failures.kept();
    for (std::size_t i = 0; i < left_out.size() && i < k_most_shown; ++i) {
        text += diagnostic_text(left_out[i].what);
        if (!left_out[i].trace_id.empty()) text += " (" + printable_line(left_out[i].trace_id) + ")";
        text += "\n";
    }
    const std::int64_t more = tally.failures.total() - static_cast<std::int64_t>(k_most_shown);
    if (more > 0) text += fmt::format("and {} more\n", more);
    return text;
}

std::string remarks_text(const flow::ExportTally& tally) {
    std::string text;
    for (const Diagnostic& remark : tally.remarks)
        text += fmt::format("  {}: {} ({})\n", remark.field, printable_line(remark.words), remark.count);
    return text.empty() ? text : "Remarks:\n" + text;
}

}  // namespace

json::Object formats_object() {
    json::Array rows;
    for (const Format& format : formats::formats()) {
        json::Object row;
        row.append("name", format.name);
        row.append("summary", format.summary);
        row.append("reference", format.reference);
        row.append("extension", format.extension);
        row.append("layout", format.layout == formats::Layout::Lines ? "lines" : "documents");
        row.append("coverage", coverage_array(format, nullptr));
        rows.emplace_back(std::move(row));
    }
    json::Object object;
    object.append("formats", std::move(rows));
    return object;
}

std::string formats_text() {
    std::string text;
    for (const Format& format : formats::formats())
        text += fmt::format("{:12}  {}\n{:12}  {}\n", format.name, format.summary, "", format.reference);
    text += fmt::format("\n{:18}", "FIELDS");
    for (const Format& format : formats::formats())
        text += fmt::format("  {}", format.name);
    text += "\n";
    const auto groups = formats::field_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::string row = fmt::format("{:18}", groups[i].name);
        for (const Format& format : formats::formats())
            row += fmt::format("  {:<{}}", letter(format.mappings[i].coverage), format.name.size());
        row.erase(row.find_last_not_of(' ') + 1);
        text += row + "\n";
    }
    return text + "\nF full, x kept in the format's extension area, P in part, - not kept\n";
}

json::Object export_object(const Format& format, const flow::ExportResult& result) {
    const flow::ExportTally& tally = result.tally;
    json::Object object;
    object.append("format", format.name);
    object.append("reference", format.reference);
    object.append("records", tally.records);
    object.append("episodes", tally.episodes ? json::Value(*tally.episodes) : json::Value());
    object.append("written", tally.written);
    object.append("documents", result.documents);
    object.append("bytes", result.bytes);
    object.append("broken_lines", tally.broken);
    object.append("skipped_records", tally.skipped);
    object.append("records_without_content", tally.without);
    object.append("unknown_keys", tally.unknown_keys);
    append_failures(object, tally.failures);
    object.append("coverage", coverage_array(format, &tally));
    object.append("remarks", remarks_array(tally));
    return object;
}

std::string coverage_text(const Format& format, const flow::ExportTally& tally) {
    std::string text = fmt::format("{:18}  {:9}  {:>9}  {}\n", "FIELDS", format.name, "VALUES", "WHERE");
    const auto groups = formats::field_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const formats::Mapping& mapping = format.mappings[i];
        std::string row =
            fmt::format("{:18}  {:9}  {:>9}  {}", groups[i].name, formats::name_of(mapping.coverage),
                        with_commas(static_cast<std::int64_t>(tally.values[i])), mapping.target);
        row.erase(row.find_last_not_of(' ') + 1);
        text += row + "\n";
    }
    return text + remarks_text(tally);
}

std::string export_text(const Format& format, const flow::ExportResult& result) {
    const flow::ExportTally& tally = result.tally;
    std::string text = left_out_text(tally);
    std::string all = counted(tally.records, "record");
    if (tally.episodes) all = counted(*tally.episodes, "episode") + " of " + all;
    text += fmt::format("{} of {} as {}: {}, {} bytes", tally.written, all, format.name,
                        counted(result.documents, "document"), result.bytes);
    if (tally.broken > 0) text += fmt::format("; {} broken", counted(tally.broken, "line"));
    if (tally.skipped > 0) text += fmt::format("; {} skipped", tally.skipped);
    if (tally.without > 0) text += fmt::format("; {} without anything for this format", tally.without);
    text += "\n";
    std::string dropped;
    const auto groups = formats::field_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Coverage coverage = format.mappings[i].coverage;
        if (tally.values[i] == 0 || (coverage != Coverage::Dropped && coverage != Coverage::Partial))
            continue;
        dropped += fmt::format("{}{} ({}{})", dropped.empty() ? "" : ", ", groups[i].name, tally.values[i],
                               coverage == Coverage::Partial ? ", in part" : "");
    }
    if (!dropped.empty()) text += "Not kept whole: " + dropped + "\n";
    return text;
}

}  // namespace opentraces::cli
