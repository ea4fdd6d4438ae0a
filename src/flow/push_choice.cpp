#include "flow/push_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "opentraces/core/error.hpp"

namespace opentraces::flow {
namespace {

using store::Stage;

std::vector<store::TraceRow> in_stage(store::Store& store, Stage stage) {
    store::Filter filter;
    filter.stages = {stage};
    return store.list(filter);
}

std::vector<store::TraceRow> asked_for(store::Store& store, const PushOptions& options) {
    if (options.traces.empty()) {
        std::vector<store::TraceRow> rows = in_stage(store, Stage::Committed);
        if (!options.all) return rows;
        for (store::TraceRow& row : in_stage(store, Stage::Pushed))
            rows.push_back(std::move(row));
        return rows;
    }
    std::vector<store::TraceRow> rows;
    for (const TraceId& id : options.traces) {
        store::TraceRow row = store.find(id.str());
        if (row.stage != Stage::Committed && row.stage != Stage::Pushed)
            throw Error(ErrorCode::InvalidState,
                        fmt::format("trace {} cannot be pushed: it is {}", id.str(),
                                    row.stage == Stage::Inbox ? "in the inbox" : "rejected"),
                        row.stage == Stage::Inbox
                            ? "Run: opentraces commit " + id.str()
                            : "Run: opentraces reset " + id.str() + ", then commit it.");
        rows.push_back(std::move(row));
    }
    return rows;
}

std::set<TraceId> offered_to(store::Store& store, const std::string& remote,
                             const std::vector<store::Offer>& settled) {
    const auto is_settled = [&](const store::Offer& offer) {
        return std::any_of(settled.begin(), settled.end(),
                           [&](const store::Offer& other) { return other.id == offer.id; });
    };
    std::set<TraceId> ids;
    for (const store::Offer& offer : store.offers())
        if (offer.state == store::OfferState::Open && offer.remote == remote && !is_settled(offer))
            ids.insert(offer.traces.begin(), offer.traces.end());
    return ids;
}

std::set<TraceId> merged(const std::vector<store::Offer>& settled) {
    std::set<TraceId> ids;
    for (const store::Offer& offer : settled)
        if (offer.state == store::OfferState::Merged) ids.insert(offer.traces.begin(), offer.traces.end());
    return ids;
}

}  // namespace

PushChoice choose_traces(store::Store& store, const std::string& remote, const PushOptions& options,
                         const std::vector<store::Offer>& settled) {
    const std::vector<TraceId> pushed = store.pushed_to(remote);
    const std::set<TraceId> here(pushed.begin(), pushed.end());
    const std::set<TraceId> offered = offered_to(store, remote, settled);
    const std::set<TraceId> taken = merged(settled);
    PushChoice choice;
    for (store::TraceRow& row : asked_for(store, options)) {
        if (here.contains(row.id) || taken.contains(row.id))
            choice.here += options.traces.empty() ? 0 : 1;
        else if (offered.contains(row.id))
            ++choice.offered;
        else
            choice.rows.push_back(std::move(row));
    }
    if (options.all || !options.traces.empty()) return choice;
    store::Filter filter;
    filter.stages = {Stage::Pushed};
    choice.elsewhere = store.count(filter) - static_cast<std::int64_t>(here.size());
    return choice;
}

}  // namespace opentraces::flow
