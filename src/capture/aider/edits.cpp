#include "capture/aider/edits.hpp"

#include <algorithm>

#include "capture/edit_calls.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::aider {
namespace {

constexpr std::string_view k_fence = "```";

bool has_name_marks(std::string_view text) {
    return text.find_first_of("./") != std::string_view::npos;
}

std::string_view without(std::string_view text, char mark) {
    while (text.starts_with(mark))
        text.remove_prefix(1);
    while (text.ends_with(mark))
        text.remove_suffix(1);
    return text;
}

// "src/a.py" of "**src/a.py**:", "### `src/a.py`" or "```src/a.py"; empty for a fence with a language.
std::string_view file_name_in(std::string_view line) {
    std::string_view name = trim(line);
    if (name.starts_with(k_fence)) {
        name.remove_prefix(k_fence.size());
        return has_name_marks(name) ? name : std::string_view();
    }
    while (name.ends_with(':'))
        name.remove_suffix(1);
    while (name.starts_with('#'))
        name.remove_prefix(1);
    return without(without(trim(name), '`'), '*');
}

bool begins_block(std::string_view line) {
    const std::string_view text = trim(line);
    return text.starts_with("<<<<<") &&
           trim(text.substr(std::min(text.find_first_not_of('<'), text.size()))) == "SEARCH";
}
bool ends_block(std::string_view line) {
    const std::string_view text = trim(line);
    return text.starts_with(">>>>>") && text.ends_with("REPLACE");
}

// Of the block that begins at `at`: in one of the three lines before it, as long as those are fences.
std::string_view file_of_block(const std::vector<std::string_view>& lines, std::size_t at) {
    constexpr std::size_t k_most = 3;
    std::string_view best;
    for (std::size_t back = 1; back <= k_most && back <= at; ++back) {
        const std::string_view line = lines[at - back];
        const std::string_view name = file_name_in(line);
        if (best.empty() || (!has_name_marks(best) && has_name_marks(name))) best = name;
        if (!is_fence(line)) break;
    }
    return ends_block(best) ? std::string_view() : best;
}

Edit& edit_of(std::string_view path, std::vector<Edit>& edits) {
    const auto known =
        std::find_if(edits.begin(), edits.end(), [path](const Edit& edit) { return edit.path == path; });
    if (known != edits.end()) return *known;
    edits.push_back({std::string(path), {}});
    return edits.back();
}

}  // namespace

bool is_fence(std::string_view line) {
    return trim(line).starts_with(k_fence);
}

std::vector<Edit> edits_in(std::string_view reply) {
    std::vector<Edit> edits;
    const std::vector<std::string_view> lines = lines_of(reply);
    std::string_view path;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (!begins_block(lines[at])) continue;
        const std::string_view named = file_of_block(lines, at);
        if (!named.empty()) path = named;
        std::string block;
        while (at < lines.size()) {
            block += lines[at];
            if (ends_block(lines[at])) break;
            ++at;
        }
        if (path.empty()) continue;
        for (enrich::Replacement& one : replacements_in_blocks(block))
            edit_of(path, edits).replacements.push_back(std::move(one));
    }
    return edits;
}

std::optional<std::string> whole_file_in(std::string_view reply, std::string_view path) {
    const std::vector<std::string_view> lines = lines_of(reply);
    for (std::size_t at = 1; at < lines.size(); ++at) {
        if (!is_fence(lines[at]) || file_name_in(lines[at - 1]) != path) continue;
        std::string content;
        for (++at; at < lines.size() && !lines[at].starts_with(k_fence); ++at)
            content += lines[at];
        return content;
    }
    return std::nullopt;
}

std::optional<std::string> diff_in(std::string_view reply, std::string_view path) {
    std::string diff;
    bool inside = false;
    for (const std::string_view line : lines_of(reply)) {
        if (line.starts_with("+++ ")) {
            std::string_view name = trim(line.substr(4));
            if (name.starts_with("b/")) name.remove_prefix(2);
            inside = name == path;
        } else if (is_fence(line) || line.starts_with("--- ")) {
            inside = false;
        } else if (inside) {
            diff += line;
        }
    }
    return diff.empty() ? std::nullopt : std::optional(std::move(diff));
}

std::optional<std::string> patch_in(std::string_view reply) {
    constexpr std::string_view k_end = "*** End Patch";
    const std::size_t begin = reply.find("*** Begin Patch");
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t end = reply.find(k_end, begin);
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(reply.substr(begin, end + k_end.size() - begin));
}

}  // namespace opentraces::capture::aider
