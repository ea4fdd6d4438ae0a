// SIGINT, SIGTERM and SIGHUP: exit status 130, one line or one object, nothing left behind, nothing lost.
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "answer_schema.hpp"
#include "catch.hpp"
#include "doubles/raw_server.hpp"
#include "hub_emulator/emulator.hpp"
#include "opentraces/json/reader.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr int k_interrupted = 130;

std::string test_token() {
    return std::string("hf") + "_" + std::string(34, 'a');
}

std::size_t files_below(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        ++count;
    return count;
}

// More than a pipe holds, so that feeding it shows that the command reads, and more than is kept in memory.
std::string long_input() {
    const std::string session = Workbench::read(fixture_session());
    std::string text;
    while (text.size() < 1'500'000)
        text += session;
    return text;
}

void check_interrupted(const RunResult& result, bool json) {
    INFO("stdout: " << result.out << "\nstderr: " << result.err);
    CHECK(result.exit == k_interrupted);
    if (json) {
        const json::Value answer = json::parse(result.out);
        CHECK(answer["status"].string_or() == "error");
        CHECK(answer["error"]["code"].string_or() == "INTERRUPTED");
        CHECK(answer["error"]["retryable"].bool_or(false));
        CHECK(testing::answer_problem({"--json"}, result.out, result.err) == "");
    } else {
        CHECK(result.err.find("interrupted; nothing was lost. Run the same command again.\n") !=
              std::string::npos);
        CHECK(result.err.find("error:") == std::string::npos);
    }
}

// A server that takes a request and says nothing until the client goes away.
class SilentServer {
public:
    SilentServer()
        : m_server([this](RawConnection& connection) {
              connection.read_head();
              ++m_asked;
              connection.read_head();
          }) {}
    std::string url() const { return m_server.url(); }
    int asked() const { return m_asked; }

private:
    std::atomic<int> m_asked{0};
    RawServer m_server;
};

// A captured trace, committed and ready to be pushed to a Hub of its own.
struct OnHub {
    static constexpr const char* k_repo = "ada/traces";
    hub_emulator::HubEmulator hub;
    Workbench bench;

    OnHub() {
        hub.start();
        hub.add_user("ada", test_token());
        bench.set("HF_ENDPOINT", hub.hub_url());
        bench.set("HF_TOKEN", test_token());
        bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--review-policy", "auto", "--remote",
                         k_repo});
        bench.expect(0, {"capture", fixture_session()});
    }
};

}  // namespace

TEST_CASE("interrupt: commands that read standard input end with status 130 and leave nothing behind") {
    Workbench bench;
    const std::string input = long_input();
    for (const std::vector<std::string>& command : {std::vector<std::string>{"parse", "-"},
                                                    {"scan", "-"},
                                                    {"validate", "-"},
                                                    {"assess", "--input", "-"},
                                                    {"export", "--format", "atif", "--input", "-"},
                                                    {"import", "-", "--dry-run", "--parser", "opentraces"},
                                                    {"parse", "/dev/stdin"},
                                                    {"scan", "/dev/stdin"}}) {
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
            // What these two write to standard output is not an answer.
            const bool json = signal == SIGTERM && command[0] != "parse" && command[0] != "export";
            std::vector<std::string> arguments = command;
            if (json) arguments.emplace_back("--json");
            INFO(arguments[0] << " " << arguments[1] << ", signal " << signal);
            const auto running = bench.start(arguments);
            running->feed(input);
            CHECK(files_below(bench.path("tmp")) == 0);
            running->send(signal);
            check_interrupted(running->wait(), json);
            CHECK(files_below(bench.path("tmp")) == 0);
        }
    }
}

TEST_CASE("interrupt: a killed command leaves no text behind") {
    Workbench bench;
    const auto running = bench.start({"parse", "-"});
    running->feed(long_input());
    running->send(SIGKILL);
    CHECK(running->wait().exit == 128 + SIGKILL);
    CHECK(files_below(bench.path("tmp")) == 0);
}

TEST_CASE("interrupt: a request that is not answered is given up") {
    SilentServer server;
    Workbench bench;
    bench.set("HF_ENDPOINT", server.url());
    bench.set("HF_TOKEN", test_token());
    for (const bool json : {false, true}) {
        std::vector<std::string> arguments{"pull", "ada/traces"};
        if (json) arguments.emplace_back("--json");
        const int before = server.asked();
        const auto running = bench.start(arguments);
        Running::wait_until([&] { return server.asked() > before; });
        running->send(SIGINT);
        check_interrupted(running->wait(), json);
        CHECK(files_below(bench.path("tmp")) == 0);
    }
}

TEST_CASE("interrupt: waiting for a server that asks for patience ends") {
    RawServer server([](RawConnection& connection) {
        while (!connection.read_head().empty())
            connection.answer("503 Service Unavailable", "Retry-After: 300\r\n", "");
    });
    Workbench bench;
    bench.set("HF_ENDPOINT", server.url());
    bench.set("HF_TOKEN", test_token());
    const auto running = bench.start({"pull", "ada/traces"});
    Running::wait_until([&] { return running->err().find("trying again in") != std::string::npos; });
    running->send(SIGTERM);
    check_interrupted(running->wait(), false);
}

