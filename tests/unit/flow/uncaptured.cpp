// Sessions that nobody has captured: whose, and whether they could be looked for.
#include "opentraces/flow/uncaptured.hpp"

#include "catch.hpp"
#include "doubles/codex_rollout.hpp"
#include "doubles/in_memory_disk.hpp"
#include "fs/forwarding_disk.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/net/transport.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

class NoHub final : public net::Transport {
public:
    net::Response send(const net::Request&) override {
        throw net::TransportError(net::TransportFailure::Connect, "no network in this test", false);
    }
};

// A folder of it cannot be entered.
class ClosedDisk final : public fs::ForwardingDisk {
public:
    ClosedDisk(fs::Disk& inner, std::string closed) : ForwardingDisk(inner), m_closed(std::move(closed)) {}
    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        if (root == m_closed) throw Error(ErrorCode::DiskFailed, "cannot read " + root);
        return ForwardingDisk::beneath(root);
    }

private:
    std::string m_closed;
};

}  // namespace

TEST_CASE("uncaptured: an agent whose place cannot be read keeps no other from being named") {
    StoreBench bench;
    InMemoryDisk sessions;
    for (const std::string folder : {"/home/me/.codex/sessions", "/home/me/.kimi/sessions"})
        sessions.make_directories(folder, 0700);
    sessions.replace("/home/me/.codex/sessions/rollout-1.jsonl", rollout_in("/home/me/app"));
    ClosedDisk disk(sessions, "/home/me/.kimi/sessions");
    Environment environment;
    environment.variables = {{"HOME", "/home/me"}};
    FixedClock clock{*parse_iso8601("2026-03-01T12:00:00Z")};
    SeededIds ids{1};
    NoHub hub;
    const flow::Ports ports{disk, clock, ids, hub, environment};
    const auto find = [&](const std::vector<std::string>& chosen) {
        std::string text;
        for (const flow::Uncaptured& one : flow::find_uncaptured("/home/me/app", chosen, *bench.store, ports))
            text += std::string(one.agent->name) + (one.chosen ? "+" : "-") +
                    (one.sessions ? std::to_string(*one.sessions) : "?" + one.reason) + "\n";
        return text;
    };
    CHECK(find({}) == "codex+1\nkimi+?cannot read /home/me/.kimi/sessions\n");
    CHECK(find({"kimi"}) == "codex-1\nkimi+?cannot read /home/me/.kimi/sessions\n");
    environment.variables.clear();
    const flow::Ports homeless{disk, clock, ids, hub, environment};
    CHECK(flow::find_uncaptured("/home/me/app", {}, *bench.store, homeless).empty());
}
