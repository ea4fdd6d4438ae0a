#include "opentraces/flow/offers.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/dataset/open.hpp"

namespace opentraces::flow {
namespace {

using store::OfferState;

OfferState state_of(hub::Remote& remote, const store::Offer& offer) {
    try {
        switch (remote.pull_request_state(offer.number)) {
            case hub::PullRequestState::Merged:
                return OfferState::Merged;
            case hub::PullRequestState::Closed:
                return OfferState::Closed;
            case hub::PullRequestState::Open:
                break;
        }
        return OfferState::Open;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return OfferState::Closed;  // somebody has deleted it
    }
}

Environment impatient(Environment environment) {
    environment.variables["OPENTRACES_MAX_ATTEMPTS"] = "1";
    environment.variables["OPENTRACES_REQUEST_TIMEOUT"] = "10";
    environment.variables["OPENTRACES_STALL_TIMEOUT"] = "10";
    return environment;
}

// Each dataset is opened once; one that could not be asked is not asked again.
class Datasets {
public:
    Datasets(Ports& ports, Progress& progress) : m_ports(ports), m_progress(progress) {}

    hub::Remote* open(const std::string& name) {
        const auto known = m_remotes.find(name);
        if (known != m_remotes.end()) return known->second.get();
        return (m_remotes[name] = dataset::open(m_ports, name, dataset::Access::Read, m_progress)).get();
    }
    void give_up(const std::string& name) { m_remotes[name] = nullptr; }

private:
    Ports& m_ports;
    Progress& m_progress;
    std::map<std::string, std::unique_ptr<hub::Remote>> m_remotes;
};

}  // namespace

std::vector<OfferNews> ask_offers(Ports& ports, const std::vector<store::Offer>& offers, Progress& progress) {
    const Environment environment = impatient(ports.environment);
    Ports hasty{ports.disk, ports.clock, ports.ids, ports.transport, environment};
    Datasets datasets(hasty, progress);
    std::vector<OfferNews> news;
    for (const store::Offer& offer : offers) {
        OfferNews entry{offer};
        if (offer.state == OfferState::Open) {
            try {
                hub::Remote* const remote = datasets.open(offer.remote);
                entry.known = remote != nullptr;
                if (remote != nullptr) entry.offer.state = state_of(*remote, offer);
                entry.is_new = entry.offer.state != offer.state;
            } catch (const Error& error) {
                if (error.code() == ErrorCode::Interrupted) throw;
                datasets.give_up(offer.remote);
                entry.known = false;
            }
        }
        news.push_back(std::move(entry));
    }
    return news;
}

void settle_offers(store::Store& store, const std::vector<OfferNews>& news) {
    for (const store::Offer& before : store.offers()) {
        if (before.state != OfferState::Open) continue;
        for (const OfferNews& entry : news)
            if (entry.offer.id == before.id && entry.known && entry.offer.state != OfferState::Open)
                store.settle_offer(before, entry.offer.state);
    }
}

std::vector<store::Offer> settled_offers_to(hub::Remote& remote, store::Store& store) {
    std::vector<store::Offer> settled;
    for (store::Offer& offer : store.offers()) {
        if (offer.state != OfferState::Open || offer.remote != remote.name()) continue;
        offer.state = state_of(remote, offer);
        if (offer.state != OfferState::Open) settled.push_back(std::move(offer));
    }
    return settled;
}

}  // namespace opentraces::flow
