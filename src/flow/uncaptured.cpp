#include "opentraces/flow/uncaptured.hpp"

#include <algorithm>

#include "opentraces/core/error.hpp"

namespace opentraces::flow {
namespace {

std::int64_t count_uncaptured(const std::string& project, const capture::Agent& agent, store::Store& store,
                              const Ports& ports, capture::Sources& sources) {
    const capture::Agent* const only[] = {&agent};
    const auto found = capture::discover_project(project, only, ports.environment, sources).sessions;
    return std::count_if(found.begin(), found.end(), [&](const capture::Found& one) {
        const auto& [name, locator, directory, fingerprint] = one.session;
        return !fingerprint.empty() && !store.seen(name, locator);
    });
}

}  // namespace

std::vector<Uncaptured> find_uncaptured(const std::string& project, const std::vector<std::string>& chosen,
                                        store::Store& store, const Ports& ports) {
    capture::Sources sources(ports.disk);
    std::vector<Uncaptured> all;
    for (const capture::Agent* agent : capture::agents()) {
        Uncaptured one{agent, chosen.empty(), std::nullopt, {}};
        one.chosen |= std::find(chosen.begin(), chosen.end(), agent->name) != chosen.end();
        try {
            one.sessions = count_uncaptured(project, *agent, store, ports, sources);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            // Without a home it has no place where sessions could be.
            if (error.code() == ErrorCode::ConfigInvalid && !ports.environment.find_home()) continue;
            one.reason = error.what();
        }
        if (one.sessions != 0) all.push_back(std::move(one));
    }
    return all;
}

}  // namespace opentraces::flow
