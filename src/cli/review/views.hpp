// How the views look.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "cli/review/grid.hpp"
#include "cli/review/session_list.hpp"
#include "cli/review/session_view.hpp"

namespace opentraces::cli::review {

// Rows that a view has for itself: without the bar above, and what is below.
std::size_t list_rows(Size size);
std::size_t session_rows(Size size);
// The row on which a list of that kind begins.
inline constexpr std::size_t k_first_list_row = 2;
inline constexpr std::size_t k_first_session_row = 1;

void paint_list(Grid& grid, Context& context, SessionList& list, store::Store& store,
                const std::string& project);
void paint_session(Grid& grid, SessionView& session, const store::TraceRow& row, std::size_t at,
                   std::size_t of);
// Prompts, from the one at the cursor's window on.
void paint_outline(Grid& grid, SessionView& session, const std::vector<std::size_t>& items,
                   std::size_t cursor);
// Answers how many rows the page has.
std::size_t paint_help(Grid& grid, std::size_t top);
// The last row: what was said, or else keys.
void paint_last(Grid& grid, std::string_view said, std::string_view keys);

// For 80 columns.
inline constexpr std::string_view k_list_keys =
    "Enter open  c commit  r reject  m reviewed  u undo  / search  ? help  q quit";
inline constexpr std::string_view k_session_keys =
    "c commit  r reject  m reviewed  u undo  n mark  / search  ] next  ? help  q back";

}  // namespace opentraces::cli::review
