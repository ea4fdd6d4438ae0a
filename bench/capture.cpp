// How long it takes to capture sessions of which none has changed: 800 of 2.0.x, with two sub-agents beside
// each.
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/net/transport.hpp"

using namespace opentraces;
namespace stdfs = std::filesystem;

namespace {

constexpr int k_sessions = 800;
const std::string k_fixture = "c93f3533-0f6b-4a61-99bd-7b788208ad61";

class NoHub final : public net::Transport {
public:
    net::Response send(const net::Request&) override {
        throw net::TransportError(net::TransportFailure::Connect, "no network here", false);
    }
};

double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string with(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

void write_sessions(const std::string& place) {
    std::ifstream in(std::string(OPENTRACES_SOURCE_DIR) + "/tests/fixtures/sessions/claude-code/" +
                     k_fixture + ".jsonl");
    std::stringstream fixture;
    fixture << in.rdbuf();
    stdfs::create_directories(place);
    for (int i = 0; i < k_sessions; ++i) {
        const std::string id = fmt::format("11111111-1111-4111-8111-{:012}", i);
        std::ofstream(place + "/" + id + ".jsonl") << with(fixture.str(), k_fixture, id);
        for (const char* agent : {"a", "b"}) {
            const std::string name = fmt::format("{}{:06}", agent, i);
            std::ofstream(place + "/agent-" + name + ".jsonl")
                << R"({"type":"user","uuid":")" << name << R"(","parentUuid":null,"sessionId":")" << id
                << R"(","agentId":")" << name
                << R"(","isSidechain":true,"message":{"role":"user","content":"find it"}})"
                << "\n";
        }
    }
}

void report(const char* what, const Environment& environment, const std::string& folder, fs::Disk& disk) {
    NoHub transport;
    SystemClock clock;
    RandomIds ids;
    flow::Ports ports{disk, clock, ids, transport, environment};
    flow::SilentProgress progress;
    const double begin = seconds(CLOCK_MONOTONIC);
    const double processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
    const auto store = store::Store::open(folder + "/project", disk, clock);
    const auto found = flow::find_project_sessions(folder + "/project", {"claude-code"}, ports, progress);
    const auto result = flow::capture(found, *store, {}, disk, progress);
    std::printf(
        "{\"bench\":\"capture\",\"what\":\"%s\",\"captured\":%lld,\"unchanged\":%lld,\"seconds\":%.3f,"
        "\"processor_"
        "seconds\":%.3f}\n",
        what, static_cast<long long>(result.captured), static_cast<long long>(result.unchanged),
        seconds(CLOCK_MONOTONIC) - begin, seconds(CLOCK_PROCESS_CPUTIME_ID) - processor);
}

}  // namespace

int main() {
    const std::string folder =
        stdfs::temp_directory_path() / fmt::format("opentraces-bench-capture-{}", RandomIds().hex(8));
    stdfs::create_directories(folder + "/project");
    Environment environment;
    environment.variables = {{"HOME", folder}};
    const auto disk = fs::posix_disk();
    write_sessions(capture::find_agent("claude-code")->places(folder + "/project", environment).front().path);
    report("new", environment, folder, *disk);
    for (int i = 0; i < 3; ++i)
        report("unchanged", environment, folder, *disk);
    stdfs::remove_all(folder);
}
