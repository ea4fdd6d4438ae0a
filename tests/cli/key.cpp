// One key behind the pseudonyms of several machines, and what it is for.
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "catch.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"
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
           reply("a1", "u1", "m1", call("t1", "Bash", R"({"command":"ls"})")) +
           result("u2", "a1", "t1", "a.txt");
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777u;
}

struct Reply {
    std::string prompt;  // the end of what the program asks
    std::string line;
};

// Runs the program on a terminal of its own, where somebody replies; `out` is everything that is seen there.
RunResult on_terminal(const Workbench& bench, std::vector<std::string> words,
                      const std::vector<Reply>& replies = {}) {
    words.insert(words.begin(), testing::program_to_test());
    std::vector<std::string> variables{"HOME=" + bench.home().string(), "OPENTRACES_SEED=1", "TERM=dumb"};
    std::array<std::vector<char*>, 2> lists;
    for (std::string& word : words)
        lists[0].push_back(word.data());
    for (std::string& variable : variables)
        lists[1].push_back(variable.data());
    for (auto& list : lists)
        list.push_back(nullptr);
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    REQUIRE(child >= 0);
    if (child == 0) {
        ::execve(lists[0][0], lists[0].data(), lists[1].data());
        ::_exit(127);
    }
    RunResult result;
    std::size_t next = 0;
    std::size_t seen = 0;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = ::read(terminal, buffer.data(), buffer.size())) > 0;) {
        result.out.append(buffer.data(), static_cast<std::size_t>(count));
        if (next == replies.size()) continue;
        const std::size_t at = result.out.find(replies[next].prompt, seen);
        if (at == std::string::npos) continue;
        seen = at + replies[next].prompt.size();
        const std::string typed = replies[next++].line + "\n";
        REQUIRE(::write(terminal, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
    }
    ::close(terminal);
    int status = 0;
    ::waitpid(child, &status, 0);
    result.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
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
    CHECK(one.expect(0, {"key", "export", "--json"}).json()["pseudonym_key"].string_or() == key);
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
    CHECK(imported["replaced_fingerprint"].is_null());
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
    // Other users can read command lines.
    bench.expect(2, {"key", "import", "--passphrase", k_passphrase});
    bench.expect(2, {"key", "import", std::string("--passphrase=") + k_passphrase});
    CHECK(bench.expect(0, {"key", "status", "--json"}).json()["exists"].bool_or(true) == false);
}

TEST_CASE("key: on a terminal it is shown only when asked for, and typed unseen") {
    Workbench bench;
    const RunResult refused = on_terminal(bench, {"key", "export"});
    CHECK(refused.exit == 2);
    const std::string key = bench.expect(0, {"key", "export"}).out.substr(0, 64);
    CHECK(refused.out.find(key) == std::string::npos);
    CHECK(on_terminal(bench, {"key", "export", "--yes"}).out.find(key) != std::string::npos);

    const std::string ask = "input is hidden): ";
    const std::string again = "again: ";
    const std::string replace = "[y/N] ";
    const std::vector<std::string> words{"key", "import", "--passphrase"};
    const RunResult differ = on_terminal(bench, words, {{ask, k_passphrase}, {again, k_passphrase + "!"}});
    CHECK(differ.exit == 2);
    const RunResult declined =
        on_terminal(bench, words, {{ask, k_passphrase}, {again, k_passphrase}, {replace, "n"}});
    CHECK(declined.exit == 130);
    CHECK(bench.expect(0, {"key", "export"}).out == key + "\n");
    const RunResult taken =
        on_terminal(bench, words, {{ask, k_passphrase}, {again, k_passphrase}, {replace, "y"}});
    CHECK(taken.exit == 0);
    CHECK(taken.out.find(k_fingerprint) != std::string::npos);
    const RunResult typed = on_terminal(bench, {"key", "import"}, {{ask, k_key}, {replace, "y"}});
    CHECK(typed.exit == 0);
    CHECK(bench.expect(0, {"key", "export"}).out == k_key + "\n");
    for (const RunResult& result : {differ, declined, taken, typed}) {
        CHECK(result.out.find(k_passphrase) == std::string::npos);
        CHECK(result.out.find(k_key) == std::string::npos);
    }
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
    CHECK(two.expect(0, {"verify", "--remote", dataset, "--json"}).json()["trace_count"].integer() == 1);
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
