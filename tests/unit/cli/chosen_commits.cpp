// Ids that are the beginning of a commit's and of a trace's.
#include "cli/chosen_commits.hpp"

#include "doubles/error_from.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

TEST_CASE("commits: an id that a trace and a commit begin with is asked for more of it") {
    StoreBench bench;
    bench.store->commit({bench.stage("s1")}, "m", bench.ids);
    const std::string commit = bench.store->commit_groups().at(0).id.str();
    constexpr std::size_t k_digits = 4;
    const std::string beginning = commit.substr(0, k_digits);
    CHECK(cli::commit_named(*bench.store, beginning)->id.str() == commit);
    int session = 2;
    while (trace_id_for("claude-code", "s" + std::to_string(session), 0).str().substr(0, k_digits) !=
           beginning)
        ++session;
    bench.stage("s" + std::to_string(session));
    const Error error = error_from([&] { cli::commit_named(*bench.store, beginning); });
    CHECK(error.code() == ErrorCode::BadOption);
    CHECK(error.message() == beginning + " means the commit " + commit + " and a trace");
    CHECK(cli::commit_named(*bench.store, commit)->id.str() == commit);
}
