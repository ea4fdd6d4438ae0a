#include "opentraces/flow/push.hpp"

#include "flow/push_settings.hpp"
#include "flow/push_transaction.hpp"
#include "opentraces/dataset/open.hpp"

namespace opentraces::flow {
namespace {

// Without anything to send, settle or set, neither a network nor a token is needed.
bool has_nothing_to_do(store::Store& store, const PushOptions& options) {
    if (options.publish || options.gated || options.visibility == hub::Visibility::Private) return false;
    store::Filter filter;
    filter.stages = {store::Stage::Committed};
    return store.count(filter) == 0 && store.open_pushes().empty();
}

PushResult nothing_done(const PushOptions& options) {
    PushResult result;
    result.remote = options.remote;
    return result;
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
    const auto held = store.lock();
    if (has_nothing_to_do(store, options)) return nothing_done(options);
    const auto remote = dataset::open(ports, options.remote, dataset::Access::Write, progress);
    return PushTransaction(*remote, ports, store, project, options, progress).run();
}

}  // namespace opentraces::flow
