// Content limits, applied after redaction so that a cut never hides half a secret.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "opentraces/core/text.hpp"
#include "security/scan/scanner.hpp"
#include "security/scrub/paths.hpp"

namespace opentraces::security {

namespace {

constexpr std::string_view k_end_marker_begin = "\n[... ";
constexpr std::string_view k_end_marker_end = " more characters]";

struct EndMarker {
    std::size_t at = 0;     // where the kept text ends
    std::size_t count = 0;  // characters that were cut before
};

std::optional<EndMarker> read_end_marker(std::string_view text) {
    if (!text.ends_with(k_end_marker_end)) return std::nullopt;
    const std::size_t digits_end = text.size() - k_end_marker_end.size();
    const std::size_t digits = run_begin<'d'>(text, digits_end);
    if (digits == digits_end || digits_end - digits > 18) return std::nullopt;
    if (!text.substr(0, digits).ends_with(k_end_marker_begin)) return std::nullopt;
    std::size_t count = 0;
    for (std::size_t i = digits; i < digits_end; ++i)
        count = count * 10 + static_cast<std::size_t>(text[i] - '0');
    return EndMarker{digits - k_end_marker_begin.size(), count};
}

// A cut must not split a marker or a pseudonym.
std::size_t step_back(std::string_view text, std::size_t cut) {
    const std::size_t from = cut < k_marker.size() ? 0 : cut - k_marker.size() + 1;
    const std::size_t marker =
        text.substr(0, std::min(text.size(), cut + k_marker.size())).find(k_marker, from);
    if (marker != std::string_view::npos && marker < cut) return marker;
    const std::size_t begin = run_begin<'w'>(text, cut);
    const std::size_t end = run_end<'w'>(text, cut);
    const bool pseudonym = end - begin == 9 && text[begin] == 'u' && run_end<'h'>(text, begin + 1) == end;
    return pseudonym ? begin : cut;
}

// The first `limit` code points, less where needed so that the cut makes nothing that looks like a secret.
std::string_view kept_part(std::string_view text, std::size_t limit) {
    std::size_t cut = step_back(text, first_code_points(text, limit).size());
    for (int round = 0; round < 4; ++round) {
        const auto hits = scan(text.substr(0, cut), {});
        if (hits.empty() || hits.back().begin == 0) break;
        cut = step_back(text, hits.back().begin);
    }
    return text.substr(0, cut);
}

bool cut_with_marker(std::string& text, std::size_t limit) {
    if (text.size() <= limit) return false;
    const auto marker = read_end_marker(text);
    const std::string_view body = std::string_view(text).substr(0, marker ? marker->at : text.size());
    const std::size_t length = code_points(body);
    if (length <= limit) return false;
    const std::string_view kept = kept_part(body, limit);
    const std::size_t gone = length - code_points(kept) + (marker ? marker->count : 0);
    const std::size_t size = kept.size();
    text.resize(size);
    text.append(k_end_marker_begin).append(std::to_string(gone)).append(k_end_marker_end);
    return true;
}

std::string summary_of(const std::string& content, std::size_t limit) {
    if (content.size() <= limit) return content;
    const std::string_view head = first_code_points(content, limit);
    if (head.size() == content.size()) return content;
    return std::string(kept_part(content, limit)) + "...";
}

}  // namespace

LimitsApplied apply_content_limits(trace::TraceRecord& record, const ContentLimits& limits) {
    LimitsApplied applied;
    for (trace::Step& step : record.steps) {
        for (trace::Observation& observation : step.observations) {
            if (!observation.content || observation.content->empty()) continue;
            if (cut_with_marker(*observation.content, limits.observation)) ++applied.observations;
            observation.output_summary = summary_of(*observation.content, limits.summary);
        }
        for (trace::Snippet& snippet : step.snippets)
            if (snippet.text && cut_with_marker(*snippet.text, limits.snippet)) ++applied.snippets;
    }
    auto& description = record.task.description;
    if (description && description->size() > limits.task && code_points(*description) > limits.task) {
        description->resize(kept_part(*description, limits.task).size());
        applied.task = true;
    }
    return applied;
}

}  // namespace opentraces::security
