// No licence is written that nobody chose.
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

std::string card_of(const Workbench& bench) {
    std::ifstream in(bench.project() / "dataset/README.md");
    return {std::istreambuf_iterator<char>(in), {}};
}

bool states(const std::string& card, const std::string& line) {
    return card.find("\n" + line + "\n") != std::string::npos;
}

void prepare(Workbench& bench) {
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code"});
    bench.expect(0, {"capture", fixture_session()});
    bench.expect(0, {"commit", "--all"});
}

}  // namespace

TEST_CASE("push: a dataset has no licence and no language until somebody chooses one") {
    Workbench bench;
    prepare(bench);
    const RunResult first = bench.expect(0, {"push", "--repo", "./dataset", "--json"});
    CHECK(first.json()["license"].is_null());
    CHECK(first.err.find("no licence is chosen") != std::string::npos);
    const std::string card = card_of(bench);
    CHECK(card.find("\nlicense:") == std::string::npos);
    CHECK(card.find("\nlanguage:") == std::string::npos);
    CHECK(states(card, "| License | not stated |"));
    bench.expect(0, {"config", "set", "card.license", "apache-2.0"});
    bench.expect(0, {"card", "--repo", "./dataset", "--write"});
    CHECK(states(card_of(bench), "license: apache-2.0"));
}

TEST_CASE("push --license: stated in the card, not in the settings, and never changed by it") {
    Workbench bench;
    prepare(bench);
    bench.expect(3, {"push", "--repo", "./dataset", "--license", "apache-9"});
    const RunResult pushed = bench.expect(0, {"push", "--repo", "./dataset", "--license", "mit", "--json"});
    CHECK(pushed.json()["license"].string_or() == "mit");
    CHECK(states(card_of(bench), "license: mit"));
    CHECK(bench.expect(0, {"config", "get", "card.license"}).out == "\n");
    std::string session = Workbench::read(fixture_session());
    const std::string id = std::filesystem::path(fixture_session()).stem();
    for (std::size_t at = 0; (at = session.find(id, at)) != std::string::npos;)
        session[at] = 'd';
    bench.write(bench.path("other/session.jsonl"), session);
    bench.expect(0, {"capture", bench.path("other/session.jsonl").string()});
    bench.expect(0, {"commit", "--all"});
    CHECK(bench.expect(2, {"push", "--repo", "./dataset", "--license", "isc"}).err.find("under mit") !=
          std::string::npos);
    CHECK(states(card_of(bench), "license: mit"));
}
