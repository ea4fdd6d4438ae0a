// The sessions that are reviewed: ids in an order that stays while one decides; a row is read when it is
// looked at.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "opentraces/store/store.hpp"

namespace opentraces::cli::review {

// What of the selection is listed.
enum class Show { Asked, NeedsReview, Inbox, Committed, Rejected, Pushed, All };
std::string_view name_of(Show show);

class SessionList {
public:
    // `base` is the selection without its stages, those in `asked`; `only`: these and no others, in their
    // order.
    SessionList(store::Store& store, store::Filter base, std::vector<store::Stage> asked,
                std::optional<std::vector<TraceId>> only);

    // Lists anew what is there now; the cursor stays on its session if that is still listed.
    void refresh();
    // Rows are read again; the list stays as it is, also for sessions that are now of another stage.
    void forget_rows() { m_rows.clear(); }

    std::size_t size() const { return m_ids.size(); }
    bool empty() const { return m_ids.empty(); }
    const TraceId& id(std::size_t at) const { return m_ids[at]; }
    // Null for one that is gone.
    const store::TraceRow* row(std::size_t at);

    std::size_t cursor() const { return m_cursor; }
    const store::TraceRow* current() { return empty() ? nullptr : row(m_cursor); }
    void move(std::ptrdiff_t rows);
    void go(std::size_t at);
    // To the next one in the inbox that nobody has looked at, else in the inbox; false: there is none but
    // this.
    bool go_to_next_open();

    // The first row of a window of so many rows that shows the cursor.
    std::size_t top(std::size_t rows);

    Show show() const { return m_show; }
    void set_show(Show show);
    const std::string& words() const { return m_words; }
    void set_words(std::string words);

    bool is_ticked(std::size_t at) const { return m_ticked.contains(m_ids[at]); }
    void toggle_tick();
    // All that are listed, or none if all were.
    void toggle_all();
    std::size_t ticks() const { return m_ticked.size(); }
    void clear_ticks() { m_ticked.clear(); }
    // The ticked ones in their order, else the one at the cursor.
    std::vector<TraceId> chosen() const;

private:
    store::Filter filter() const;

    store::Store& m_store;
    store::Filter m_base;
    std::vector<store::Stage> m_asked;
    std::optional<std::vector<TraceId>> m_only;
    std::vector<TraceId> m_ids;
    std::unordered_map<TraceId, std::optional<store::TraceRow>> m_rows;
    std::set<TraceId> m_ticked;
    std::size_t m_cursor = 0;
    std::size_t m_top = 0;
    Show m_show = Show::Asked;
    std::string m_words;
};

}  // namespace opentraces::cli::review
