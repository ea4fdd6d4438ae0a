#include <algorithm>

#include "cli/review/step_text.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::string_view k_marker = "[REDACTED";
constexpr std::size_t k_longest_marker = 96;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (true) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    if (lines.size() > 1 && lines.back().empty()) lines.pop_back();
    return lines;
}

bool begins_a_patch(std::string_view line) {
    return line.starts_with("@@ ") || line.starts_with("diff --git ") || line.starts_with("*** Begin Patch");
}

Style patch_style(std::string_view line) {
    if (line.starts_with("@@") || line.starts_with("*** ") || line.starts_with("diff --git ")) return k_place;
    if (line.starts_with("+++ ") || line.starts_with("--- ")) return k_strong;
    if (line.starts_with('+')) return k_added;
    return line.starts_with('-') ? k_removed : k_usual;
}

}  // namespace

std::vector<Range> markers_in(std::string_view text) {
    std::vector<Range> ranges;
    for (std::size_t at = 0; (at = text.find(k_marker, at)) != std::string_view::npos;) {
        const std::size_t close = text.substr(0, at + k_longest_marker).find(']', at);
        const std::size_t end = close == std::string_view::npos ? at + k_marker.size() : close + 1;
        ranges.push_back({at, end});
        at = end;
    }
    return ranges;
}

std::size_t StepText::block_of(std::size_t line) const {
    const auto after =
        std::upper_bound(blocks.begin(), blocks.end(), line,
                         [](std::size_t wanted, const Block& block) { return wanted < block.begin; });
    return static_cast<std::size_t>(after - blocks.begin()) - 1;
}

void StepTextBuilder::begin(std::size_t preview) {
    m_text.blocks.push_back({m_text.lines.size(), m_text.lines.size(), preview});
}

void StepTextBuilder::line(std::string label, std::string_view text, Style style, bool found) {
    m_text.bytes += sizeof(TextLine) + label.size() + text.size();
    m_text.lines.push_back({std::move(label), std::string(text), style, found});
    m_text.blocks.back().end = m_text.lines.size();
}

void StepTextBuilder::lines(const std::string& label, std::string_view text, Style style) {
    std::string before = label;
    for (const std::string_view part : lines_of(text)) {
        line(before, part, style);
        before.assign(label.size(), ' ');
    }
}

void StepTextBuilder::patch(std::string_view text) {
    const std::vector<std::string_view> parts = lines_of(text);
    const bool is_patch = std::any_of(parts.begin(), parts.end(), begins_a_patch);
    for (const std::string_view part : parts)
        line("    ", part, is_patch ? patch_style(part) : k_usual);
}

void StepTextBuilder::change(std::string_view before, std::string_view after) {
    const std::vector<std::string_view> old_lines = lines_of(before);
    const std::vector<std::string_view> new_lines = lines_of(after);
    const std::size_t most = std::min(old_lines.size(), new_lines.size());
    std::size_t same = 0;
    while (same < most && old_lines[same] == new_lines[same])
        ++same;
    std::size_t behind = 0;
    while (behind < most - same && *(old_lines.rbegin() + static_cast<std::ptrdiff_t>(behind)) ==
                                       *(new_lines.rbegin() + static_cast<std::ptrdiff_t>(behind)))
        ++behind;
    for (std::size_t i = 0; i < same; ++i)
        line("      ", old_lines[i]);
    for (std::size_t i = same; i < old_lines.size() - behind; ++i)
        line("    - ", old_lines[i], k_removed);
    for (std::size_t i = same; i < new_lines.size() - behind; ++i)
        line("    + ", new_lines[i], k_added);
    for (std::size_t i = old_lines.size() - behind; i < old_lines.size(); ++i)
        line("      ", old_lines[i]);
}

StepText StepTextBuilder::take() {
    std::erase_if(m_text.blocks, [](const Block& block) { return block.begin == block.end; });
    return std::move(m_text);
}

}  // namespace opentraces::cli::review
