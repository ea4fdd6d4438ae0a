// What a reader makes of the fixtures is tied to its version: whoever changes the one has to raise the other,
// or sessions that were read before stay as they are.
#include <algorithm>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/trace/codec.hpp"
#include "versioned_golden.hpp"

using namespace opentraces;

namespace {

testing::VersionedGolden outcomes_of(const capture::Agent& agent) {
    const std::string folder = testing::source_folder() + "/tests/fixtures/sessions/";
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    const capture::Agent* const only[] = {&agent};
    testing::VersionedGolden golden{std::string(agent.version), {}};
    for (const auto& [known, session] :
         capture::discover(folder + std::string(agent.name), only, sources).sessions) {
        const capture::ParsedSession parsed = agent.read(session, sources);
        golden.outcomes[session.locator.substr(folder.size())] =
            parsed.record ? sha256_hex(trace::encode(*parsed.record)) : parsed.reason;
    }
    return golden;
}

}  // namespace

TEST_CASE("every agent's reader is pinned to its version", "[capture]") {
    for (const capture::Agent* agent : capture::agents()) {
        const std::string name(agent->name);
        testing::check_versioned_golden("readers/" + name + ".txt", outcomes_of(*agent),
                                        "the version in the row of " + name);
    }
}
