#include "opentraces/flow/push.hpp"

#include <algorithm>

#include "flow/push_choice.hpp"
#include "flow/push_settings.hpp"
#include "flow/push_transaction.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/hub/open_remote.hpp"
#include "opentraces/hub/remote_spec.hpp"

namespace opentraces::flow {
namespace {

bool has_open_offers(store::Store& store) {
    const std::vector<store::Offer> offers = store.offers();
    return std::any_of(offers.begin(), offers.end(),
                       [](const store::Offer& offer) { return offer.state == store::OfferState::Open; });
}

// As pushes are recorded. Who the user is the Hub would have to say: it is the dataset that was pushed to.
std::string name_of_remote(store::Store& store, const PushOptions& options, Ports& ports) {
    if (!options.remote.empty())
        return hub::parse_remote_spec(options.remote, ports.environment, ports.disk).text();
    for (const store::PushRecord& push : store.pushes())
        if (!push.remote.starts_with('/') && push.remote.ends_with("/" + std::string(hub::k_default_name)))
            return push.remote;
    return {};
}

// Without anything to send, settle or set, neither a network nor a token is needed.
std::optional<PushResult> nothing_to_do(store::Store& store, const PushOptions& options, Ports& ports) {
    if (options.publish || options.gated || options.visibility == hub::Visibility::Private)
        return std::nullopt;
    if (!options.traces.empty() || !store.open_pushes().empty() || has_open_offers(store))
        return std::nullopt;
    store::Filter filter;
    filter.stages = {store::Stage::Committed};
    if (store.count(filter) > 0) return std::nullopt;
    PushResult result;
    result.remote = options.remote;
    filter.stages = {store::Stage::Pushed};
    if (store.count(filter) == 0) return result;
    // Which of these it has is known by its name.
    const PushChoice choice = choose_traces(store, name_of_remote(store, options, ports), options);
    if (!choice.rows.empty()) return std::nullopt;
    result.elsewhere = choice.elsewhere;
    return result;
}

std::string name_for_failures(const PushOptions& options) {
    return options.remote.empty() ? "USERNAME/opentraces" : options.remote;
}

// What the user has typed, or stopped, is no news to the user; who is busy now says so.
bool is_news(const Error& error) {
    return error.code() != ErrorCode::BadOption && error.code() != ErrorCode::Locked &&
           error.code() != ErrorCode::Interrupted;
}

void note(store::Store& store, const PushOptions& options, const Error& error) {
    try {
        store.note_push_failure(
            {name_for_failures(options), std::string(error_row(error.code()).name), error.message(), {}});
    } catch (const Error&) {
        // What stopped the push is what is told.
    }
}

void forget_failure(store::Store& store, const PushOptions& options) {
    const std::string name = name_for_failures(options);
    const std::vector<store::PushFailure> failures = store.push_failures();
    const bool known = std::any_of(failures.begin(), failures.end(),
                                   [&](const store::PushFailure& failure) { return failure.remote == name; });
    if (known) store.clear_push_failure(name);
}

PushResult push_locked(Ports& ports, store::Store& store, const std::string& project,
                       const PushOptions& options, Progress& progress) {
    const auto held = store.lock();
    if (auto result = nothing_to_do(store, options, ports)) return *std::move(result);
    const auto remote = dataset::open(ports, options.remote, dataset::Access::Write, progress);
    return PushTransaction(*remote, ports, store, project, options, progress).run();
}

}  // namespace

PushResult push_to(hub::Remote& remote, Ports& ports, store::Store& store, const std::string& project,
                   const PushOptions& options, Progress& progress) {
    check_options(options);
    const auto held = store.lock();
    return PushTransaction(remote, ports, store, project, options, progress).run();
}

PushResult push(Ports& ports, store::Store& store, const std::string& project, const PushOptions& options,
                Progress& progress) {
    check_options(options);
    if (options.dry_run) return push_locked(ports, store, project, options, progress);
    try {
        PushResult result = push_locked(ports, store, project, options, progress);
        forget_failure(store, options);
        return result;
    } catch (const Error& error) {
        if (is_news(error)) note(store, options, error);
        throw;
    }
}

}  // namespace opentraces::flow
