#include "enrich/attribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

constexpr std::int64_t k_not_own = 0;  // in place of a step

// A line of the file's present state that the session wrote.
struct OwnLine {
    std::int64_t number = 0;
    std::int64_t step = 0;
    std::string_view text;
};

struct TrackedFile {
    std::vector<OwnLine> lines;  // by number
    std::size_t changes = 0;
    bool exact = true;
};

std::int64_t line_delta(const Hunk& hunk) {
    std::int64_t delta = 0;
    for (const std::string& line : hunk.lines) {
        if (line.starts_with('+')) ++delta;
        if (line.starts_with('-')) --delta;
    }
    return delta;
}

std::int64_t old_span(const Hunk& hunk) {
    return std::count_if(hunk.lines.begin(), hunk.lines.end(), [](const std::string& line) {
        return line.starts_with('-') || line.starts_with(' ');
    });
}

const OwnLine* line_at(const std::vector<OwnLine>& lines, std::int64_t number) {
    const auto found =
        std::lower_bound(lines.begin(), lines.end(), number,
                         [](const OwnLine& line, std::int64_t wanted) { return line.number < wanted; });
    return found != lines.end() && found->number == number ? &*found : nullptr;
}

// `start` is where the hunk begins in the state before it, `step` made it.
std::vector<OwnLine> apply(const std::vector<OwnLine>& before, const Hunk& hunk, std::int64_t start,
                           std::int64_t step) {
    std::vector<OwnLine> after;
    const std::int64_t end = start + old_span(hunk);
    for (const OwnLine& line : before) {
        if (line.number < start) after.push_back(line);
    }
    std::int64_t old_line = start;
    std::int64_t new_line = start;
    for (const std::string& line : hunk.lines) {
        if (line.starts_with('+')) {
            if (step != k_not_own) after.push_back({new_line, step, std::string_view(line).substr(1)});
            ++new_line;
        } else if (line.starts_with('-')) {
            ++old_line;
        } else if (line.starts_with(' ')) {
            if (const OwnLine* own = line_at(before, old_line))
                after.push_back({new_line, own->step, own->text});
            ++old_line;
            ++new_line;
        }
    }
    const std::int64_t delta = line_delta(hunk);
    for (const OwnLine& line : before) {
        if (line.number >= end) after.push_back({line.number + delta, line.step, line.text});
    }
    return after;
}

void apply(TrackedFile& file, const ExactChange& change) {
    if (change.own) ++file.changes;
    if (change.whole) file.lines.clear();
    for (const Hunk& hunk : change.hunks) {
        // An empty old side names the line before it. Hunks of one change come in ascending order, so the
        // position in the new file is also the position once the hunks before it are in.
        const std::int64_t start =
            std::max<std::int64_t>(hunk.new_lines == 0 ? hunk.new_start + 1 : hunk.new_start, 1);
        file.lines = apply(file.lines, hunk, start, change.own ? change.step : k_not_own);
    }
}

trace::AttributionRange range_of(const std::vector<OwnLine>& lines, std::size_t first, std::size_t last,
                                 trace::RangeConfidence confidence) {
    std::string text;
    for (std::size_t at = first; at <= last; ++at)
        text.append(text.empty() && at == first ? "" : "\n").append(lines[at].text);
    trace::AttributionRange range;
    range.start_line = lines[first].number;
    range.end_line = lines[last].number;
    range.content_hash = fmt::format("{:08x}", murmur3_32(text));
    range.confidence = confidence;
    return range;
}

trace::RangeConfidence confidence_of(const TrackedFile& file) {
    if (!file.exact) return trace::RangeConfidence::Low;
    return file.changes == 1 ? trace::RangeConfidence::High : trace::RangeConfidence::Medium;
}

const trace::Step* step_with(const trace::TraceRecord& record, std::int64_t index) {
    const auto at = static_cast<std::size_t>(index - 1);
    return at < record.steps.size() ? &record.steps[at] : nullptr;
}

trace::AttributionConversation conversation_for(const trace::TraceRecord& record, std::int64_t step) {
    trace::AttributionConversation conversation;
    conversation.contributor.emplace_back("type", "ai");
    const trace::Step* made = step_with(record, step);
    if (made != nullptr && made->model) conversation.contributor.emplace_back("model_id", *made->model);
    conversation.url = "opentraces://" + record.trace_id + "/step_" + std::to_string(step);
    return conversation;
}

trace::AttributionFile attribute(const trace::TraceRecord& record, const std::string& path,
                                 const TrackedFile& file) {
    std::map<std::int64_t, std::vector<trace::AttributionRange>> by_step;
    for (std::size_t first = 0; first < file.lines.size();) {
        std::size_t last = first;
        while (last + 1 < file.lines.size() && file.lines[last + 1].step == file.lines[first].step &&
               file.lines[last + 1].number == file.lines[last].number + 1)
            ++last;
        by_step[file.lines[first].step].push_back(range_of(file.lines, first, last, confidence_of(file)));
        first = last + 1;
    }
    trace::AttributionFile answer;
    answer.path = path;
    for (auto& [step, ranges] : by_step) {
        answer.conversations.push_back(conversation_for(record, step));
        answer.conversations.back().ranges = std::move(ranges);
    }
    return answer;
}

}  // namespace

std::optional<trace::Attribution> attribution_of(const trace::TraceRecord& record, const Replayed& replayed) {
    trace::Attribution attribution;
    for (const ReplayedFile& replayed_file : replayed.files) {
        TrackedFile file;
        file.exact = replayed_file.gap.empty() && !replayed_file.changed_between;
        for (const ExactChange& change : replayed_file.changes)
            apply(file, change);
        trace::AttributionFile answer = attribute(record, replayed_file.path, file);
        if (!answer.conversations.empty()) attribution.files.push_back(std::move(answer));
    }
    if (attribution.files.empty()) return std::nullopt;
    return attribution;
}

}  // namespace opentraces::enrich
