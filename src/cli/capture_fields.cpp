#include "cli/capture_fields.hpp"

#include <fmt/format.h>

#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {

json::Object counts_object(const std::map<std::string, std::int64_t>& counts) {
    json::Object object;
    for (const auto& [name, count] : counts)
        object.append(name, count);
    return object;
}

json::Object counts_object(const std::map<std::string, std::size_t>& counts) {
    json::Object object;
    for (const auto& [name, count] : counts)
        object.append(name, static_cast<std::uint64_t>(count));
    return object;
}

std::string unknown_text(const std::map<std::string, std::size_t>& unknown_line_types) {
    constexpr std::size_t k_shown = 20;
    std::string text;
    std::size_t shown = 0;
    for (const auto& [type, lines] : unknown_line_types) {
        if (shown++ == k_shown) {
            return text +
                   fmt::format("and {} more types; --json names them\n", unknown_line_types.size() - k_shown);
        }
        text += fmt::format("not understood: {} line(s) of type \"{}\"\n", lines, printable_line(type));
    }
    return text;
}

void append_tally(json::Object& object, const flow::ReadTally& tally) {
    object.append("filtered", tally.filtered);
    object.append("unknown_lines", tally.unknown_lines());
    object.append("unknown_line_types", counts_object(tally.unknown_line_types));
    object.append("skipped_lines", tally.skipped_lines);
    object.append("foreign_files", tally.foreign_files);
    object.append("context_not_kept", counts_object(tally.context_not_kept));
    object.append("copied_replies", tally.copied_replies);
    object.append("missing_agents", tally.missing_agents);
    object.append("unlinked_agents", tally.unlinked_agents);
}

json::Object capture_object(const flow::CaptureResult& result) {
    json::Object object;
    object.append("captured", result.captured);
    object.append("updated", result.updated);
    object.append("unchanged", result.unchanged);
    append_tally(object, result);
    json::Array ids;
    for (const TraceId& id : result.traces)
        ids.emplace_back(id.str());
    object.append("trace_ids", std::move(ids));
    return object;
}

std::string counts_text(const flow::CaptureResult& result) {
    std::string text = fmt::format("{} captured, {} updated, {} unchanged", counted(result.captured, "trace"),
                                   result.updated, result.unchanged);
    if (result.filtered > 0) {
        text += fmt::format("; {} left out (fewer than 2 steps or no tool call)",
                            counted(result.filtered, "session"));
    }
    if (!result.failed.empty()) text += fmt::format("; {} failed", result.failed.total());
    return text + "\n";
}

std::string agents_text(const flow::ReadTally& tally) {
    std::string text;
    if (tally.copied_replies > 0)
        text +=
            fmt::format("{} also in another session, and counted there\n",
                        tally.copied_replies == 1 ? std::string("1 reply stands")
                                                  : fmt::format("{} replies stand", tally.copied_replies));
    if (tally.missing_agents > 0)
        text += fmt::format("{} without a transcript\n", counted(tally.missing_agents, "sub-agent"));
    if (tally.unlinked_agents > 0)
        text += fmt::format("{} that no call is known to have started\n",
                            counted(tally.unlinked_agents, "sub-agent"));
    return text;
}

std::string capture_text(const flow::CaptureResult& result) {
    std::string text = counts_text(result) + agents_text(result) + unknown_text(result.unknown_line_types);
    if (result.captured + result.updated > 0) text += "Next: opentraces list, then opentraces commit\n";
    return text;
}

}  // namespace opentraces::cli
