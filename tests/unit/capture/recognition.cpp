// Several agents write JSON lines or databases: each file of the fixtures is its own agent's, and nobody
// else's.
#include <algorithm>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
#include "where.hpp"

using namespace opentraces;

TEST_CASE("recognition: the fixtures of an agent are known by that agent alone", "[capture]") {
    const std::string folder = testing::source_folder() + "/tests/fixtures/sessions/";
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    for (const capture::Agent* owner : capture::agents()) {
        const capture::Agent* const only[] = {owner};
        const auto found = capture::discover(folder + std::string(owner->name), only, sources).sessions;
        CHECK_FALSE(found.empty());
        for (const capture::Found& one : found) {
            const std::string path = one.session.locator.substr(0, one.session.locator.find('#'));
            std::string knowing;
            for (const capture::Agent* agent : capture::agents())
                if (agent->recognises(path, sources)) knowing += std::string(agent->name) + " ";
            INFO(path);
            CHECK((knowing == std::string(owner->name) + " " || knowing.empty()));
        }
    }
}
