// One key behind the pseudonyms of several machines, and what it is for.
#include <sys/stat.h>

#include <filesystem>

#include "catch.hpp"
#include "unit/capture/session_lines.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

const std::string k_key(64, 'b');
const std::string k_other_key(64, 'c');
const std::string k_passphrase = "correct horse battery staple";
// Of k_passphrase, as in docs/security.md: must be the same in every version and on every machine.
const std::string k_fingerprint = "c1c4fd17d40a";

std::string session_text() {
    using namespace opentraces::testing;
    return user("u1", "", "Look at /home/jane/app") +
           reply("a1", "u1", "m1", text_block("It is in /home/jane/app.")) + user("u2", "a1", "Thanks");
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777u;
}

// Captures the session from a folder of its own and commits it; answers its content hash.
std::string capture_copy(Workbench& bench, const std::string& folder, const std::string& remote) {
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", remote, "--no-hook", "--json"});
    const auto path = bench.home() / folder / (testing::k_session + ".jsonl");
    std::filesystem::create_directories(path.parent_path());
    bench.write(path, session_text());
    bench.expect(0, {"capture", path.string()});
    bench.expect(0, {"commit", "--all"});
    return std::string(
        bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["content_hash"].string_or());
}

}  // namespace

TEST_CASE("key: exported on one machine, imported on another") {
    Workbench one;
    one.set("OPENTRACES_SEED", "1");
    CHECK(one.expect(0, {"key", "status", "--json"}).json()["exists"].bool_or(true) == false);
    const RunResult exported = one.expect(0, {"key", "export"});
    CHECK(exported.out.size() == 65);
    CHECK(exported.err.empty());
    const std::string key = exported.out.substr(0, 64);
    CHECK(one.expect(0, {"key", "export", "--json"}).json()["key"].string_or() == key);
    const json::Value status = one.expect(0, {"key", "status", "--json"}).json();
    const std::string fingerprint(status["fingerprint"].string_or());
    CHECK(fingerprint.size() == 12);

    const RunResult written = one.expect(0, {"key", "export", "-o", "team.key"});
    CHECK(written.out.find(key) == std::string::npos);
    CHECK(Workbench::read(one.project() / "team.key") == key + "\n");
    CHECK(mode_of(one.project() / "team.key") == 0600u);
    CHECK(one.expect(2, {"key", "export", "-o", "team.key", "--json"}).json()["error"]["code"].string_or() ==
          "CONFIRMATION_REQUIRED");
    one.expect(0, {"key", "export", "-o", "team.key", "--yes"});

    Workbench two;
    two.write(two.project() / "team.key", key + "\n");
    const json::Value imported = two.expect(0, {"key", "import", "team.key", "--json"}).json();
    CHECK(imported["changed"].bool_or(false));
    CHECK(imported["fingerprint"].string_or() == fingerprint);
    CHECK(imported["replaced"].is_null());
    CHECK(mode_of(two.home() / ".opentraces/pseudonym.key") == 0600u);
    CHECK(two.expect(0, {"key", "export"}).out == key + "\n");
    CHECK_FALSE(two.expect(0, {"key", "import"}, key + "\n").out.find("as before") == std::string::npos);
}

TEST_CASE("key: another key is replaced only when that is confirmed, and no answer shows one") {
    Workbench bench;
    bench.expect(0, {"key", "import", "-"}, k_key);
    const std::string before = bench.expect(0, {"key", "status"}).out;
    const RunResult refused = bench.expect(2, {"key", "import"}, k_other_key);
    CHECK(refused.err.find("--yes") != std::string::npos);
    CHECK(bench.expect(0, {"key", "export"}).out == k_key + "\n");
    const RunResult replaced = bench.expect(0, {"key", "import", "--yes"}, k_other_key);
    CHECK(replaced.out.find("traces that are there keep theirs") != std::string::npos);
    CHECK(bench.expect(0, {"key", "export"}).out == k_other_key + "\n");
    CHECK(bench.expect(0, {"key", "status"}).out != before);
    for (const RunResult& result : {refused, replaced, bench.expect(0, {"key", "status", "--json"})}) {
        for (const std::string& key : {k_key, k_other_key}) {
            CHECK(result.out.find(key.substr(0, 16)) == std::string::npos);
            CHECK(result.err.find(key.substr(0, 16)) == std::string::npos);
        }
    }
}

