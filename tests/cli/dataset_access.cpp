// Who needs a token for a dataset, and where copies of its shards lie meanwhile.
#include <filesystem>

#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr const char* k_token = "hf_emulatoremulatoremulator";
constexpr const char* k_repo = "ada/traces";

struct Published {
    hub_emulator::HubEmulator hub;
    Workbench bench;

    Published() {
        hub.start();
        hub.add_user("ada", k_token);
        bench.set("HF_ENDPOINT", hub.hub_url());
        bench.set("HF_TOKEN", k_token);
        bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--review-policy", "auto", "--remote",
                         k_repo});
        bench.expect(0, {"capture", fixture_session()});
        bench.expect(0, {"push", "--public"});
    }
};

using Words = std::vector<std::string>;

const std::vector<Words>& reading_commands() {
    static const std::vector<Words> k_commands{
        {"export", "--dataset", k_repo, "--format", "steps", "-o", "steps.jsonl"},
        {"assess", "--dataset", k_repo, "--dry-run"},
        {"assess", "--dataset", k_repo, "--dry-run", "--checks"},
        {"assess", "--all-staged", "--compare-remote"},
        {"pull", k_repo, "-o", "pulled"},
        {"import", k_repo, "--dry-run"},
        {"verify", "--no-scan"},
        {"card", "--check"},
        {"card", "--print"},
    };
    return k_commands;
}

}  // namespace

TEST_CASE("dataset access: what only reads a public dataset needs no token") {
    Published published;
    published.bench.unset("HF_TOKEN");
    for (const Words& words : reading_commands()) {
        INFO(words[0]);
        published.bench.expect(0, words);
    }
}

TEST_CASE("dataset access: what changes a dataset needs one, and a private dataset too") {
    Published published;
    published.bench.unset("HF_TOKEN");
    for (const Words& words :
         {Words{"assess", "--dataset", k_repo}, Words{"card", "--write"}, Words{"index", "rebuild"}}) {
        INFO(words[0]);
        const RunResult result = published.bench.expect(3, [&] {
            Words all = words;
            all.emplace_back("--json");
            return all;
        }());
        CHECK(result.json()["error"]["code"].string_or() == "NOT_AUTHENTICATED");
    }
    published.hub.set_private(k_repo, true);
    for (const Words& words : reading_commands()) {
        INFO(words[0]);
        const RunResult result = published.bench.run([&] {
            Words all{"-C", published.bench.project().string()};
            all.insert(all.end(), words.begin(), words.end());
            return all;
        }());
        CHECK(result.exit != 0);
    }
}

TEST_CASE("dataset access: copies of shards are not kept among those of interrupted pushes") {
    Published published;
    Workbench& bench = published.bench;
    const std::filesystem::path spool = bench.project() / ".opentraces/spool";
    std::filesystem::remove_all(spool);
    // Nothing can be made below a file.
    bench.write(spool, "in the way");
    const std::filesystem::path cache = bench.project() / ".opentraces/cache";
    for (const Words& words : reading_commands()) {
        INFO(words[0]);
        std::filesystem::remove_all(cache);
        bench.expect(0, words);
    }
    bench.expect(0, {"assess", "--dataset", k_repo});
    bench.expect(0, {"index", "rebuild"});
    CHECK(Workbench::read(spool) == "in the way");
    CHECK(std::filesystem::is_empty(bench.project() / ".opentraces/downloads"));
}

TEST_CASE("dataset access: a dataset is called the same by every command") {
    Published published;
    Workbench& bench = published.bench;
    bench.expect(0, {"remote", "add", "shared", k_repo});
    const std::string page = published.hub.hub_url() + "/datasets/" + k_repo;
    for (const std::string& name : {std::string("shared"), page}) {
        INFO(name);
        CHECK(bench.expect(0, {"push", "--repo", name, "--json"}).json()["remote"].string_or() == k_repo);
        CHECK(bench.expect(0, {"verify", "--remote", name, "--json"}).json()["remote"].string_or() == k_repo);
        CHECK(bench.expect(0, {"card", "--remote", name, "--json"}).json()["remote"].string_or() == k_repo);
        CHECK(bench.expect(0, {"assess", "--dataset", name, "--dry-run", "--json"})
                  .json()["dataset"]["remote"]
                  .string_or() == k_repo);
        bench.expect(0, {"export", "--dataset", name, "--format", "steps", "-o", "steps.jsonl"});
        bench.expect(0, {"pull", name, "-o", "pulled"});
        CHECK(bench.expect(0, {"import", name, "--dry-run", "--json"}).json()["remote"].string_or() ==
              k_repo);
    }
}
