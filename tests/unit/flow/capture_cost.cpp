// What capturing costs when nothing has changed: a few looks for each session, and nothing that is synced.
#include <fmt/format.h>

#include <filesystem>

#include "catch.hpp"
#include "doubles/counting_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/net/transport.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

class NoHub final : public net::Transport {
public:
    net::Response send(const net::Request&) override {
        throw net::TransportError(net::TransportFailure::Connect, "no network in this test", false);
    }
};

// Sessions of the layout in which sub-agents lie beside them, two for each.
struct Sessions {
    explicit Sessions(int count) {
        environment.variables = {{"HOME", folder.path()}};
        const auto place =
            capture::find_agent("claude-code")->places("/home/me/app", environment).front().path;
        std::filesystem::create_directories(place);
        disk->make_directories(folder.file("project"), 0755);
        for (int i = 0; i < count; ++i)
            write_session(place, fmt::format("11111111-1111-4111-8111-{:012}", i));
    }

    void write_session(const std::string& place, const std::string& id) {
        std::string text = user("u1", "", "please") + reply("a1", "u1", "m1", call("t1", "Read", "{}")) +
                           result("r1", "a1", "t1", "found") + reply("a2", "r1", "m2", text_block("done"));
        replace_all(text, k_session, id);
        disk->replace(fs::join(place, id + ".jsonl"), text);
        for (const char* agent : {"a", "b"}) {
            const std::string name = agent + id.substr(id.size() - 6);
            std::string lines = user("s", "", "find it", R"(,"isSidechain":true,"agentId":")" + name + "\"");
            replace_all(lines, k_session, id);
            disk->replace(fs::join(place, "agent-" + name + ".jsonl"), lines);
        }
    }
    static void replace_all(std::string& text, const std::string& what, const std::string& with) {
        for (std::size_t at = text.find(what); at != std::string::npos;
             at = text.find(what, at + with.size()))
            text.replace(at, what.size(), with);
    }

    // What one capture of all asks of the disk.
    DiskCounts capture() {
        DiskCounts counts;
        CountingDisk counting(*disk, counts);
        NoHub transport;
        FixedClock clock{*parse_iso8601("2026-03-01T12:00:00Z")};
        SeededIds ids{1};
        flow::Ports ports{counting, clock, ids, transport, environment};
        flow::SilentProgress progress;
        const auto store = store::Store::open(folder.file("project"), counting, clock);
        const auto found = flow::find_project_sessions("/home/me/app", {"claude-code"}, ports, progress);
        last = flow::capture(found, *store, {}, counting, progress);
        return counts;
    }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    Environment environment;
    flow::CaptureResult last;
};

}  // namespace

TEST_CASE(
    "capture cost: unchanged sessions cost a few looks each, however many there are, and nothing is synced") {
    const auto again = [](int count) {
        Sessions sessions(count);
        sessions.capture();
        CHECK(sessions.last.captured == count);
        const DiskCounts counts = sessions.capture();
        CHECK(sessions.last.unchanged == count);
        CHECK(counts.changed == 0);
        return counts;
    };
    const DiskCounts few = again(10);
    const DiskCounts more = again(20);
    const DiskCounts most = again(30);
    // What one more session costs is the same among few and among many.
    CHECK(most.looked - more.looked == more.looked - few.looked);
    CHECK(most.opened - more.opened == more.opened - few.opened);
    CHECK((more.looked - few.looked) / 10 <= 8);
    CHECK((more.opened - few.opened) / 10 <= 4);
}
