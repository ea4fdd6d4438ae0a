#include "card/yaml_edit.hpp"

#include <algorithm>
#include <utility>

#include "card/text_lines.hpp"

namespace opentraces::card {

std::string indented(std::string_view block, std::size_t column, bool first) {
    std::string out;
    for (const std::string_view line : lines_of(block)) {
        if ((first || !out.empty()) && !is_blank(line)) out.append(column, ' ');
        out += line;
    }
    return out;
}

std::size_t YamlEdits::line_begin(std::size_t at) const {
    const std::size_t feed = at == 0 ? std::string_view::npos : m_text.rfind('\n', at - 1);
    return feed == std::string_view::npos ? 0 : feed + 1;
}

std::size_t YamlEdits::line_after(std::size_t at) const {
    const std::size_t feed = m_text.find('\n', at);
    return feed == std::string_view::npos ? m_text.size() : feed + 1;
}

void YamlEdits::replace(std::size_t begin, std::size_t end, std::string_view block, std::size_t column) {
    std::string text = indented(block, column, false);
    if (text.ends_with('\n')) text.pop_back();
    m_edits.push_back({begin, end, with_line_ends(text, m_line_end)});
}

void YamlEdits::replace_scalar(const YamlNode& scalar, std::string_view text) {
    m_edits.push_back({scalar.begin, scalar.end, std::string(text)});
}

void YamlEdits::remove(const YamlEntry& entry) {
    m_edits.push_back({line_begin(entry.begin()), line_after(entry.end()), {}});
}

void YamlEdits::insert_below(std::size_t end, std::string_view block, std::size_t column) {
    const std::size_t at = line_after(end);
    m_edits.push_back({at, at, with_line_ends(indented(block, column, true), m_line_end)});
}

void YamlEdits::insert_at(std::size_t at, std::string_view text) {
    m_edits.push_back({at, at, std::string(text)});
}

std::string YamlEdits::apply() const {
    std::vector<Edit> edits = m_edits;
    // Insertions go before what is replaced at the same place, and stay in the order they were asked for.
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::string out;
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        out += m_text.substr(at, edit.begin - at);
        out += edit.text;
        at = edit.end;
    }
    out += m_text.substr(at);
    return out;
}

}  // namespace opentraces::card
