#include "cli/review/views.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/cells.hpp"
#include "cli/review/wrap.hpp"
#include "cli/table.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::size_t k_wide = 100;

struct ListColumn {
    std::string_view title;
    std::size_t width;
    bool right;
    bool wide_only;
};
// Behind the title, which has what is left.
constexpr ListColumn k_columns[] = {{"AGENT", 11, false, false}, {"ENDED", 10, false, false},
                                    {"STEPS", 5, true, false},   {"TOKENS", 9, true, true},
                                    {"COST", 8, true, true},     {"FOUND", 5, true, false},
                                    {"STAGE", 9, false, false}};

std::string compact(std::int64_t count) {
    if (count < 10'000) return with_commas(count);
    if (count < 10'000'000) return fmt::format("{}k", with_commas(count / 1000));
    return fmt::format("{}M", with_commas(count / 1'000'000));
}

std::string cost_of(const std::optional<double>& cost) {
    if (!cost) return "-";
    return *cost > 0 && *cost < 0.01 ? "<$0.01" : fmt::format("${:.2f}", *cost);
}

std::string cell_of(Context& context, const store::TraceRow& row, std::string_view column) {
    if (column == "AGENT") return row.agent;
    if (column == "STEPS") return compact(row.steps);
    if (column == "FOUND") return compact(row.findings);
    if (column == "STAGE") return std::string(store::name_of(row.stage));
    if (column == "TOKENS") return row.knows_usage() ? compact(row.input_tokens + row.output_tokens) : "-";
    if (column == "COST") return cost_of(row.cost_usd);
    const auto at = parse_iso8601(row.ended_at.empty() ? row.started_at : row.ended_at);
    return at ? recent_time(context, *at) : "-";
}

Style stage_style(store::Stage stage) {
    switch (stage) {
        case store::Stage::Committed:
            return k_added;
        case store::Stage::Rejected:
            return k_removed;
        case store::Stage::Pushed:
            return k_faint;
        case store::Stage::Inbox:
            break;
    }
    return k_usual;
}

bool is_there(const ListColumn& column, std::size_t width) {
    return !column.wide_only || width >= k_wide;
}

std::size_t title_room(std::size_t width) {
    std::size_t taken = 4;
    for (const ListColumn& column : k_columns)
        if (is_there(column, width)) taken += column.width + 1;
    return width > taken + 8 ? width - taken : 8;
}

void paint_cells(Grid& grid, std::size_t row, const std::vector<std::string>& cells,
                 const std::vector<Style>& styles, std::string_view title, Style title_style) {
    const std::size_t width = grid.size().columns;
    const std::size_t room = title_room(width);
    grid.put(row, 4, cut_to_cells(cell_text(title), room), title_style);
    std::size_t column = 4 + room + 1;
    std::size_t i = 0;
    for (const ListColumn& of : k_columns) {
        if (!is_there(of, width)) continue;
        const std::string text = cut_to_cells(cell_text(cells[i]), of.width);
        const std::size_t cells_wide = cells_of(text);
        const std::size_t shift = of.right && cells_wide < of.width ? of.width - cells_wide : 0;
        grid.put(row, column + shift, text, styles[i]);
        column += of.width + 1;
        ++i;
    }
}

void paint_row(Grid& grid, Context& context, std::size_t at, const store::TraceRow& row, bool ticked) {
    std::vector<std::string> cells;
    std::vector<Style> styles;
    for (const ListColumn& of : k_columns) {
        if (!is_there(of, grid.size().columns)) continue;
        cells.push_back(cell_of(context, row, of.title));
        styles.push_back(of.title == "STAGE" ? stage_style(row.stage)
                         : of.title == "FOUND" && row.findings > 0
                             ? Style{.colour = row.needs_review ? Colour::Red : Colour::Yellow}
                             : k_usual);
    }
    grid.put(at, 1, ticked ? "*" : " ", k_strong);
    grid.put(at, 2, row.needs_review ? "!" : row.reviewed ? "v" : " ", row.needs_review ? k_bad : k_added);
    paint_cells(grid, at, cells, styles, row.task.empty() ? "(no task)" : row.task, k_usual);
}

void bar(Grid& grid, std::size_t row, std::string_view left, std::string_view right) {
    const std::size_t width = grid.size().columns;
    grid.fill(row, 0, width, k_bar);
    const std::size_t taken = columns_of(right);
    const std::size_t room = width > taken + 4 ? width - taken - 4 : 0;
    grid.put(row, 1, cut_to_cells(shown(left), std::max<std::size_t>(room, 1)), k_bar);
    if (taken + 2 <= width) grid.put(row, width - taken - 1, right, k_bar);
}

std::string stages_text(store::Store& store) {
    const auto counts = store.counts();
    std::string text;
    for (const auto& [stage, count] : counts)
        text += fmt::format("{}{} {}", text.empty() ? "" : "  ", store::name_of(stage), with_commas(count));
    return text;
}

}  // namespace

