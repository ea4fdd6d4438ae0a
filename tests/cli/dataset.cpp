#include "catch.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

void push_one(Workbench& bench) {
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--review-policy", "auto"});
    bench.expect(0, {"capture", fixture_session()});
    bench.expect(0, {"remote", "set", "./dataset"});
    bench.expect(0, {"push"});
}

}  // namespace

TEST_CASE("card, index rebuild and verify: a dataset as it should be") {
    Workbench bench;
    push_one(bench);
    const json::Value check = bench.expect(0, {"card", "--check", "--json"}).json();
    CHECK(check["status"].string_or() == "ok");
    CHECK_FALSE(check["stale"].bool_or(true));
    CHECK(check["card"].is_null());
    const json::Value verify = bench.expect(0, {"verify", "--json"}).json();
    CHECK(verify["status"].string_or() == "ok");
    CHECK(verify["trace_count"].integer() == 1);
    CHECK(verify["problems"].if_array()->empty());
    const json::Value rebuild =
        bench.expect(0, {"index", "rebuild", "--remote", "./dataset", "--json"}).json();
    CHECK(rebuild["shard_count"].integer() == 1);
    CHECK(rebuild["commit"].is_null());
    CHECK(bench.expect(0, {"card", "--print"}).out == Workbench::read(bench.project() / "dataset/README.md"));
}

TEST_CASE("card and verify: a stale card has exit status 8, and is written on request") {
    Workbench bench;
    push_one(bench);
    const auto card = bench.project() / "dataset/README.md";
    const std::string good = Workbench::read(card);
    std::string stale = good;
    stale.replace(stale.find("| Total traces | 1 |"), 20, "| Total traces | 7 |");
    bench.write(card, stale);
    bench.expect(0, {"card"});
    const json::Value check = bench.expect(8, {"card", "--check", "--json"}).json();
    CHECK(check["error"]["code"].string_or() == "CHECK_FAILED");
    CHECK(check["reasons"].at(0).string_or() == "\"Total traces\" is 7, should be 1");
    const json::Value verify = bench.expect(8, {"verify", "--json"}).json();
    CHECK(verify["problems"].at(0)["rule"].string_or() == "card_stale");
    CHECK_FALSE(bench.expect(0, {"card", "--write", "--json"}).json()["commit"].is_null());
    CHECK(Workbench::read(card) == good);
    bench.expect(0, {"verify"});
}

TEST_CASE("card: contradictions and missing datasets") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code"});
    bench.expect(2, {"card", "--check", "--write"});
    bench.expect(2, {"card", "--card-reset"});
    bench.expect(6, {"card", "--remote", "./nothing"});
    bench.expect(6, {"verify", "--remote", "./nothing"});
    bench.expect(6, {"index", "rebuild", "--remote", "./nothing"});
}
