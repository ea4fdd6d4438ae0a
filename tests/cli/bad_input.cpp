// Broken session files: a clear message with file and line, the documented exit status, nothing lost.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "catch.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

struct Case {
    std::string name;
    std::string content;
};

std::vector<Case> broken_files() {
    const std::string good = Workbench::read(testing::fixture_session());
    return {
        {"empty.jsonl", ""},
        {"binary.jsonl", std::string("\x7f"
                                     "ELF\0\0\x01\x02",
                                     8) +
                             std::string(4000, '\0')},
        {"not-a-session.jsonl", "{\"hello\":1}\n{\"hello\":2}\n"},
        {"not-utf8.jsonl", "\xff\xfe{\"a\":1}\n"},
        {"deep.jsonl", std::string(100000, '[') + "\n"},
        {"text.jsonl", "Dear diary\n"},
        {"array.jsonl", "[1,2,3]\n"},
    };
}

}  // namespace

TEST_CASE("a broken file is refused by name, others are still captured, the store stays as it was") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    for (const Case& broken : broken_files()) {
        INFO(broken.name);
        const auto path = bench.path(broken.name);
        bench.write(path, broken.content);
        const RunResult alone = bench.expect(5, {"capture", path.string()});
        CHECK(alone.err.find(broken.name) != std::string::npos);
        const auto answer = bench.expect(5, {"capture", path.string(), "--json"}).json();
        CHECK(answer["failures"].at(0)["path"].string_or() == path.string());
        CHECK_FALSE(answer["failures"].at(0)["message"].string_or().empty());
        CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 0);
    }
    std::vector<std::string> all{"capture", "--json", testing::fixture_session()};
    for (const Case& broken : broken_files())
        all.push_back(bench.path(broken.name).string());
    const auto mixed = bench.expect(5, all).json();
    CHECK(mixed["captured"].integer() == 1);
    CHECK(mixed["failures"].if_array()->size() == broken_files().size());
}

TEST_CASE("a line of more than 64 MiB is refused without being held, and the rest of the command goes on") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    const auto path = bench.path("one-line.jsonl");
    constexpr std::size_t k_too_long = (std::size_t{64} << 20) + 1;
    bench.write(path, "{\"type\":\"user\",\"message\":\"" + std::string(k_too_long, 'a') + "\"}\n");
    const auto answer =
        bench.expect(5, {"capture", "--json", path.string(), testing::fixture_session()}).json();
    CHECK(answer["captured"].integer() == 1);
    const auto& failed = answer["failures"].at(0);
    CHECK(failed["path"].string_or() == path.string());
    CHECK(failed["line"].integer() == 1);
    CHECK_FALSE(failed["message"].string_or().empty());
}

TEST_CASE("traces whose store was lost are told of, and come back when their sessions are captured again") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    for (const char* file : {"store.db", "store.db-wal", "store.db-shm"})
        std::filesystem::remove(bench.project() / ".opentraces" / file);
    CHECK(bench.expect(0, {"status", "--json"}).json()["unknown_files"].integer() == 1);
    CHECK(bench.expect(0, {"status"}).out.find("store.db does not know") != std::string::npos);
    bench.expect(0, {"capture", testing::fixture_session()});
    const auto status = bench.expect(0, {"status", "--json"}).json();
    CHECK(status["unknown_files"].integer() == 0);
    CHECK(status["counts"]["inbox"].integer() == 1);
}

TEST_CASE("a truncated session keeps what is whole and says what is not") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    const std::string good = Workbench::read(testing::fixture_session());
    const auto path = bench.path("cut.jsonl");
    bench.write(path, good.substr(0, good.size() * 3 / 4));
    const RunResult cut = bench.expect(0, {"capture", path.string(), "--json"});
    INFO(cut.out << cut.err);
    CHECK(cut.json()["captured"].integer() == 1);
    bench.write(path, good);
    CHECK(bench.expect(0, {"capture", path.string(), "--json"}).json()["updated"].integer() == 1);
}

TEST_CASE("paths that do not exist, folders without sessions, unreadable commands") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    CHECK(bench.expect(6, {"capture", "nowhere.jsonl"}).err.find("nowhere.jsonl") != std::string::npos);
    std::filesystem::create_directories(bench.path("empty"));
    CHECK(bench.expect(6, {"capture", bench.path("empty").string(), "--json"})
              .json()["error"]["code"]
              .string_or() == "NO_SESSIONS");
    bench.expect(2, {"capture", "--agent", "nobody", testing::fixture_session()});
    bench.expect(2, {"no-such-command"});
    bench.expect(2, {"list", "--no-such-option"});
    CHECK(bench.expect(2, {"list", "--stage", "nowhere", "--json"}).json()["error"]["code"].string_or() ==
          "BAD_OPTION");
}

TEST_CASE("a corrupt store and corrupt settings are refused and left as they are") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    const auto store = bench.project() / ".opentraces/store.db";
    const std::string good = Workbench::read(store);
    bench.write(store, std::string(good.size(), 'x'));
    std::filesystem::remove(bench.project() / ".opentraces/store.db-wal");
    CHECK(bench.expect(5, {"list", "--json"}).json()["error"]["code"].string_or() == "CORRUPT_STORE");
    CHECK(Workbench::read(store) == std::string(good.size(), 'x'));
    const auto config = bench.project() / ".opentraces/config.json";
    bench.write(config, "{\"agents\": [");
    CHECK(bench.expect(5, {"status", "--json"}).json()["error"]["code"].string_or() == "SETTINGS_UNREADABLE");
    CHECK(Workbench::read(config) == "{\"agents\": [");
}

TEST_CASE("an output that cannot be written is an error, a closed pipe is not") {
    Workbench bench;
    CHECK(bench.expect(0, {"--help"}).out.find("opentraces") != std::string::npos);
    const std::string command =
        std::string(opentraces::testing::program_to_test()) + " parse " + testing::fixture_session();
    CHECK(std::system((command + " > /dev/full 2> /dev/null").c_str()) != 0);
    CHECK(std::system((command + " 2> /dev/null | head -c 10 > /dev/null").c_str()) == 0);
    // Nobody who takes the warnings: the records are written all the same.
    std::array<int, 2> unread{-1, -1};
    REQUIRE(::pipe(unread.data()) == 0);
    ::close(unread[0]);
    const std::string records = bench.path("records").string();
    const std::string session = bench.path("session.jsonl").string();
    bench.write(session, Workbench::read(testing::fixture_session()) + "{broken\n");
    const std::string quiet = opentraces::testing::program_to_test() + " parse " + session + " > " + records +
                              " 2>&" + std::to_string(unread[1]);
    CHECK(std::system(("bash -c '" + quiet + "'").c_str()) == 0);
    ::close(unread[1]);
    CHECK(Workbench::read(records).ends_with("}\n"));
}
