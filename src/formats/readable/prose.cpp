#include "formats/readable/prose.hpp"

#include <algorithm>
#include <utility>

namespace opentraces::formats {
namespace {

constexpr std::size_t k_longest_language = 20;
constexpr std::size_t k_longest_line = 20'000;  // looking for spans takes the square of it

struct Fence {
    char mark = 0;
    std::size_t length = 0;
    std::string_view info;
};

// length 0: the line is no fence.
Fence fence_of(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty() || (line.front() != '`' && line.front() != '~')) return {};
    Fence fence{line.front(), std::min(line.find_first_not_of(line.front()), line.size()), {}};
    if (fence.length < 3) return {};
    fence.info = line.substr(fence.length);
    // Backticks in the rest: a code span that begins the line.
    if (fence.mark == '`' && fence.info.find('`') != std::string_view::npos) return {};
    return fence;
}

bool closes(const Fence& fence, const Fence& open) {
    return fence.mark == open.mark && fence.length >= open.length &&
           fence.info.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::string_view language_of(std::string_view info) {
    info.remove_prefix(std::min(info.find_first_not_of(" \t"), info.size()));
    const auto end = std::find_if_not(info.begin(), info.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
               c == '-' || c == '#' || c == '.' || c == '_';
    });
    return info.substr(
        0, std::min<std::size_t>(static_cast<std::size_t>(end - info.begin()), k_longest_language));
}

// Collects lines that follow each other in one text.
class Blocks {
public:
    void add_line(std::string_view line) {
        if (m_begin == nullptr) m_begin = line.data();
        m_end = line.data() + line.size();
    }
    void end(bool code, std::string_view language) {
        if (m_begin != nullptr || code) {
            m_blocks.push_back({code, language, {}});
            if (m_begin != nullptr)
                m_blocks.back().text = {m_begin, static_cast<std::size_t>(m_end - m_begin)};
        }
        m_begin = nullptr;
    }
    std::vector<ProseBlock> take() { return std::move(m_blocks); }

private:
    const char* m_begin = nullptr;
    const char* m_end = nullptr;
    std::vector<ProseBlock> m_blocks;
};

// The end of a span that `open` begins at `at`; npos: it does not end on the line.
std::size_t code_end(std::string_view line, std::size_t at, std::size_t length) {
    while ((at = line.find('`', at)) != std::string_view::npos) {
        const std::size_t end = std::min(line.find_first_not_of('`', at), line.size());
        if (end - at == length) return at;
        at = end;
    }
    return std::string_view::npos;
}

}  // namespace

std::vector<ProseBlock> prose_blocks(std::string_view text) {
    Blocks blocks;
    Fence open;
    for_each_line(text, [&](std::string_view line) {
        const Fence fence = fence_of(line);
        if (open.length == 0 && fence.length > 0) {
            blocks.end(false, {});
            open = fence;
        } else if (open.length > 0 && fence.length > 0 && closes(fence, open)) {
            blocks.end(true, language_of(open.info));
            open = {};
        } else {
            blocks.add_line(line);
        }
    });
    blocks.end(open.length > 0, language_of(open.info));
    return blocks.take();
}

std::vector<ProseSpan> prose_spans(std::string_view line) {
    std::vector<ProseSpan> spans;
    if (line.size() > k_longest_line) return {{ProseKind::Text, line}};
    std::size_t begin = 0;
    const auto add = [&](ProseKind kind, std::size_t open, std::size_t from, std::size_t to,
                         std::size_t end) {
        if (open > begin) spans.push_back({ProseKind::Text, line.substr(begin, open - begin)});
        spans.push_back({kind, line.substr(from, to - from)});
        begin = end;
    };
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t mark = std::min(line.find_first_of("`*", at), line.size());
        if (mark == line.size()) break;
        const std::size_t after = std::min(line.find_first_not_of(line[mark], mark), line.size());
        at = after;
        if (line[mark] == '`') {
            const std::size_t end = code_end(line, after, after - mark);
            if (end == std::string_view::npos) continue;
            add(ProseKind::Code, mark, after, end, end + (after - mark));
            at = begin;
        } else if (after - mark == 2 && after < line.size() && line[after] != ' ') {
            const std::size_t end = line.find("**", after);
            if (end == std::string_view::npos || line[end - 1] == ' ') continue;
            if (line.substr(after, end - after).find('`') != std::string_view::npos) continue;
            add(ProseKind::Strong, mark, after, end, end + 2);
            at = begin;
        }
    }
    if (begin < line.size()) spans.push_back({ProseKind::Text, line.substr(begin)});
    return spans;
}

std::string_view prose_heading(std::string_view line) {
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    if (level == 0 || level > 6 || level + 1 >= line.size() || line[level] != ' ') return {};
    line.remove_prefix(level + 1);
    const std::size_t last = line.find_last_not_of(' ');
    return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::size_t longest_run(std::string_view text, char of) {
    std::size_t longest = 0;
    for (std::size_t at = text.find(of); at != std::string_view::npos; at = text.find(of, at)) {
        const std::size_t end = std::min(text.find_first_not_of(of, at), text.size());
        longest = std::max(longest, end - at);
        at = end;
    }
    return longest;
}

}  // namespace opentraces::formats
