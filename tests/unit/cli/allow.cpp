// False alarms that a person lets stay: of one session or in the project, with a reason, until a day.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "doubles/command_bench.hpp"
#include "doubles/traces.hpp"
#include "doubles/written_database.hpp"
#include "source_files.hpp"

using namespace opentraces;
using testing::CommandBench;

namespace {

const std::string k_first = "c93f3533-0f6b-4a61-99bd-7b788208ad61";
const std::string k_second = "d93f3533-0f6b-4a61-99bd-7b788208ad61";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

class AllowBench : public CommandBench {
public:
    AllowBench() {
        done({"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
        capture(k_first);
    }

    // A session that tells the token, and says that this is allowed.
    void capture(const std::string& session) {
        const std::string fixture =
            testing::source_text("tests/fixtures/sessions/claude-code/" + k_first + ".jsonl");
        const std::string text = replaced(fixture, "can you add it in the github actions level?",
                                          testing::text_with_token() + " # opentraces:allow gitleaks:allow");
        std::filesystem::create_directories(home() + "/sessions");
        const std::string path = home() + "/sessions/" + session + ".jsonl";
        std::ofstream(path, std::ios::binary) << replaced(text, k_first, session);
        done({"capture", path});
    }
    Result done(const std::vector<std::string>& words) {
        Result result = run(words);
        INFO(result.out << result.err);
        REQUIRE(result.exit == 0);
        return result;
    }
    std::string id(const std::string& session = k_first) {
        return std::string(run({"list", "--json", session}).json()["traces"].at(0)["trace_id"].string_or());
    }
    bool has_token(const std::string& session = k_first) {
        const std::string trace = bytes_of(project() + "/.opentraces/traces/" + id(session) + ".jsonl");
        return has(trace, testing::text_with_token());
    }
    std::string fingerprint() {
        const json::Value found = run({"show", id(), "--findings", "--json"}).json()["findings"];
        for (const json::Value& place : *found.if_array())
            if (place["rule"].string_or() == "github_token")
                return std::string(place["fingerprint"].string_or());
        return {};
    }
    std::vector<std::string> allow(std::vector<std::string> where, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"allow"};
        words.insert(words.end(), where.begin(), where.end());
        words.insert(words.end(), {"--finding", fingerprint(), "--reason", "of a test", "--json"});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    std::int64_t listed() {
        const json::Value list = run({"allow", "--list", "--json"}).json();
        return static_cast<std::int64_t>(list["allowances"].if_array()->size());
    }
};

}  // namespace

TEST_CASE("allow: what a session says never allows anything") {
    AllowBench bench;
    CHECK_FALSE(bench.has_token());
    CHECK(bench.listed() == 0);
}

TEST_CASE("allow: one value stays in the traces of its session, and nowhere else") {
    AllowBench bench;
    bench.capture(k_second);
    REQUIRE(bench.fingerprint().size() == 32);
    CHECK(bench.done(bench.allow({bench.id()})).json()["reread"] == json::Value(true));
    CHECK(bench.has_token());
    bench.done({"recapture", "--all"});
    CHECK(bench.has_token());
    CHECK_FALSE(bench.has_token(k_second));
    CHECK_FALSE(
        has(bytes_of(bench.project() + "/.opentraces/store.db"), testing::text_with_token().substr(4)));

    bench.done({"undo"});
    CHECK_FALSE(bench.has_token());
    CHECK(bench.listed() == 0);
    // What was redacted by hand stays so.
    bench.done({"redact", bench.id(), "--regex", "[a-z]*release[a-z]*"});
    bench.done({"allow", bench.id(), "--rule", "github_token", "--reason", "of a test"});
    CHECK(bench.has_token());
    CHECK_FALSE(has(bench.done({"show", bench.id(), "--verbose"}).out, "goreleaser"));
    // And what is allowed survives another redaction.
    bench.done({"redact", bench.id(), "--regex", "notari[sz]e"});
    CHECK(bench.has_token());
}

TEST_CASE("allow: the last scan honours it, and the dataset's index counts it") {
    AllowBench bench;
    bench.done(bench.allow({bench.id()}));
    bench.done({"commit", "--all", "--include-needs-review"});
    SECTION("pushed") {
        bench.done({"push"});
        const std::string index = bytes_of(bench.project() + "/dataset/opentraces/index-00001.jsonl");
        INFO(index);
        CHECK(has(index, "\"allowed\":{\"github_token\":1}"));
    }
    SECTION("not allowed any more") {
        CHECK(bench.done({"allow", "--remove", "1", "--json"}).json()["reread"] == json::Value(false));
        CHECK(bench.run({"push"}).exit == 8);
    }
    SECTION("ended") {
        bench.done(
            {"allow", "--project", "--rule", "github_token", "--reason", "x", "--expires", "2026-12-31"});
        bench.done({"allow", "--remove", "2"});
        bench.done({"push", "--dry-run"});
        testing::WrittenDatabase(bench.project() + "/.opentraces/store.db")
            .execute("UPDATE session_notes SET value = replace(value, '2026-12-31', '2026-01-31')");
        CHECK(bench.run({"push"}).exit == 8);
        const json::Value one = bench.run({"allow", "--list", "--json"}).json()["allowances"].at(0);
        CHECK(one["expired"] == json::Value(true));
        CHECK_FALSE(std::filesystem::exists(bench.project() + "/dataset/data"));
    }
}

TEST_CASE("allow: in the project it holds for every session that is read from then on") {
    AllowBench bench;
    bench.done(bench.allow({"--project"}));
    CHECK_FALSE(bench.has_token());
    bench.capture(k_second);
    CHECK(bench.has_token(k_second));
    bench.done({"recapture", "--all"});
    CHECK(bench.has_token());
    bench.done({"undo"});
    bench.done({"recapture", "--all"});
    CHECK_FALSE(bench.has_token());
}

TEST_CASE("allow: what it needs is asked for") {
    AllowBench bench;
    CHECK(bench.run({"allow", bench.id(), "--rule", "no_such_rule", "--reason", "x"}).exit == 6);
    CHECK(bench.run({"allow", bench.id(), "--rule", "custom_string", "--reason", "x"}).exit == 2);
    CHECK(bench.run({"allow", bench.id(), "--rule", "slack_token", "--reason", "x"}).exit == 6);
    CHECK(bench.run({"allow", bench.id(), "--finding", "0123456789abcdef", "--reason", "x"}).exit == 6);
    CHECK(bench.run({"allow", "--remove", "1"}).exit == 6);
    CHECK(bench.run(bench.allow({bench.id()}, {"--expires", "2026-01-01"})).exit == 2);
    CHECK(bench.run(bench.allow({bench.id()}, {"--expires", "soon"})).exit == 2);
    CHECK(bench.listed() == 0);
    // The reason is a text like any other.
    bench.done({"allow", bench.id(), "--rule", "github_token", "--reason", testing::text_with_token()});
    CHECK_FALSE(has(bench.done({"allow", "--list"}).out, testing::text_with_token()));
}

TEST_CASE("allow: of a project that was somebody else's nothing is allowed, and nothing is to be undone") {
    AllowBench bench;
    bench.done(bench.allow({"--project"}));
    std::filesystem::remove_all(bench.home() + "/.opentraces/projects");
    bench.done({"init", "--adopt", "--yes"});
    CHECK(bench.listed() == 0);
    CHECK(bench.run({"undo"}).exit == 6);
}
