// Sessions that hooks have left: none is lost, none is captured twice for nothing.
#include "opentraces/flow/hook_queue.hpp"

#include <set>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct Place {
    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    flow::HookQueue queue{folder.path(), *disk};
};

}  // namespace

TEST_CASE("hook queue: a session waits once, until it is done") {
    Place place;
    CHECK(place.queue.waiting().sessions.empty());
    place.queue.add("/s/one.jsonl");
    place.queue.add("/s/two.jsonl");
    place.queue.add("/s/one.jsonl");
    const auto waiting = place.queue.waiting().sessions;
    REQUIRE(waiting.size() == 2);
    for (const flow::QueuedSession& session : waiting)
        place.queue.done(session);
    CHECK(place.queue.waiting().sessions.empty());
}

TEST_CASE(
    "hook queue: a session that is named by its id waits beside the others, of an agent that is known") {
    Place place;
    place.queue.add("kimi", "one");
    place.queue.add("opencode", "one");
    place.queue.add("kimi", "one");
    place.queue.add("one");
    CHECK(place.queue.waiting().sessions.size() == 3);
    place.queue.add("later", "two");
    CHECK(place.queue.waiting().sessions.size() == 3);
    CHECK(place.queue.waiting().unreadable == 1);
    std::set<std::string> named;
    for (const flow::QueuedSession& session : place.queue.waiting().sessions)
        named.insert(session.agent + "#" + session.session);
    CHECK(named == std::set<std::string>{"kimi#one", "opencode#one", "#one"});
}

TEST_CASE("hook queue: what was queued again while it was captured waits on") {
    Place place;
    place.queue.add("/s/one.jsonl");
    const auto before = place.queue.waiting().sessions;
    place.queue.add("/s/one.jsonl");
    place.queue.done(before.front());
    const auto now = place.queue.waiting().sessions;
    REQUIRE(now.size() == 1);
    CHECK(now.front().session == "/s/one.jsonl");
    place.queue.done(now.front());
    place.queue.done(now.front());
    CHECK(place.queue.waiting().sessions.empty());
}

TEST_CASE("hook queue: what is not an entry is not read, and one that names no session is counted") {
    Place place;
    place.queue.add("/s/one.jsonl");
    const std::string folder = place.folder.file(".opentraces/queue");
    place.disk->replace(folder + "/0123456789abcdef.json", "no json");
    place.disk->replace(folder + "/0123456789abcde0.json", "{}");
    place.disk->replace(folder + "/notes.txt", R"({"session":"/s/x"})");
    const flow::QueuedSessions queued = place.queue.waiting();
    CHECK(queued.sessions.size() == 1);
    CHECK(queued.unreadable == 2);
}

TEST_CASE("hook queue: a turn is one process's at a time") {
    Place place;
    auto turn = place.queue.wait_for_turn();
    const auto other = fs::posix_disk();
    CHECK_THROWS_AS(other->lock(place.folder.file(".opentraces/queue/lock")), Error);
    turn.reset();
    CHECK_NOTHROW(other->lock(place.folder.file(".opentraces/queue/lock")));
}
