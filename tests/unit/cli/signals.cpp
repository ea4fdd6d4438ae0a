#include "opentraces/cli/signals.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catch.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;

TEST_CASE("signals: the first one is a wish, the second one ends the process") {
    // In a process of its own: there is one checkpoint for the whole process.
    const pid_t child = ::fork();
    if (child == 0) {
        const Checkpoint& checkpoint = cli::catch_signals();
        if (checkpoint.stop_requested()) ::_exit(1);
        ::raise(SIGTERM);
        if (!checkpoint.stop_requested()) ::_exit(2);
        ::raise(SIGINT);
        ::_exit(3);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == static_cast<int>(ErrorKind::Interrupted));
}
