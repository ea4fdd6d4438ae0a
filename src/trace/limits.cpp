#include "opentraces/trace/limits.hpp"

#include <optional>
#include <string>

#include "opentraces/core/text.hpp"

namespace opentraces::trace {
namespace {

constexpr std::size_t k_most_digits = 18;  // fit into 64 bits

struct EndMarker {
    std::size_t at = 0;     // where the kept text ends
    std::size_t count = 0;  // characters that were cut before
};

std::optional<EndMarker> read_end_marker(std::string_view text) {
    if (!text.ends_with(k_end_marker_end)) return std::nullopt;
    text.remove_suffix(k_end_marker_end.size());
    const std::size_t digits = text.find_last_not_of("0123456789") + 1;  // 0 when there is nothing else
    if (digits == text.size() || text.size() - digits > k_most_digits) return std::nullopt;
    if (!text.substr(0, digits).ends_with(k_end_marker_begin)) return std::nullopt;
    std::size_t count = 0;
    for (const char digit : text.substr(digits))
        count = count * 10 + static_cast<std::size_t>(digit - '0');
    return EndMarker{digits - k_end_marker_begin.size(), count};
}

bool cut_with_marker(std::string& text, const CutAt& cut_at, std::size_t limit) {
    if (text.size() <= limit) return false;
    const auto marker = read_end_marker(text);
    const std::string_view body = std::string_view(text).substr(0, marker ? marker->at : text.size());
    const std::size_t length = code_points(body);
    if (length <= limit) return false;
    const std::size_t kept = cut_at(body, limit);
    const std::size_t gone = length - code_points(body.substr(0, kept)) + (marker ? marker->count : 0);
    text.resize(kept);
    text.append(k_end_marker_begin).append(std::to_string(gone)).append(k_end_marker_end);
    return true;
}

std::string summary_of(const std::string& content, const CutAt& cut_at, std::size_t limit) {
    if (content.size() <= limit || first_code_points(content, limit).size() == content.size()) return content;
    return content.substr(0, cut_at(content, limit)).append(k_more);
}

}  // namespace

std::optional<std::size_t> characters_cut(std::string_view text) {
    const auto marker = read_end_marker(text);
    return marker ? std::optional<std::size_t>(marker->count) : std::nullopt;
}

LimitsApplied apply_content_limits(TraceRecord& record, const CutAt& cut_at, const ContentLimits& limits) {
    LimitsApplied applied;
    for (Step& step : record.steps) {
        for (Observation& observation : step.observations) {
            if (!observation.content || observation.content->empty()) continue;
            const bool cuts = limits.observation > 0;
            if (cuts && cut_with_marker(*observation.content, cut_at, limits.observation))
                ++applied.observations;
            observation.output_summary = summary_of(*observation.content, cut_at, limits.summary);
        }
        for (Snippet& snippet : step.snippets)
            if (snippet.text && cut_with_marker(*snippet.text, cut_at, limits.snippet)) ++applied.snippets;
    }
    auto& description = record.task.description;
    if (description && cut_with_marker(*description, cut_at, limits.task)) applied.task = true;
    return applied;
}

void note_limits(TraceRecord& record, const LimitsApplied& applied) {
    if (applied.observations == 0 && applied.snippets == 0 && !applied.task) return;
    const json::Value* before = record.metadata.find("opentraces_truncated");
    static const json::Value k_nothing;
    const json::Value& old = before != nullptr ? *before : k_nothing;
    json::Object counts;
    counts.append("observations", old["observations"].integer().value_or(0) + applied.observations);
    counts.append("snippets", old["snippets"].integer().value_or(0) + applied.snippets);
    counts.append("task", applied.task || old["task"].bool_or(false));
    record.metadata.set("opentraces_truncated", std::move(counts));
}

}  // namespace opentraces::trace
