#include "cli/review/session_view.hpp"

#include <algorithm>

#include "opentraces/trace/title.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::size_t k_most_kept = 64;                      // items
constexpr std::size_t k_most_bytes = std::size_t{16} << 20;  // of their texts, but for the one that is read

}  // namespace

SessionView::SessionView(std::unique_ptr<SessionBody> body, About about,
                         std::optional<store::FindingReport> findings)
    : m_body(std::move(body)), m_about(std::move(about)), m_findings(std::move(findings)) {
    if (!m_findings) return;
    for (const store::FoundPlace& place : m_findings->places) {
        const std::size_t number =
            place.step && *place.step >= 0 ? static_cast<std::size_t>(*place.step) + 1 : 0;
        m_findings_of[number < items() ? number : 0].push_back(&place);
    }
}

SessionView::Item& SessionView::item(std::size_t number) {
    m_used.remove(number);
    m_used.push_front(number);
    const auto known = m_items.find(number);
    if (known != m_items.end()) return known->second;
    const auto findings = m_findings_of.find(number);
    const std::vector<const store::FoundPlace*> none;
    const auto& of_item = findings == m_findings_of.end() ? none : findings->second;
    Item made;
    made.text = number == 0 ? text_of_head(m_about, m_body->head(), of_item)
                            : text_of_step(m_body->step(number - 1), of_item);
    Item& kept = m_items[number] = std::move(made);
    keep_few(number);
    return kept;
}

void SessionView::keep_few(std::size_t but) {
    std::size_t bytes = 0;
    for (const auto& [number, item] : m_items)
        bytes += item.text.bytes;
    while (m_items.size() > 1 && (m_items.size() > k_most_kept || bytes > k_most_bytes)) {
        const std::size_t oldest = m_used.back();
        m_used.pop_back();
        if (oldest == but) continue;
        bytes -= m_items.at(oldest).text.bytes;
        m_items.erase(oldest);
    }
}

void SessionView::resize(std::size_t rows, std::size_t columns) {
    m_rows = std::max<std::size_t>(rows, 1);
    if (columns != m_columns)
        for (auto& [number, item] : m_items)
            item.laid_out = false;
    m_columns = std::max<std::size_t>(columns, 8);
    show_cursor();
}

bool SessionView::is_folded(std::size_t item, std::size_t block) const {
    return m_all_open == m_toggled.contains({item, block});
}

const std::vector<Row>& SessionView::rows_of(std::size_t number) {
    Item& of = item(number);
    if (!of.laid_out) lay_out(number, of);
    return of.rows;
}

void SessionView::lay_out(std::size_t number, Item& item) {
    item.rows.clear();
    for (std::size_t i = 0; i < item.text.blocks.size(); ++i) {
        const Block& block = item.text.blocks[i];
        const bool folded = block.folds() && is_folded(number, i);
        const std::size_t end = folded ? block.begin + block.preview : block.end;
        for (std::size_t line = block.begin; line < end; ++line) {
            const TextLine& of = item.text.lines[line];
            const std::size_t label = columns_of(of.label);
            const std::size_t room = m_columns > label + 8 ? m_columns - label : 8;
            // One row for what is folded to one line.
            const bool single = folded && block.preview == 1;
            for (const Range& part : wrapped(of.text, room, room)) {
                item.rows.push_back({line, part});
                if (single) break;
            }
        }
        if (folded && block.preview > 1) item.rows.push_back({end, {}, block.end - end});
    }
    item.laid_out = true;
}

// The row that shows the position, or stands for it.
std::size_t SessionView::row_of(const Position& position) {
    const std::vector<Row>& rows = rows_of(position.item);
    std::size_t best = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].line > position.line) break;
        if (rows[i].line < position.line || rows[i].part.begin <= position.byte) best = i;
    }
    return best;
}

bool SessionView::step_row(RowPlace& place, bool backwards) {
    if (backwards) {
        if (place.row > 0) {
            --place.row;
            return true;
        }
        if (place.item == 0) return false;
        --place.item;
        place.row = rows_of(place.item).size() - 1;
        return true;
    }
    if (place.row + 1 < rows_of(place.item).size()) {
        ++place.row;
        return true;
    }
    if (place.item + 1 >= items()) return false;
    place = {place.item + 1, 0};
    return true;
}

std::size_t SessionView::rows_between(RowPlace from, const RowPlace& to, std::size_t most) {
    std::size_t count = 0;
    while (from < to && count < most && step_row(from, false))
        ++count;
    return count;
}

