// Datasets back on this side: pull, and import from a dataset.
#include <filesystem>

#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using hub_emulator::FaultKind;

namespace {

constexpr const char* k_token = "hf_emulatoremulatoremulator";
constexpr const char* k_repo = "ada/traces";

// A dataset with one shard, made by a push.
struct Published {
    hub_emulator::HubEmulator hub;
    Workbench bench;
    std::string shard;

    Published() {
        hub_emulator::Options options;
        // The shard is a large file, the index is not.
        options.lfs_threshold = 20'000;
        hub.start(options);
        hub.add_user("ada", k_token);
        bench.set("HF_ENDPOINT", hub.hub_url());
        bench.set("HF_TOKEN", k_token);
        bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--review-policy", "auto", "--remote",
                         k_repo});
        bench.expect(0, {"capture", fixture_session()});
        bench.expect(0, {"push", "--public"});
        const auto commits = hub.commits(k_repo);
        for (const auto& [path, file] : commits.front().files)
            if (path.starts_with("data/")) shard = path;
        REQUIRE_FALSE(shard.empty());
        elsewhere();
        hub.clear_log();
    }

    // No project here.
    void elsewhere() {
        std::filesystem::create_directories(bench.path("elsewhere"));
        bench.work_in(bench.path("elsewhere"));
    }
    RunResult run(int exit, const std::vector<std::string>& arguments) {
        RunResult result = bench.run(arguments);
        INFO(result.out << result.err);
        CHECK(result.exit == exit);
        return result;
    }
    std::filesystem::path local(const std::string& folder) const {
        return bench.path("elsewhere/" + folder) / shard;
    }
    std::string bytes() const { return hub.file(k_repo, shard); }
    std::size_t downloads() const {
        std::size_t count = 0;
        for (const auto& request : hub.requests())
            count += request.origin == hub_emulator::Origin::k_storage ? 1 : 0;
        return count;
    }
    void fault(FaultKind kind, hub_emulator::Origin origin, int nth, int count, int status,
               std::uint64_t bytes) {
        hub_emulator::Fault fault;
        fault.kind = kind;
        fault.origin = origin;
        fault.method = "GET";
        if (origin == hub_emulator::Origin::k_hub) fault.path_parts = {"/resolve/", "data/"};
        fault.nth = nth;
        fault.count = count;
        fault.status = status;
        fault.bytes = bytes;
        hub.add_fault(fault);
    }
};

bool nothing_in(const std::filesystem::path& folder) {
    return !std::filesystem::exists(folder) || std::filesystem::is_empty(folder);
}

}  // namespace

TEST_CASE("pull: byte by byte what was pushed, and nothing the second time") {
    Published published;
    const json::Value pulled = published.run(0, {"pull", k_repo, "--json"}).json();
    CHECK(pulled["pulled"].integer() == 1);
    CHECK(pulled["trace_count"].integer() == 1);
    CHECK(pulled["problems"].if_array()->empty());
    CHECK(pulled["transferred_bytes"].integer() == static_cast<std::int64_t>(published.bytes().size()));
    CHECK(Workbench::read(published.local("traces")) == published.bytes());
    published.hub.clear_log();
    const json::Value again = published.run(0, {"pull", k_repo, "--json"}).json();
    CHECK(again["kept"].integer() == 1);
    CHECK(again["pulled"].integer() == 0);
    CHECK(again["trace_count"].integer() == 1);
    CHECK(again["transferred_bytes"].integer() == 0);
    CHECK(published.downloads() == 0);
    CHECK(published.hub.credential_leaks() == 0);
}

TEST_CASE("pull: a public dataset needs no token, its page's address names it") {
    Published published;
    published.bench.unset("HF_TOKEN");
    const std::string page = published.hub.hub_url() + "/datasets/" + k_repo;
    published.run(0, {"pull", page, "-o", "there"});
    CHECK(Workbench::read(published.local("there")) == published.bytes());
    const std::string old = published.hub.head(k_repo);
    published.run(0, {"pull", page + "/tree/" + old, "-o", "old"});
    published.run(2, {"pull", "https://example.com/datasets/ada/traces"});
}

