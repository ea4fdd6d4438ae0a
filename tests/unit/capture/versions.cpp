// What a reader makes of the fixtures is tied to its version: whoever changes the one has to raise the other,
// or sessions that were read before stay as they are.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/trace/codec.hpp"
#include "where.hpp"

using namespace opentraces;

namespace {

struct Pinned {
    std::string_view agent;
    std::string_view version;
    std::string_view digest;
};

constexpr std::array k_pinned{
    Pinned{"claude-code", "1.0.0", "fac26274c83a3bf97a8e4b02c523f2bedd7024743c3b6a1c4bb491d6af5a502a"},
    Pinned{"codex", "1.0.0", "d74bb474c669fb5e8407326482ae819b9b81713e9af1b1f6554c182013636e1d"},
};

std::string digest_of(const capture::Agent& agent) {
    const std::string folder = opentraces::testing::source_folder() + "/tests/fixtures/sessions/";
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    const capture::Agent* const only[] = {&agent};
    Sha256 digest;
    for (const auto& [known, session] :
         capture::discover(folder + std::string(agent.name), only, sources).sessions) {
        const capture::ParsedSession parsed = agent.read(session, sources);
        digest.update(session.locator.substr(folder.size()) + "\n" + parsed.reason + "\n");
        if (parsed.record) digest.update(trace::encode(*parsed.record) + "\n");
    }
    return digest.finish_hex();
}

}  // namespace

TEST_CASE("every agent's reader is pinned to its version", "[capture]") {
    for (const capture::Agent* agent : capture::agents()) {
        INFO(agent->name << " " << agent->version);
        const auto* const pinned = std::find_if(k_pinned.begin(), k_pinned.end(),
                                                [&](const Pinned& row) { return row.agent == agent->name; });
        REQUIRE(pinned != k_pinned.end());
        INFO("The reader answers otherwise than before: raise its version, then put both here.");
        CHECK(std::string(pinned->version) == agent->version);
        CHECK(digest_of(*agent) == pinned->digest);
    }
}
