#include <iterator>

#include "cli/review/views.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::string_view k_lines[] = {
    "In the list",
    "  Enter          open the session            space   tick it, a all",
    "  f              show others: needs review, inbox, committed, ...",
    "  /              search in titles, agents, models, ids; Escape ends it",
    "  R              look again what there is     q       leave",
    "",
    "In a session",
    "  j k arrows     a line down, up              PgDn space, PgUp  a screen",
    "  J K  Tab       next, previous step          g G     start, end",
    "  Enter          unfold, fold                 + -     all of it",
    "  n N            next, previous marker of something redacted, or finding",
    "  /  . ,         search; again forwards, backwards",
    "  o              outline: what was asked for",
    "  ] [            next, previous session       q       back to the list",
    "  v              select: arrows, h and l move; Escape ends it",
    "  x              redact the selection, or what is typed, everywhere in it",
    "",
    "Decisions: on the ticked sessions, or the one that is open or at the cursor",
    "  c C            commit, with a message of your own",
    "  r              reject: it stays here",
    "  b              back to the inbox            u       undo the last decision",
    "  m              mark as looked at",
    "  H              write it as a page for a browser, and open that",
    "  P              leave, and push what is committed",
    "",
    "In front of a title",
    "  !              a person should look at it",
    "  v              somebody has",
    "  *              ticked",
    "",
    "The mouse",
    "  The wheel moves. A click goes there, one more opens or unfolds. Dragging",
    "  selects. Shift lets the terminal itself select.",
    "",
    "Each decision is one transaction, made at once, and can be undone until it",
    "was pushed, also later: `opentraces undo`. Nothing leaves this machine before",
    "a push. What is shown is what would be published: secrets are gone from it.",
};

}  // namespace

std::size_t paint_help(Grid& grid, std::size_t top) {
    const Size size = grid.size();
    grid.fill(0, 0, size.columns, k_bar);
    grid.put(0, 1, "Keys", k_bar);
    const std::size_t rows = size.rows - 2;
    const std::size_t most = std::size(k_lines) > rows ? std::size(k_lines) - rows : 0;
    const std::size_t from = std::min(top, most);
    for (std::size_t i = 0; i < rows && from + i < std::size(k_lines); ++i) {
        const std::string_view line = k_lines[from + i];
        grid.put(1 + i, 1, line, line.starts_with(' ') ? k_usual : k_strong);
    }
    return most;
}

}  // namespace opentraces::cli::review
