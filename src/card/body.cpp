#include "card/body.hpp"

#include <algorithm>
#include <vector>

#include "card/markers.hpp"
#include "card/text_lines.hpp"

namespace opentraces::card {
namespace {

bool is_atx_heading(std::string_view line) {
    line = without_trailing_space(line);
    return line == "#" || line.starts_with("# ");
}

bool is_setext_underline(std::string_view line) {
    line = without_trailing_space(line);
    return !line.empty() && line.find_first_not_of('=') == std::string_view::npos;
}

class BodyMerger {
public:
    BodyMerger(std::string_view body, std::string_view line_end, const Sections& sections)
        : m_lines(lines_of(body)),
          m_roles(find_sections(m_lines)),
          m_line_end(line_end),
          m_sections(sections) {}

    std::string merge() {
        drop_gaps();
        const bool machine_first = earlier_machine_block();
        std::string out = machine_first ? written(m_sections.machine) : std::string();
        const std::string statistics =
            machine_first ? m_sections.statistics : m_sections.machine + "\n" + m_sections.statistics;
        const std::size_t badges_at = badges_line();
        if (badges_at == 0 && !has(LineRole::Badges)) out += written(m_sections.badges);
        for (std::size_t i = 0; i < m_lines.size(); ++i) {
            append_line(out, i, statistics);
            if (i + 1 == badges_at) append_badges(out, i + 1);
        }
        if (!has(LineRole::Statistics)) append_at_end(out, written(statistics));
        return out;
    }

private:
    bool has(LineRole role) const { return std::find(m_roles.begin(), m_roles.end(), role) != m_roles.end(); }

    std::string written(std::string_view section) const { return with_line_ends(section, m_line_end); }

    // The empty line between a machine block and the statistics is part of the layout.
    void drop_gaps() {
        for (std::size_t i = 1; i + 1 < m_lines.size(); ++i) {
            const bool behind_machine_block = m_roles[i - 1] == LineRole::Machine;
            if (behind_machine_block && is_blank(m_lines[i]) && m_roles[i] == LineRole::Kept &&
                m_roles[i + 1] == LineRole::Statistics)
                m_roles[i] = LineRole::Removed;
        }
    }

    // Consumers take the first machine block they find, even one in fenced code that shows the format: then
    // ours must come before everything else.
    bool earlier_machine_block() const {
        std::string kept;
        for (std::size_t i = 0; i < m_lines.size() && m_roles[i] != LineRole::Statistics; ++i)
            if (m_roles[i] == LineRole::Kept) kept += m_lines[i];
        return find_machine_opening(kept) != std::string_view::npos;
    }

    // The line behind which new badges go, counted from 1; 0: the start of the body.
    std::size_t badges_line() const {
        if (has(LineRole::Badges)) return 0;
        const std::vector<bool> fenced = fenced_lines(m_lines);
        for (std::size_t i = 0; i < m_lines.size(); ++i) {
            if (fenced[i] || m_roles[i] != LineRole::Kept) continue;
            if (is_atx_heading(m_lines[i])) return i + 1;
            if (i > 0 && is_setext_underline(m_lines[i]) && is_title_text(i - 1)) return i + 1;
        }
        return 0;
    }

    bool is_title_text(std::size_t i) const { return m_roles[i] == LineRole::Kept && !is_blank(m_lines[i]); }

    void append_line(std::string& out, std::size_t i, const std::string& statistics) const {
        switch (m_roles[i]) {
            case LineRole::Kept:
                out += m_lines[i];
                break;
            case LineRole::Badges:
                out += written(m_sections.badges);
                break;
            case LineRole::Statistics:
                out += written(statistics);
                break;
            case LineRole::Machine:
            case LineRole::Removed:
                break;
        }
    }

    void append_badges(std::string& out, std::size_t next) const {
        end_line(out);
        out += m_line_end;
        out += written(m_sections.badges);
        if (next < m_lines.size() && !is_blank(m_lines[next])) out += m_line_end;
    }

    void append_at_end(std::string& out, const std::string& section) const {
        end_line(out);
        const std::vector<std::string_view> lines = lines_of(out);
        if (!lines.empty() && !is_blank(lines.back())) out += m_line_end;
        out += section;
    }

    void end_line(std::string& out) const {
        if (!out.empty() && !out.ends_with('\n')) out += m_line_end;
    }

    std::vector<std::string_view> m_lines;
    std::vector<LineRole> m_roles;
    std::string_view m_line_end;
    const Sections& m_sections;
};

}  // namespace

std::string merge_body(std::string_view body, std::string_view line_end, const Sections& sections) {
    return BodyMerger(body, line_end, sections).merge();
}

}  // namespace opentraces::card
