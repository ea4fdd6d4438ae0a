// One session as it is read: what is folded, where the user is, what is searched for and selected. Knows
// nothing of screens but how many columns and rows a text has.
//
// Item 0 is what is known of the session as a whole, item n its n-th step. Steps are read when they are
// looked at; few are kept.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/review/session_body.hpp"
#include "cli/review/step_text.hpp"
#include "cli/review/wrap.hpp"

namespace opentraces::cli::review {

// A part of a line that has a row of the screen for itself.
struct Row {
    std::size_t line = 0;
    Range part;              // of the line's text
    std::size_t hidden = 0;  // stands for so many lines that are folded
};

// A place in a session: a line of an item, and where in its text.
struct Position {
    std::size_t item = 0;
    std::size_t line = 0;
    std::size_t byte = 0;
    auto operator<=>(const Position&) const = default;
};

using About = std::vector<std::pair<std::string, std::string>>;

class SessionView {
public:
    SessionView(std::unique_ptr<SessionBody> body, About about, std::optional<store::FindingReport> findings);

    std::size_t items() const { return m_body->steps() + 1; }
    SessionBody& body() { return *m_body; }
    const std::optional<store::FindingReport>& findings() const { return m_findings; }

    // Of the text; called before anything else, and when the screen has changed.
    void resize(std::size_t rows, std::size_t columns);
    std::size_t rows() const { return m_rows; }

    struct ShownRow {
        std::size_t item;
        Row row;
        bool is_cursor;
    };
    // What the window shows, from its top.
    std::vector<ShownRow> window();
    const TextLine& line(std::size_t item, std::size_t number) { return text(item).lines[number]; }
    const Position& cursor() const { return m_cursor; }

    void move_rows(std::ptrdiff_t rows);
    void move_items(std::ptrdiff_t items);
    void move_letters(std::ptrdiff_t letters);
    void go(const Position& position);  // where it is shown; what hides it is unfolded
    void go_to_start();
    void go_to_end();
    // The place in a shown row, for a pointer.
    std::optional<Position> position_at(std::size_t window_row, std::size_t column);

    void toggle_fold();        // of the cursor's block
    void fold_all(bool fold);  // of all items, and those to come

    // The next place of a marker or finding; false: there is none.
    bool next_mark(bool backwards);
    // The next line with this text, in any case (ASCII); wraps around. False: nowhere.
    bool search(const std::string& text, bool backwards);
    const std::string& searched() const { return m_searched; }

    void begin_selection();
    void end_selection() { m_anchor.reset(); }
    bool selects() const { return m_anchor.has_value(); }
    // From and to, in the same item.
    std::optional<std::pair<Position, Position>> selection() const;
    std::string selected_text();
    std::string word_at_cursor();

    // Numbers of the items in which the user asks for something, with the first words of each.
    std::vector<std::size_t> prompts() const;
    std::string title_of_item(std::size_t item);
    // Markers in texts, and findings of the report that are flags.
    std::uint64_t marks() const;

private:
    struct Item {
        StepText text;
        std::vector<Row> rows;
        bool laid_out = false;
    };
    Item& item(std::size_t number);
    StepText& text(std::size_t number) { return item(number).text; }
    const std::vector<Row>& rows_of(std::size_t number);
    void lay_out(std::size_t number, Item& item);
    bool is_folded(std::size_t item, std::size_t block) const;
    void keep_few(std::size_t but);
    std::size_t row_of(const Position& position);
    struct RowPlace {
        std::size_t item = 0;
        std::size_t row = 0;
        auto operator<=>(const RowPlace&) const = default;
    };
    bool step_row(RowPlace& place, bool backwards);
    std::size_t rows_between(RowPlace from, const RowPlace& to, std::size_t most);
    void show_cursor();
    void put_cursor(const RowPlace& place);
    bool has_marks(std::size_t item) const;
    bool is_marked(std::size_t item, std::size_t line);
    using Wanted = std::function<bool(std::size_t item, std::size_t line)>;
    bool go_to_next(bool backwards, const std::function<bool(std::size_t)>& is_worth_reading,
                    const Wanted& wanted);

    std::unique_ptr<SessionBody> m_body;
    About m_about;
    std::optional<store::FindingReport> m_findings;
    std::map<std::size_t, std::vector<const store::FoundPlace*>> m_findings_of;  // by item
    std::size_t m_rows = 20;
    std::size_t m_columns = 80;
    Position m_cursor;
    RowPlace m_top;
    bool m_all_open = false;
    std::set<std::pair<std::size_t, std::size_t>> m_toggled;  // item and block that are not as all are
    std::string m_searched;
    std::optional<Position> m_anchor;
    std::map<std::size_t, Item> m_items;
    std::list<std::size_t> m_used;  // the last one first
};

}  // namespace opentraces::cli::review