TEST_CASE("pull: a broken download goes on where it stopped") {
    Published published;
    REQUIRE(published.bytes().size() > 500);
    published.fault(FaultKind::k_truncate_answer, hub_emulator::Origin::k_storage, 1, 1, 0, 300);
    published.fault(FaultKind::k_status, hub_emulator::Origin::k_hub, 2, 1, 403, 0);
    const RunResult broken = published.run(3, {"pull", k_repo});
    CHECK_FALSE(std::filesystem::exists(published.local("traces")));
    published.hub.clear_faults();
    const json::Value pulled = published.run(0, {"pull", k_repo, "--json"}).json();
    CHECK(pulled["resumed_bytes"].integer() == 300);
    CHECK(pulled["transferred_bytes"].integer() == static_cast<std::int64_t>(published.bytes().size()) - 300);
    CHECK(Workbench::read(published.local("traces")) == published.bytes());
    CHECK(nothing_in(published.bench.path("elsewhere/traces/.opentraces-pull/pieces")));
}

TEST_CASE("pull: damaged bytes never get the shard's name") {
    Published published;
    published.fault(FaultKind::k_corrupt_body, hub_emulator::Origin::k_storage, 1, -1, 0, 0);
    published.run(4, {"pull", k_repo});
    CHECK(nothing_in(published.bench.path("elsewhere/traces/data")));
    published.hub.clear_faults();
    published.run(0, {"pull", k_repo});
    CHECK(Workbench::read(published.local("traces")) == published.bytes());
    // Once is not for ever: the next copy is whole.
    published.fault(FaultKind::k_corrupt_body, hub_emulator::Origin::k_storage, 1, 1, 0, 0);
    published.run(0, {"pull", k_repo, "-o", "second"});
    CHECK(Workbench::read(published.local("second")) == published.bytes());
}

TEST_CASE("pull: filters keep whole lines, and a folder belongs to one of them") {
    Published published;
    const json::Value some =
        published.run(0, {"pull", k_repo, "-o", "some", "--agent", "claude-code", "--json"}).json();
    CHECK(some["trace_count"].integer() == 1);
    CHECK(some["filter"].string_or() == "agent=claude-code");
    CHECK(Workbench::read(published.local("some")) == published.bytes());
    published.hub.clear_log();
    CHECK(published.run(0, {"pull", k_repo, "-o", "some", "--agent", "claude-code", "--json"})
              .json()["kept"]
              .integer() == 1);
    CHECK(published.downloads() == 0);
    const json::Value none =
        published.run(0, {"pull", k_repo, "-o", "none", "--until", "1999-12-31", "--json"}).json();
    CHECK(none["trace_count"].integer() == 0);
    CHECK(none["left_out"].integer() == 1);
    CHECK(Workbench::read(published.local("none")).empty());
    published.run(0, {"pull", k_repo, "-o", "model", "--model", "CLAUDE", "--since", "1999-12-31"});
    CHECK(Workbench::read(published.local("model")) == published.bytes());
    published.run(2, {"pull", k_repo, "-o", "some"});
    published.run(2, {"pull", k_repo, "-o", "some", "--since", "soon"});
    CHECK(Workbench::read(published.local("some")) == published.bytes());
}

TEST_CASE("pull: what was changed here is never written over") {
    Published published;
    published.run(0, {"pull", k_repo});
    published.bench.write(published.local("traces"), "mine\n");
    const RunResult refused = published.run(2, {"pull", k_repo});
    CHECK(refused.err.find("was changed here") != std::string::npos);
    CHECK(Workbench::read(published.local("traces")) == "mine\n");
    published.bench.write(published.local("other"), "mine\n");
    published.run(2, {"pull", k_repo, "-o", "other"});
    std::filesystem::remove(published.local("traces"));
    published.run(0, {"pull", k_repo});
    CHECK(Workbench::read(published.local("traces")) == published.bytes());
}

TEST_CASE("pull: a shard that left the dataset stays here, and is named") {
    Published published;
    published.run(0, {"pull", k_repo});
    const std::string other = "data/traces_20200101T000000Z_00000000.jsonl";
    published.hub.commit_files(k_repo, {{other, published.bytes()}}, "ada", "Rewritten", "main",
                               {published.shard});
    const json::Value report = published.run(0, {"pull", k_repo, "--json"}).json();
    CHECK(report["pulled"].integer() == 1);
    REQUIRE(report["gone"].if_array()->size() == 1);
    CHECK(report["gone"].at(0).string_or() == published.shard);
    CHECK(std::filesystem::exists(published.local("traces")));
}