TEST_CASE("interrupt: a push cut off in its commit is settled by the next one") {
    OnHub on_hub;
    auto& [hub, bench] = on_hub;
    hub_emulator::Fault fault;
    fault.kind = hub_emulator::FaultKind::k_stall_after;
    fault.method = "POST";
    fault.path_parts = {"/commit/"};
    fault.delay = std::chrono::milliseconds(5000);
    hub.add_fault(fault);
    const auto shards = [&hub = on_hub.hub] {
        std::size_t count = 0;
        if (!hub.has_repo(OnHub::k_repo)) return count;
        const auto commits = hub.commits(OnHub::k_repo);
        if (commits.empty()) return count;
        for (const auto& [path, file] : commits.front().files)
            count += path.starts_with("data/") ? 1 : 0;
        return count;
    };
    const auto running = bench.start({"push", "--private"});
    Running::wait_until([&] { return shards() > 0; });
    running->send(SIGINT);
    check_interrupted(running->wait(), false);
    const json::Value status = bench.expect(0, {"status", "--json"}).json();
    CHECK(status["open_pushes"].integer() == 1);
    hub.clear_faults();
    CHECK(bench.expect(0, {"push", "--json"}).json()["recovered"].integer() == 1);
    CHECK(bench.expect(0, {"status", "--json"}).json()["counts"]["pushed"].integer() == 1);
    CHECK(shards() == 1);
}

TEST_CASE("interrupt: what is downloaded without a project has no name") {
    OnHub on_hub;
    auto& [hub, bench] = on_hub;
    bench.expect(0, {"push", "--public"});
    std::filesystem::create_directories(bench.path("elsewhere"));
    bench.work_in(bench.path("elsewhere"));
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"export", "--format", "atif", "--dataset", OnHub::k_repo},
          {"assess", "--dataset", OnHub::k_repo, "--dry-run", "--limit", "1"},
          {"import", OnHub::k_repo, "--dry-run"}}) {
        for (const int signal : {SIGINT, SIGKILL}) {
            hub_emulator::Fault fault;
            fault.kind = hub_emulator::FaultKind::k_stall;
            fault.method = "GET";
            fault.path_parts = {"data/traces_"};
            fault.delay = std::chrono::seconds(20);
            hub.clear_log();
            hub.clear_faults();
            hub.add_fault(fault);
            const auto running = bench.start(command);
            Running::wait_until([&hub = on_hub.hub] {
                const auto requests = hub.requests();
                return std::any_of(requests.begin(), requests.end(),
                                   [](const auto& request) { return !request.fault.empty(); });
            });
            CHECK(files_below(bench.path("tmp")) == 0);
            running->send(signal);
            CHECK(running->wait().exit == (signal == SIGINT ? k_interrupted : 128 + SIGKILL));
            CHECK(files_below(bench.path("tmp")) == 0);
        }
        hub.clear_faults();
        bench.expect(0, command);
    }
}

TEST_CASE("interrupt: a capture that was stopped goes on where it was") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--start-fresh"});
    const auto running = bench.start({"capture", "--hook"});
    running->feed(std::string(200'000, ' ') + "{\"transcript_path\":");
    running->send(SIGHUP);
    check_interrupted(running->wait(), false);
    bench.expect(0, {"capture", fixture_session()});
}

TEST_CASE("interrupt: output that nobody takes is not waited for") {
    Workbench bench;
    const auto fifo = bench.path("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    const int reader = ::open(fifo.c_str(), O_RDWR | O_CLOEXEC);  // and never reads
    const auto running = bench.start({"scan", "--redact", "-"}, fifo);
    std::thread feeder([&] { running->feed(std::string(2'000'000, 'x') + "\n"); });
    int waiting = 0;
    Running::wait_until([&] {
        ::ioctl(reader, FIONREAD, &waiting);
        return waiting >= 60'000;
    });
    running->send(SIGINT);
    const RunResult result = running->wait();
    feeder.join();
    ::close(reader);
    CHECK(result.exit == k_interrupted);
}

TEST_CASE("interrupt: closed standard streams are nobody's file") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--start-fresh"});
    // In their place a descriptor of our own would be read or written, and waited for without end.
    const std::string command = "cd " + bench.project().string() + " && HOME=" + bench.home().string() +
                                " OPENTRACES_HOME=" + (bench.home() / ".opentraces").string() +
                                " timeout 20 " + program_to_test();
    CHECK(std::system((command + " scan - <&- > /dev/null 2>&1").c_str()) == 0);
    CHECK(std::system((command + " list >&- 2> /dev/null").c_str()) == 0);
    CHECK(std::system((command + " capture " + fixture_session() + " <&- >&- 2>&-").c_str()) == 0);
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);
}

TEST_CASE("interrupt: what is said at the end does not mix with the data on standard output") {
    Workbench bench;
    // Without anything to find, so that no account has been begun.
    std::string text;
    while (text.size() < 8'000'000)
        text += "nothing to see\n";
    const auto running = bench.start({"scan", "--redact", "--json", "-"});
    running->feed(text);
    running->send(SIGINT);
    const RunResult result = running->wait();
    CHECK(result.exit == k_interrupted);
    CHECK_FALSE(result.out.empty());
    CHECK(text.starts_with(result.out));
    CHECK(json::parse(result.err)["error"]["code"].string_or() == "INTERRUPTED");
}

TEST_CASE("interrupt: a signal that was ignored from the start stays so") {
    Workbench bench;
    ::signal(SIGHUP, SIG_IGN);
    const auto running = bench.start({"scan", "-"});
    ::signal(SIGHUP, SIG_DFL);
    running->feed(std::string(200'000, 'x') + "\n");
    running->send(SIGHUP);
    running->close_input();
    CHECK(running->wait().exit == 0);
}
