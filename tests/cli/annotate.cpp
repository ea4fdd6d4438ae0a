// How a session ended, said by hand, in what is published.
#include <filesystem>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

TEST_CASE("annotate: what a person says is published with the trace") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
    const std::string id(bench.expect(0, {"capture", testing::fixture_session(), "--json"})
                             .json()["trace_ids"]
                             .at(0)
                             .string_or());
    bench.expect(0, {"annotate", id, "--success", "--reward", "1"});
    bench.expect(0, {"commit", id, "--yes"});
    bench.expect(0, {"push"});
    std::string shard;
    for (const auto& file : std::filesystem::directory_iterator(bench.project() / "dataset/data"))
        shard = Workbench::read(file.path());
    const json::Value outcome = json::parse(shard.substr(0, shard.find('\n')))["outcome"];
    CHECK(outcome["success"] == json::Value(true));
    CHECK(outcome["signal_confidence"].string_or() == "annotated");
}