TEST_CASE("pull: a dataset that is wrong is pulled as it is, and said to be wrong") {
    Published published;
    std::string line = published.bytes();
    const std::size_t hash = line.find("\"content_hash\":\"") + 16;
    line.replace(hash, 4, line.compare(hash, 4, "0000") == 0 ? "1111" : "0000");
    published.hub.commit_files(k_repo, {{published.shard, line + "nonsense\n"}});
    const json::Value report = published.run(8, {"pull", k_repo, "--json"}).json();
    CHECK(report["error"]["code"].string_or() == "CHECK_FAILED");
    std::string kinds;
    for (const json::Value& problem : *report["problems"].if_array())
        kinds += std::string(problem["rule"].string_or()) + " ";
    CHECK(kinds == "hash_wrong not_a_trace index_wrong ");
    CHECK(Workbench::read(published.local("traces")) == line + "nonsense\n");
    published.run(6, {"pull", "ada/nothing"});
}

TEST_CASE("import: a dataset's traces with the token, once") {
    Published published;
    published.hub.set_private(k_repo, true);
    published.bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--review-policy", "auto"});
    const json::Value first = published.run(0, {"import", k_repo, "--parser", "opentraces", "--json"}).json();
    CHECK(first["captured"].integer() == 1);
    CHECK(first["remote"].string_or() == k_repo);
    CHECK(first["head"].string_or() == published.hub.head(k_repo));
    CHECK(first["committed"].integer() == 1);
    const json::Value second =
        published.run(0, {"import", k_repo, "--parser", "opentraces", "--json"}).json();
    CHECK(second["captured"].integer() == 0);
    CHECK(second["unchanged"].integer() == 1);
    // It is the same trace: pushed back, it is a duplicate.
    CHECK(published.run(0, {"push", "--repo", k_repo, "--json"}).json()["duplicates"].integer() == 1);
    published.bench.unset("HF_TOKEN");
    const RunResult hidden = published.run(6, {"import", k_repo, "--parser", "opentraces"});
    CHECK(hidden.err.find("private dataset needs a token") != std::string::npos);
}

TEST_CASE("import: subsets, splits and datasets without JSON") {
    Published published;
    published.bench.expect(0, {"init", "--no-hook", "--agent", "claude-code"});
    const auto row = [](const std::string& id) {
        return R"({"id":")" + id +
               R"(","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"ho"}]})" + "\n";
    };
    published.hub.add_repo("ada/rows");
    published.hub.commit_files("ada/rows", {{"code/train.jsonl", row("a") + row("b")},
                                            {"code/test.jsonl", row("c")},
                                            {"chat/train-00000-of-00001.jsonl", row("d")},
                                            {"dataset_infos.json", "{}"}});
    const auto parsed = [&](const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"import",   "ada/rows",  "--parser",
                                           "messages", "--dry-run", "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return published.run(0, arguments).json()["parsed"].integer();
    };
    CHECK(parsed({"--subset", "code"}) == 3);
    CHECK(parsed({"--subset", "code", "--split", "train"}) == 2);
    CHECK(parsed({"--subset", "code", "--limit", "1"}) == 1);
    CHECK(parsed({"--subset", "chat", "--split", "train"}) == 1);
    CHECK(published.run(6, {"import", "ada/rows", "--parser", "messages"}).err.find("chat, code") !=
          std::string::npos);
    CHECK(published.run(6, {"import", "ada/rows", "--parser", "messages", "--subset", "x"})
              .err.find("no subset x") != std::string::npos);
    published.run(
        6, {"import", "ada/rows", "--parser", "messages", "--subset", "code", "--split", "validation"});
    published.hub.add_repo("ada/tables");
    published.hub.commit_files("ada/tables", {{"data/train-00000.parquet", "PAR1"}});
    const RunResult tables = published.run(2, {"import", "ada/tables", "--parser", "messages"});
    CHECK(tables.err.find("duckdb") != std::string::npos);
    published.run(6, {"import", "ada/nothing", "--parser", "messages"});
}
