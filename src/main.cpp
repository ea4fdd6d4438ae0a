// The environment is read here and nowhere else; everything below works on values and ports.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "opentraces/cli/posix_terminal.hpp"
#include "opentraces/cli/run.hpp"
#include "opentraces/cli/signals.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/version.hpp"
#include "opentraces/fs/stoppable_disk.hpp"
#include "opentraces/net/curl_transport.hpp"

#include "build_commit.hpp"  // OPENTRACES_COMMIT, made by cmake/build_commit.cmake

extern char** environ;

namespace {

using namespace opentraces;

// OPENTRACES_NOW and OPENTRACES_SEED make runs repeatable, for tests and scripts.
std::unique_ptr<Clock> clock_from(const Environment& environment) {
    const auto now = environment.get("OPENTRACES_NOW");
    if (!now) return std::make_unique<SystemClock>();
    const auto at = parse_iso8601(*now);
    if (!at) throw Error(ErrorCode::BadOption, "OPENTRACES_NOW is not an ISO 8601 time");
    return std::make_unique<FixedClock>(*at);
}

std::unique_ptr<IdSource> ids_from(const Environment& environment) {
    const auto seed = environment.get("OPENTRACES_SEED");
    if (!seed) return std::make_unique<RandomIds>();
    return std::make_unique<SeededIds>(std::strtoull(seed->c_str(), nullptr, 10));
}

// libcurl is only started by the commands that talk to the Hub.
class LazyTransport final : public net::Transport {
public:
    LazyTransport(const Environment& environment, const Checkpoint& checkpoint)
        : m_environment(environment), m_checkpoint(checkpoint) {}
    net::Response send(const net::Request& request) override {
        m_checkpoint.check();
        if (!m_transport) start();
        try {
            return m_transport->send(request);
        } catch (const net::TransportError& failure) {
            if (failure.failure() == net::TransportFailure::Interrupted) m_checkpoint.check();
            throw;
        }
    }

private:
    void start() {
        net::CurlOptions options =
            net::curl_options(m_environment, "opentraces/" + std::string(program_version()));
        options.interrupted = [this] { return m_checkpoint.stop_requested(); };
        m_transport = net::curl_transport(std::move(options));
    }

    const Environment& m_environment;
    const Checkpoint& m_checkpoint;
    std::unique_ptr<net::Transport> m_transport;
};

// A file that is opened where standard output should be would receive the answer.
void occupy_standard_descriptors() {
    int number = -1;
    do {
        number = ::open("/dev/null", O_RDWR);
    } while (number >= 0 && number <= STDERR_FILENO);
    if (number > STDERR_FILENO) ::close(number);
}

int run_program(int argc, char** argv) {
    const Environment environment = capture_environment(environ, argc > 0 ? argv[0] : nullptr);
    Checkpoint& checkpoint = cli::catch_signals();
    const auto terminal = cli::posix_terminal(environment, checkpoint);
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    try {
        const auto clock = clock_from(environment);
        const auto ids = ids_from(environment);
        const auto disk = fs::posix_disk();
        StoppableClock stoppable_clock(*clock, checkpoint);
        const auto stoppable_disk = fs::stoppable_disk(*disk, checkpoint);
        LazyTransport transport(environment, checkpoint);
        flow::Ports ports{*stoppable_disk, stoppable_clock, *ids, transport, environment};
        return cli::run(arguments, ports, *terminal, {OPENTRACES_COMMIT});
    } catch (const Error& error) {
        return cli::report(error, arguments, *terminal);
    }
}

}  // namespace

int main(int argc, char** argv) {
    // A reader that goes away is noticed by the write, not by dying.
    std::signal(SIGPIPE, SIG_IGN);
    occupy_standard_descriptors();
    return run_program(argc, argv);
}
