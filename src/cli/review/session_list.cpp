#include "cli/review/session_list.hpp"

#include <algorithm>

#include "opentraces/core/error.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::size_t k_most_rows = 2000;  // that are kept

std::vector<store::Stage> stages_of(Show show, const std::vector<store::Stage>& asked) {
    switch (show) {
        case Show::Asked:
            return asked;
        case Show::NeedsReview:
        case Show::Inbox:
            return {store::Stage::Inbox};
        case Show::Committed:
            return {store::Stage::Committed};
        case Show::Rejected:
            return {store::Stage::Rejected};
        case Show::Pushed:
            return {store::Stage::Pushed};
        case Show::All:
            break;
    }
    return {};
}

}  // namespace

std::string_view name_of(Show show) {
    switch (show) {
        case Show::Asked:
            return "as asked";
        case Show::NeedsReview:
            return "needs review";
        case Show::Inbox:
            return "inbox";
        case Show::Committed:
            return "committed";
        case Show::Rejected:
            return "rejected";
        case Show::Pushed:
            return "pushed";
        case Show::All:
            break;
    }
    return "all";
}

SessionList::SessionList(store::Store& store, store::Filter base, std::vector<store::Stage> asked,
                         std::optional<std::vector<TraceId>> only)
    : m_store(store), m_base(std::move(base)), m_asked(std::move(asked)), m_only(std::move(only)) {
    refresh();
}

store::Filter SessionList::filter() const {
    store::Filter filter = m_base;
    filter.stages = stages_of(m_show, m_asked);
    if (m_show == Show::NeedsReview) filter.needs_review = true;
    filter.words = m_words;
    return filter;
}

void SessionList::refresh() {
    const TraceId at = empty() ? TraceId() : m_ids[m_cursor];
    const bool all_of_them = m_only && m_show == Show::Asked && m_words.empty();
    m_ids = all_of_them ? *m_only : m_store.list_ids(filter());
    if (m_only && !all_of_them) {
        const std::set<TraceId> only(m_only->begin(), m_only->end());
        std::erase_if(m_ids, [&](const TraceId& id) { return !only.contains(id); });
    }
    m_rows.clear();
    if (!m_ticked.empty()) {
        const std::set<TraceId> listed(m_ids.begin(), m_ids.end());
        std::erase_if(m_ticked, [&](const TraceId& id) { return !listed.contains(id); });
    }
    const auto found = std::find(m_ids.begin(), m_ids.end(), at);
    go(found == m_ids.end() ? m_cursor : static_cast<std::size_t>(found - m_ids.begin()));
}

const store::TraceRow* SessionList::row(std::size_t at) {
    const auto known = m_rows.find(m_ids[at]);
    if (known != m_rows.end()) return known->second ? &*known->second : nullptr;
    if (m_rows.size() >= k_most_rows) m_rows.clear();
    auto& kept = m_rows[m_ids[at]];
    try {
        kept = m_store.find(m_ids[at].str());
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
    }
    return kept ? &*kept : nullptr;
}

void SessionList::move(std::ptrdiff_t rows) {
    const std::ptrdiff_t to = static_cast<std::ptrdiff_t>(m_cursor) + rows;
    go(to < 0 ? 0 : static_cast<std::size_t>(to));
}

void SessionList::go(std::size_t at) {
    m_cursor = empty() ? 0 : std::min(at, size() - 1);
}

bool SessionList::go_to_next_open() {
    for (const bool only_unseen : {true, false}) {
        for (std::size_t n = 1; n < size(); ++n) {
            const std::size_t at = (m_cursor + n) % size();
            const store::TraceRow* const of = row(at);
            if (of == nullptr || of->stage != store::Stage::Inbox || (only_unseen && of->reviewed)) continue;
            m_cursor = at;
            return true;
        }
    }
    return false;
}

std::size_t SessionList::top(std::size_t rows) {
    if (m_cursor < m_top) m_top = m_cursor;
    if (m_cursor >= m_top + rows) m_top = m_cursor + 1 - rows;
    if (m_top + rows > size()) m_top = size() > rows ? size() - rows : 0;
    return m_top;
}

void SessionList::set_show(Show show) {
    m_show = show;
    refresh();
}

void SessionList::set_words(std::string words) {
    m_words = std::move(words);
    refresh();
}

void SessionList::toggle_tick() {
    if (!empty() && !m_ticked.erase(m_ids[m_cursor])) m_ticked.insert(m_ids[m_cursor]);
}

void SessionList::toggle_all() {
    const bool all = ticks() == size();
    m_ticked.clear();
    if (!all) m_ticked.insert(m_ids.begin(), m_ids.end());
}

std::vector<TraceId> SessionList::chosen() const {
    if (empty()) return {};
    if (m_ticked.empty()) return {m_ids[m_cursor]};
    std::vector<TraceId> ids;
    std::copy_if(m_ids.begin(), m_ids.end(), std::back_inserter(ids),
                 [this](const TraceId& id) { return m_ticked.contains(id); });
    return ids;
}

}  // namespace opentraces::cli::review
