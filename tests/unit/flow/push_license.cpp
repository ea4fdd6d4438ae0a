#include "flow/push_license.hpp"

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/push_bench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_mit = "---\nlicense: mit\n---\n# Theirs\n";
const std::string k_none = "---\ntags: [a]\n---\n# Theirs\n";

struct LicenseBench {
    flow::PushOptions options;
    RecordedProgress progress;
    int asked = 0;

    LicenseBench() {
        options.ask_license = [this](const std::string& dataset) -> std::string {
            CHECK(dataset == "ada/traces");
            ++asked;
            return "isc";
        };
    }
    std::string of(const std::optional<std::string>& card) {
        return flow::license_for(card, "ada/traces", options, progress);
    }
};

}  // namespace

TEST_CASE("push: the licence is the dataset's, else the one that was chosen, and nobody else's") {
    LicenseBench bench;
    CHECK(bench.of(k_mit) == "mit");
    CHECK(bench.asked == 0);
    CHECK(bench.of(k_none) == "isc");
    CHECK(bench.of(std::nullopt) == "isc");
    CHECK(bench.asked == 2);
    bench.options.card.license = "apache-2.0";
    CHECK(bench.of(k_none) == "apache-2.0");
    CHECK(bench.of(k_mit) == "mit");
    bench.options.license = "cc0-1.0";
    CHECK(bench.of(k_none) == "cc0-1.0");
    CHECK(bench.asked == 2);
    CHECK(bench.progress.notes.empty());
}

TEST_CASE("push: without somebody who chooses a licence there is none, and that is said") {
    LicenseBench bench;
    bench.options.ask_license = {};
    CHECK(bench.of(std::nullopt).empty());
    REQUIRE(bench.progress.notes.size() == 1);
    CHECK(bench.progress.notes[0].find("no licence is chosen for ada/traces") == 0);
    LicenseBench dry;
    dry.options.dry_run = true;
    CHECK(dry.of(std::nullopt).empty());
    CHECK(dry.asked == 0);
}

TEST_CASE("push: --license does not change what a dataset states, and must be one") {
    LicenseBench bench;
    bench.options.license = "isc";
    const Error refused = error_from([&] { bench.of(k_mit); });
    CHECK(refused.code() == ErrorCode::InvalidState);
    CHECK(refused.message() == "ada/traces is under mit, and --license isc does not change that");
    bench.options.license = "mit";
    CHECK(bench.of(k_mit) == "mit");
    bench.options.license = "nonsense";
    CHECK(error_from([&] { bench.of(k_none); }).code() == ErrorCode::ConfigInvalid);
}