TEST_CASE("key: what is no key is refused and changes nothing") {
    Workbench bench;
    bench.expect(0, {"key", "import"}, k_key);
    for (const std::string& text : {std::string(), std::string("short"), std::string(31, 'a'),
                                    std::string(257, 'a'), std::string(40, 'a') + " " + std::string(40, 'a'),
                                    std::string(40, '\x01'), std::string(5000, 'a')}) {
        const RunResult result = bench.expect(2, {"key", "import", "--yes"}, text);
        CHECK(result.err.find("aaaa") == std::string::npos);
    }
    bench.expect(6, {"key", "import", "missing.key"});
    CHECK(bench.expect(0, {"key", "export"}).out == k_key + "\n");
}

TEST_CASE("key: a passphrase gives the same key on every machine") {
    for (const char* seed : {"1", "2"}) {
        Workbench bench;
        bench.set("OPENTRACES_SEED", seed);
        const json::Value imported =
            bench.expect(0, {"key", "import", "--passphrase", "--json"}, k_passphrase + "\n").json();
        CHECK(imported["fingerprint"].string_or() == k_fingerprint);
    }
    Workbench bench;
    bench.expect(2, {"key", "import", "--passphrase"}, "fifteen letters\n");
    bench.expect(2, {"key", "import", "--passphrase"}, "sixteen letters\xff\n");
    bench.expect(2, {"key", "import", "--passphrase", "file"}, k_passphrase);
    CHECK(bench.expect(0, {"key", "status", "--json"}).json()["exists"].bool_or(true) == false);
}

TEST_CASE("key: copies of a session under one key are one text, under two keys one trace all the same") {
    Workbench one;
    Workbench two;
    const std::string dataset = one.path("dataset").string();
    const bool shared = GENERATE(true, false);
    one.expect(0, {"key", "import"}, k_key);
    two.expect(0, {"key", "import"}, shared ? k_key : k_other_key);
    const std::string first = capture_copy(one, ".claude/projects/-home-me-app", dataset);
    const std::string second = capture_copy(two, "copies/of/sessions", dataset);
    CHECK((first == second) == shared);
    CHECK(one.expect(0, {"push", "--json"}).json()["uploaded"].integer() == 1);
    const json::Value preview = two.expect(0, {"push", "--dry-run", "--json"}).json();
    const json::Value pushed = two.expect(0, {"push", "--json"}).json();
    for (const json::Value& answer : {preview, pushed}) {
        CHECK(answer["uploaded"].integer() == 0);
        CHECK(answer["duplicates"].integer() == 1);
        CHECK(answer["other_text"].if_array()->size() == (shared ? 0 : 1));
        CHECK(answer["superseded"].if_array()->empty());
    }
    CHECK(two.expect(0, {"verify", "--remote", dataset, "--json"}).json()["traces"].integer() == 1);
    CHECK(two.expect(0, {"list", "--json"}).json()["traces"].at(0)["stage"].string_or() == "pushed");
}

TEST_CASE("key: a push says in words which traces the dataset has otherwise") {
    Workbench one;
    Workbench two;
    const std::string dataset = one.path("dataset").string();
    one.expect(0, {"key", "import"}, k_key);
    two.expect(0, {"key", "import"}, k_other_key);
    capture_copy(one, "here", dataset);
    capture_copy(two, "there", dataset);
    const std::string id(two.expect(0, {"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
    one.expect(0, {"push"});
    const std::string text = two.expect(0, {"push"}).out;
    CHECK(text.find("1 with another text there, which stays: " + id) != std::string::npos);
}
