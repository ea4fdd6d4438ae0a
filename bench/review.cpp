// The review: how long until its first screen with 10,000 traces, until a session of 100 MB is open, how long
// the keys take that read most, and the peak of memory; each in a process of its own.
#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/review/screen.hpp"
#include "doubles/buffer_terminal.hpp"
#include "doubles/traces.hpp"
#include "opentraces/cli/run.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/store/store.hpp"

using namespace opentraces;
using namespace opentraces::cli::review;
namespace stdfs = std::filesystem;

namespace {

constexpr int k_traces = 10'000;
constexpr int k_long_steps = 5'000;
constexpr std::size_t k_step_bytes = 20'000;

class NoHub final : public net::Transport {
public:
    net::Response send(const net::Request&) override {
        throw net::TransportError(net::TransportFailure::Connect, "no network here", false);
    }
};

double monotonic() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Presses these keys, and tells when each has been answered.
class TimedScreen final : public Screen {
public:
    TimedScreen(std::u32string keys, std::vector<double>& answered)
        : m_keys(std::move(keys)), m_answered(answered) {}
    Size size() const override { return {40, 120}; }
    void show(const Grid&) override { m_answered.push_back(monotonic()); }
    Event next() override {
        const char32_t letter = m_keys.at(m_at++);
        return letter == U'\r' ? Event::of(Key::Enter) : Event::of_letter(letter);
    }

private:
    std::u32string m_keys;
    std::vector<double>& m_answered;
    std::size_t m_at = 0;
};

class TimedTerminal final : public testing::BufferTerminal {
public:
    explicit TimedTerminal(std::u32string keys) : BufferTerminal({}, true), m_keys(std::move(keys)) {}
    std::unique_ptr<Screen> open_screen() override { return std::make_unique<TimedScreen>(m_keys, answered); }
    std::vector<double> answered;

private:
    std::u32string m_keys;
};

struct Folder {
    std::string folder;
    Environment environment;

    int run(const std::vector<std::string>& words, testing::BufferTerminal& terminal) const {
        const auto disk = fs::posix_disk();
        NoHub transport;
        SystemClock clock;
        RandomIds ids;
        flow::Ports ports{*disk, clock, ids, transport, environment};
        return cli::run(words, ports, terminal);
    }
};

std::string words_of(std::size_t size, int number) {
    std::string text = fmt::format("Result {}\n", number);
    while (text.size() < size)
        text += fmt::format("line {} of what the tool has said, as it was said\n", text.size());
    return text;
}

void fill(const Folder& place) {
    testing::BufferTerminal terminal;
    if (place.run({"init", "--agent", "claude-code", "--no-hook"}, terminal) != 0)
        throw std::runtime_error(terminal.errors);
    const auto disk = fs::posix_disk();
    SystemClock clock;
    const auto store = store::Store::open(place.folder, *disk, clock);
    for (int i = 0; i < k_traces; ++i) {
        const std::string session = fmt::format("11111111-1111-4111-8111-{:012}", i);
        store->stage(testing::sample_trace(session, fmt::format("Fix the bug of row {}", i)),
                     "/sessions/" + session);
    }
    trace::TraceRecord record = testing::sample_record("long");
    record.timestamp_end = "2027-01-01T00:00:00Z";  // the first of the list
    const trace::Step step = record.steps[1];
    for (int i = 2; i < k_long_steps; ++i) {
        record.steps.push_back(step);
        record.steps.back().step_index = i;
        trace::Observation said;
        said.source_call_id = "call_1";
        said.content = words_of(k_step_bytes, i);
        record.steps.back().observations.push_back(std::move(said));
    }
    store->stage(security::scrub(std::move(record), {}), "/sessions/long");
}

// Milliseconds until the screen behind each key, the first one from the start of the command.
void measure(const Folder& place, const std::string& what, const std::u32string& keys) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        TimedTerminal terminal(keys + U"qq");
        const double start = monotonic();
        if (place.run({"review"}, terminal) != 0) std::fputs(terminal.errors.c_str(), stderr);
        const double last_but_one = keys.empty() ? start : terminal.answered[keys.size() - 1];
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        std::printf("{\"what\":\"%s\",\"ms\":%.1f,\"peak_mb\":%.1f}\n", what.c_str(),
                    (terminal.answered[keys.size()] - last_but_one) * 1e3,
                    static_cast<double>(usage.ru_maxrss) * 1024 / 1e6);
        std::fflush(stdout);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
}

}  // namespace

int main() {
    std::string pattern = stdfs::temp_directory_path() / "opentraces-bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) return 1;
    Folder place{pattern, {}};
    place.environment.variables = {{"HOME", pattern + "/home"}};
    place.environment.working_directory = pattern;
    stdfs::create_directories(pattern + "/home");
    const pid_t child = ::fork();  // so that what filling takes is in no figure
    if (child == 0) {
        fill(place);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    for (int run = 0; run < 3; ++run) {
        measure(place, "first screen, 10,001 traces", U"");
        measure(place, "end of the list", U"G");
        measure(place, "a session of 100 MB opened", U"\r");
        measure(place, "its end", U"\rG");
        measure(place, "all of it unfolded", U"\r+");
        measure(place, "searched for what is nowhere", U"\r/zzz\r");
    }
    stdfs::remove_all(pattern);
    return 0;
}
