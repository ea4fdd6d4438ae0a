#include "formats/readable/markdown_out.hpp"

#include <algorithm>

#include "formats/readable/prose.hpp"
#include "formats/view/visible.hpp"

namespace opentraces::formats {
namespace {

constexpr std::size_t k_most_indent = 40;
constexpr std::size_t k_tab = 4;
constexpr std::size_t k_shortest_fence = 3;

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Inside a line these could begin a code span, emphasis, a link, a tag, an entity, a cell or a formula.
bool needs_escape(std::string_view text, std::size_t at) {
    switch (text[at]) {
        case '\\':
        case '`':
        case '*':
        case '[':
        case ']':
        case '<':
        case '|':
        case '~':
        case '$':
            return true;
        case '_': {
            const bool inside =
                at > 0 && at + 1 < text.size() && is_word(text[at - 1]) && is_word(text[at + 1]);
            return !inside;
        }
        case '&':
            return at + 1 < text.size() && (is_word(text[at + 1]) || text[at + 1] == '#');
        default:
            return false;
    }
}

// At the start of a line these could begin a heading, a quotation, a list or a rule.
std::size_t block_mark(std::string_view line) {
    if (line.empty()) return std::string_view::npos;
    if (std::string_view("#>-+=").find(line.front()) != std::string_view::npos) return 0;
    const auto digits = std::find_if_not(line.begin(), line.end(), is_digit);
    const auto count = static_cast<std::size_t>(digits - line.begin());
    const bool ends = count + 1 >= line.size() || line[count + 1] == ' ';
    if (count > 0 && count < line.size() && (*digits == '.' || *digits == ')') && ends) return count;
    return std::string_view::npos;
}

}  // namespace

MarkdownOut& MarkdownOut::raw(std::string_view markup) {
    m_out.append(markup);
    if (m_out.size() >= k_buffer) finish();
    return *this;
}

MarkdownOut& MarkdownOut::html(std::string_view text) {
    const std::size_t begin = m_out.size();
    append_html(m_out, text);
    // A blank line would end the block of HTML.
    std::replace(m_out.begin() + static_cast<std::ptrdiff_t>(begin), m_out.end(), '\n', ' ');
    return *this;
}

MarkdownOut& MarkdownOut::inline_text(std::string_view text) {
    m_text.clear();
    append_visible(m_text, text);
    std::replace(m_text.begin(), m_text.end(), '\n', ' ');
    escaped(m_text);
    return *this;
}

void MarkdownOut::escaped(std::string_view text) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!needs_escape(text, at)) continue;
        m_out.append(text.substr(begin, at - begin)).push_back('\\');
        begin = at;
    }
    m_out.append(text.substr(begin));
}

void MarkdownOut::code_span(std::string_view text) {
    const std::string marks(longest_run(text, '`') + 1, '`');
    const bool pad = text.empty() || text.front() == '`' || text.back() == '`' || text.front() == ' ';
    m_out.append(marks).append(pad ? " " : "").append(text).append(pad ? " " : "").append(marks);
}

void MarkdownOut::prose_line(std::string_view line) {
    if (const std::string_view heading = prose_heading(line); !heading.empty()) {
        m_out.append("**");
        escaped(heading);
        m_out.append("**");
        return;
    }
    std::size_t indent = 0;
    std::size_t at = 0;
    for (; at < line.size() && (line[at] == ' ' || line[at] == '\t'); ++at)
        indent += line[at] == '\t' ? k_tab : 1;
    line.remove_prefix(at);
    for (std::size_t i = 0; i < std::min(indent, k_most_indent); ++i)
        m_out.append("&nbsp;");
    const std::size_t mark = block_mark(line);
    if (mark != std::string_view::npos) {
        m_out.append(line.substr(0, mark)).append("\\").push_back(line[mark]);
        line.remove_prefix(mark + 1);
    }
    for (const ProseSpan& span : prose_spans(line)) {
        // In a table a bar ends the cell even in a code span.
        if (span.kind == ProseKind::Code && span.text.find('|') == std::string_view::npos) {
            code_span(span.text);
        } else if (span.kind == ProseKind::Code) {
            m_out.append("\\`");
            escaped(span.text);
            m_out.append("\\`");
        } else if (span.kind == ProseKind::Strong) {
            m_out.append("**");
            escaped(span.text);
            m_out.append("**");
        } else {
            escaped(span.text);
        }
    }
}

void MarkdownOut::prose(std::string_view text) {
    std::string visible;
    append_visible(visible, text);
    for (const ProseBlock& block : prose_blocks(visible)) {
        if (block.code) {
            fence(block.language, block.text);
            continue;
        }
        bool open = false;  // a line of the paragraph stands before this one
        for_each_line(block.text, [&](std::string_view line) {
            const bool blank = line.find_first_not_of(" \t") == std::string_view::npos;
            if (!blank && open) raw("  \n");
            if (blank && open) raw("\n\n");
            if (!blank) prose_line(line);
            open = !blank;
        });
        raw(open ? "\n\n" : "\n");
    }
}

void MarkdownOut::fence(std::string_view language, std::string_view text) {
    m_text.clear();
    append_visible(m_text, text);
    fenced(language);
}

void MarkdownOut::fenced(std::string_view language) {
    const std::string marks(std::max(k_shortest_fence, longest_run(m_text, '`') + 1), '`');
    raw(marks).raw(language).raw("\n");
    raw(m_text).raw(m_text.empty() || m_text.back() == '\n' ? "" : "\n").raw(marks).raw("\n\n");
}

void MarkdownOut::diff(const std::vector<DiffLine>& lines) {
    m_text.clear();
    for (const auto& [sign, line] : lines) {
        if (sign != '@') m_text.push_back(sign);
        append_visible(m_text, line);
        m_text.push_back('\n');
    }
    fenced("diff");
}

void MarkdownOut::finish() {
    m_sink.write(m_out);
    m_out.clear();
}

}  // namespace opentraces::formats