std::size_t list_rows(Size size) {
    return size.rows > 4 ? size.rows - 4 : 1;
}

std::size_t session_rows(Size size) {
    return size.rows > 3 ? size.rows - 3 : 1;
}

void paint_list(Grid& grid, Context& context, SessionList& list, store::Store& store,
                const std::string& project) {
    const Size size = grid.size();
    bar(grid, 0, "opentraces review  " + project, stages_text(store));
    std::vector<std::string> titles;
    std::vector<Style> styles;
    for (const ListColumn& of : k_columns)
        if (is_there(of, size.columns)) {
            titles.emplace_back(of.title);
            styles.push_back(k_strong);
        }
    paint_cells(grid, 1, titles, styles, "SESSION", k_strong);
    const std::size_t rows = list_rows(size);
    const std::size_t top = list.top(rows);
    for (std::size_t i = 0; i < rows && top + i < list.size(); ++i) {
        const std::size_t at = k_first_list_row + i;
        const store::TraceRow* const row = list.row(top + i);
        if (row != nullptr) paint_row(grid, context, at, *row, list.is_ticked(top + i));
        if (row == nullptr) grid.put(at, 4, "(gone)", k_faint);
        if (top + i != list.cursor()) continue;
        grid.put(at, 0, ">", k_strong);
        for (std::size_t column = 0; column < size.columns; ++column) {
            Style style = grid.at(at, column).style;
            style.reverse = true;
            grid.restyle(at, column, 1, style);
        }
    }
    if (list.empty()) grid.put(3, 4, "No session here. f shows others, q leaves.", k_usual);
    std::string left = "Shown: " + std::string(name_of(list.show()));
    if (!list.words().empty()) left += ", with \"" + list.words() + "\"";
    if (list.ticks() > 0) left += fmt::format(", {} ticked", list.ticks());
    const std::string right =
        list.empty() ? "0 of 0" : fmt::format("{} of {}", list.cursor() + 1, list.size());
    bar(grid, size.rows - 2, left, right);
}

void paint_outline(Grid& grid, SessionView& session, const std::vector<std::size_t>& items,
                   std::size_t cursor) {
    const Size size = grid.size();
    bar(grid, 0, "What was asked for", fmt::format("{} of {}", items.empty() ? 0 : cursor + 1, items.size()));
    const std::size_t rows = session_rows(size);
    const std::size_t top = cursor >= rows ? cursor + 1 - rows : 0;
    for (std::size_t i = 0; i < rows && top + i < items.size(); ++i) {
        const std::size_t item = items[top + i];
        const std::string title = session.title_of_item(item);
        const Style style{.reverse = top + i == cursor};
        grid.fill(1 + i, 0, size.columns, style);
        grid.put(1 + i, 0, fmt::format("{:>7}  ", item), style);
        grid.put(1 + i, 9, cut_to_cells(cell_text(title.empty() ? "(no words)" : title), size.columns - 10),
                 style);
    }
    if (items.empty()) grid.put(2, 4, "Nobody asks for anything in this session.", k_usual);
}

void paint_last(Grid& grid, std::string_view said, std::string_view keys) {
    const std::size_t row = grid.size().rows - 1;
    grid.fill(row, 0, grid.size().columns, k_usual);
    if (!said.empty()) {
        grid.put(row, 0, cut_to_cells(shown(said), grid.size().columns), k_strong);
        return;
    }
    grid.put(row, 0, cut_to_cells(keys, grid.size().columns), k_faint);
}

}  // namespace opentraces::cli::review