// The window moves as little as it must; after a jump, what was looked for is in its upper half.
void SessionView::show_cursor() {
    const RowPlace at{m_cursor.item, row_of(m_cursor)};
    if (m_top.item >= items()) m_top = {};
    m_top.row = std::min(m_top.row, rows_of(m_top.item).size() - 1);
    if (m_top <= at && rows_between(m_top, at, m_rows) < m_rows) return;
    const bool above = at < m_top;
    const bool near =
        above ? rows_between(at, m_top, m_rows) < m_rows : rows_between(m_top, at, 2 * m_rows) < 2 * m_rows;
    m_top = at;
    const std::size_t back = !near ? m_rows / 3 : above ? 0 : m_rows - 1;
    for (std::size_t i = 0; i < back && step_row(m_top, true); ++i) {
    }
}

std::vector<SessionView::ShownRow> SessionView::window() {
    const RowPlace at{m_cursor.item, row_of(m_cursor)};
    std::vector<ShownRow> shown;
    RowPlace place = m_top;
    do {
        shown.push_back({place.item, rows_of(place.item)[place.row], place == at});
    } while (shown.size() < m_rows && step_row(place, false));
    return shown;
}

void SessionView::put_cursor(const RowPlace& place) {
    const Row& row = rows_of(place.item)[place.row];
    m_cursor = {place.item, row.line, row.part.begin};
}

void SessionView::move_rows(std::ptrdiff_t rows) {
    RowPlace place{m_cursor.item, row_of(m_cursor)};
    for (std::ptrdiff_t i = 0; i < std::abs(rows) && step_row(place, rows < 0); ++i) {
    }
    put_cursor(place);
    show_cursor();
}

void SessionView::move_items(std::ptrdiff_t count) {
    const auto last = static_cast<std::ptrdiff_t>(items()) - 1;
    const auto at = static_cast<std::ptrdiff_t>(m_cursor.item);
    m_cursor = {static_cast<std::size_t>(std::clamp(at + count, std::ptrdiff_t{0}, last)), 0, 0};
    m_top = {m_cursor.item, 0};
}

void SessionView::move_letters(std::ptrdiff_t letters) {
    const std::string& text = line(m_cursor.item, m_cursor.line).text;
    for (; letters > 0; --letters)
        m_cursor.byte = letter_after(text, m_cursor.byte);
    for (; letters < 0; ++letters)
        m_cursor.byte = letter_before(text, m_cursor.byte);
    show_cursor();
}

void SessionView::go(const Position& position) {
    Item& of = item(position.item);
    const std::size_t number = of.text.block_of(position.line);
    const Block& block = of.text.blocks[number];
    const bool hidden =
        position.line >= block.begin + block.preview || (block.preview == 1 && position.byte > 0);
    if (block.folds() && hidden && is_folded(position.item, number)) {
        m_cursor = position;
        toggle_fold();
    }
    m_cursor = position;
    show_cursor();
}

void SessionView::go_to_start() {
    m_cursor = {};
    show_cursor();
}

void SessionView::go_to_end() {
    put_cursor({items() - 1, rows_of(items() - 1).size() - 1});
    show_cursor();
}

std::optional<Position> SessionView::position_at(std::size_t window_row, std::size_t column) {
    const std::vector<ShownRow> shown = window();
    if (window_row >= shown.size()) return std::nullopt;
    const ShownRow& at = shown[window_row];
    if (at.row.hidden > 0) return Position{at.item, at.row.line, 0};
    const TextLine& of = line(at.item, at.row.line);
    const std::size_t label = columns_of(of.label);
    const std::string_view part =
        std::string_view(of.text).substr(at.row.part.begin, at.row.part.end - at.row.part.begin);
    const std::size_t inside = column > label ? bytes_within(part, column - label) : 0;
    return Position{at.item, at.row.line, at.row.part.begin + inside};
}

void SessionView::toggle_fold() {
    Item& of = item(m_cursor.item);
    const std::size_t number = of.text.block_of(m_cursor.line);
    const Block block = of.text.blocks[number];
    if (!block.folds()) return;
    const std::pair key{m_cursor.item, number};
    if (!m_toggled.erase(key)) m_toggled.insert(key);
    of.laid_out = false;
    if (is_folded(m_cursor.item, number)) m_cursor = {m_cursor.item, block.begin, 0};
    show_cursor();
}

void SessionView::fold_all(bool fold) {
    m_all_open = !fold;
    m_toggled.clear();
    for (auto& [number, item] : m_items)
        item.laid_out = false;
    if (fold) m_cursor = {m_cursor.item, 0, 0};
    m_top = {m_cursor.item, 0};
    show_cursor();
}

}  // namespace opentraces::cli::review
