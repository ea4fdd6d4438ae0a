// Pull requests: traces that are proposed to somebody else's dataset, and what became of them.
#include <array>

#include "opentraces/core/error.hpp"
#include "store/sqlite_store.hpp"

namespace opentraces::store {

namespace {

constexpr std::array<std::string_view, 3> k_states{"open", "merged", "closed"};

OfferState read_state(Statement& statement) {
    const std::string text = statement.text();
    for (std::size_t i = 0; i < k_states.size(); ++i)
        if (k_states[i] == text) return static_cast<OfferState>(i);
    throw_corrupt_store(statement.database().path(), "unknown state of an offer");
}

std::int64_t insert_offer(Database& database, const Offer& offer, TimePoint at) {
    Statement statement(database,
                        "INSERT INTO offers (remote, number, url, state, at) VALUES (?, ?, ?, 'open', ?)");
    statement.bind(offer.remote).bind(offer.number).bind(offer.url).bind(to_milliseconds(at)).run();
    return database.last_insert_id();
}

}  // namespace

std::string_view name_of(OfferState state) {
    return k_states.at(static_cast<std::size_t>(state));
}

std::optional<std::string> SqliteStore::open_offer_of(const TraceId& id) {
    Statement statement(m_database,
                        "SELECT o.url FROM offer_traces t JOIN offers o ON o.id = t.offer_id"
                        " WHERE t.trace_id = ? AND o.state = 'open' LIMIT 1");
    if (!statement.bind(id.str()).next()) return std::nullopt;
    return statement.text();
}

bool SqliteStore::is_under_way(const TraceId& id) {
    return in_open_push(id) || open_offer_of(id);
}

void SqliteStore::finish_offer(const PushIntent& intent, const Offer& offer) {
    Transaction transaction(m_database);
    close_intent(intent);
    const std::int64_t id = insert_offer(m_database, offer, m_clock.now());
    std::int64_t position = 0;
    for (const TraceId& trace : intent.traces) {
        Statement statement(m_database,
                            "INSERT INTO offer_traces (offer_id, trace_id, position) VALUES (?, ?, ?)");
        statement.bind(id).bind(trace.str()).bind(position++).run();
        Statement(m_database, "UPDATE traces SET last_error = '' WHERE trace_id = ?").bind(trace.str()).run();
    }
    if (!intent.duplicates.empty()) {
        PushIntent there;
        there.duplicates = intent.duplicates;
        mark_all_pushed(there, offer.remote, {});
    }
    transaction.commit();
}

std::vector<TraceId> SqliteStore::traces_of_offer(std::int64_t offer) {
    Statement statement(m_database, "SELECT trace_id FROM offer_traces WHERE offer_id = ? ORDER BY position");
    statement.bind(offer);
    std::vector<TraceId> ids;
    while (statement.next())
        ids.push_back(statement.trace_id());
    return ids;
}

std::vector<Offer> SqliteStore::offers() {
    Statement statement(m_database, "SELECT id, remote, number, url, state, at FROM offers ORDER BY id DESC");
    std::vector<Offer> offers;
    while (statement.next()) {
        Offer offer;
        offer.id = statement.integer();
        offer.remote = statement.text();
        offer.number = read_count(statement);
        offer.url = statement.text();
        offer.state = read_state(statement);
        offer.at = read_time(statement);
        offer.traces = traces_of_offer(offer.id);
        offers.push_back(std::move(offer));
    }
    return offers;
}

void SqliteStore::settle_offer(const Offer& offer, OfferState state) {
    Transaction transaction(m_database);
    Statement statement(m_database, "UPDATE offers SET state = ? WHERE id = ? AND state = 'open'");
    statement.bind(name_of(state)).bind(offer.id).run();
    if (statement.changes() == 0)
        throw Error(ErrorCode::InvalidState, "offer " + std::to_string(offer.id) + " is not open");
    if (state == OfferState::Merged) {
        PushIntent merged;
        merged.traces = traces_of_offer(offer.id);
        PushRecord record;
        record.commit_url = offer.url;
        if (!merged.traces.empty()) mark_all_pushed(merged, offer.remote, record);
    }
    transaction.commit();
}

}  // namespace opentraces::store
