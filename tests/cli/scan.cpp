// scan on folders, in git, with what may stay; rules.
#include <filesystem>

#include "catch.hpp"
#include "doubles/git_repository.hpp"
#include "opentraces/json/reader.hpp"
#include "security/rules/pattern.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

std::string token(int variant = 0) {
    return security::expand_sample("ghp_{}{w36}", static_cast<std::uint64_t>(variant));
}

bool quotes_token(const RunResult& result) {
    for (int variant = 0; variant < 4; ++variant)
        if ((result.out + result.err).find(token(variant).substr(8)) != std::string::npos) return true;
    return false;
}

std::string findings_of(const RunResult& result) {
    std::string text;
    const json::Value answer = result.json();
    for (const json::Value& finding : *answer["findings"].if_array())
        text += std::string(finding["path"].string_or("message")) + ":" +
                std::to_string(finding["line"].integer().value_or(0)) + " ";
    return text;
}

}  // namespace

TEST_CASE("scan: a folder, with what counts") {
    Workbench bench;
    bench.write(bench.project() / "src/a.txt", "x\n" + token() + "\n");
    bench.write(bench.project() / "src/b.txt",
                token(1) + "\n" + token(2) + " # opentraces:allow of the manual\nme@corp-mail.net\n");
    bench.write(bench.project() / "src/c.bin", std::string("\0", 1) + token());
    const RunResult all = bench.expect(8, {"scan", ".", "--json"});
    CHECK(findings_of(all) == "src/a.txt:2 src/b.txt:1 src/b.txt:3 ");
    const json::Value answer = all.json();
    CHECK(answer["allowed"].integer() == 1);
    CHECK(answer["binary_files"].integer() == 1);
    CHECK(answer["failed"].integer() == 2);
    CHECK(answer["error"]["hint"].string_or().find("opentraces:allow") != std::string_view::npos);
    CHECK_FALSE(quotes_token(all));
    const RunResult text = bench.expect(8, {"scan", "src"});
    CHECK(text.out.find("src/b.txt:3: email_address (") != std::string::npos);
    CHECK(text.err.find("3 findings in 2 files, 1 allowed; left out: 1 binary") != std::string::npos);
    bench.expect(0, {"scan", ".", "--fail-on", "none"});
    std::filesystem::remove(bench.project() / "src/a.txt");
    bench.write(bench.project() / "src/b.txt", "me@corp-mail.net\n");
    bench.expect(8, {"scan", ".", "--fail-on", "medium"});
    bench.expect(0, {"scan", ".", "--fail-on", "high"});
}

TEST_CASE("scan: --format json is --json, errors too") {
    Workbench bench;
    bench.write(bench.project() / "a", token());
    CHECK(bench.expect(8, {"scan", "a", "--format", "json"}).out ==
          bench.expect(8, {"scan", "a", "--json"}).out);
    const RunResult missing = bench.expect(6, {"scan", "a", "--format", "json", "--baseline", "none.json"});
    CHECK(missing.json()["error"]["code"].string_or() == "NOT_FOUND");
    bench.expect(2, {"scan", "a", "--format", "sarif", "--json"});
}

TEST_CASE("scan: what is known stays known until its day is over") {
    Workbench bench;
    const std::vector<std::string> plain = {"scan", ".", "--baseline", "known.json", "--json"};
    const auto with = [&](std::vector<std::string> more) {
        std::vector<std::string> words = plain;
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    bench.set("OPENTRACES_NOW", "2026-06-01T00:00:00Z");
    bench.write(bench.project() / "a", token());
    bench.write(bench.project() / "b", token(1));
    bench.expect(6, plain);
    const RunResult made = bench.expect(0, with({"--update-baseline", "--expires", "2026-06-30"}));
    CHECK(made.json()["baseline"]["new_entries"].integer() == 2);
    const std::string written = Workbench::read(bench.project() / "known.json");
    CHECK(written.find(token().substr(8)) == std::string::npos);
    CHECK(bench.expect(0, plain).json()["baseline"]["known"].integer() == 2);
    bench.write(bench.project() / "c", token(2));
    CHECK(findings_of(bench.expect(8, plain)) == "c:1 ");
    bench.set("OPENTRACES_NOW", "2026-07-01T00:00:00Z");
    const RunResult later = bench.expect(8, plain);
    CHECK(findings_of(later) == "a:1 b:1 c:1 ");
    CHECK(later.json()["findings"].at(0)["remark"].string_or() == "baseline_expired");
    bench.write(bench.project() / "b", "gone\n");
    const RunResult again = bench.expect(0, with({"--update-baseline"}));
    CHECK(again.json()["baseline"]["dropped_entries"].integer() == 1);
    CHECK(again.json()["baseline"]["new_entries"].integer() == 2);
    bench.expect(0, plain);
    bench.expect(0, {"key", "import", "--passphrase", "--yes"}, "correct horse battery staple\n");
    CHECK(bench.expect(3, plain).json()["error"]["code"].string_or() == "CONFIG_INVALID");
}

TEST_CASE("scan: what is staged, and what commits add") {
    if (!testing::has_git()) return;
    Workbench bench;
    const auto git = [&](const std::string& words) {
        CHECK(bench.shell("git -c user.name=me -c user.email=me@example.org " + words).exit == 0);
    };
    git("init -q -b main");
    bench.expect(0, {"scan", "--staged"});
    bench.write(bench.project() / "below/a", "1\n" + token() + "\n");
    git("add -A");
    CHECK(findings_of(bench.expect(8, {"scan", "--staged", "--json"})) == "below/a:2 ");
    git("commit -q -m first");
    bench.expect(0, {"scan", "--staged"});
    const RunResult history = bench.expect(8, {"scan", "--commits", "HEAD", "--json"});
    CHECK(findings_of(history) == "below/a:2 ");
    CHECK(history.json()["findings"].at(0)["commit"].string_or().size() == 40);
    CHECK(history.json()["findings"].at(0)["offset"].is_null());
    CHECK_FALSE(quotes_token(history));
    bench.write(bench.project() / "below/a", "1\n2\n" + token() + "\n");
    git("commit -q -a -m second");
    bench.expect(0, {"scan", "--commits", "HEAD~1..HEAD"});
    bench.expect(0, {"-C", "below", "scan", "--commits", "HEAD", "no-such-file"});
    bench.expect(8, {"-C", "below", "scan", "--commits", "HEAD", "a"});
    // A baseline knows a file by its path, wherever it was seen.
    bench.expect(0, {"scan", ".", "--baseline", "b.json", "--update-baseline"});
    bench.expect(0, {"scan", "--commits", "HEAD", "--baseline", "b.json"});
    bench.expect(2, {"scan", "--commits", "nothing..HEAD"});
    bench.work_in(bench.home());
    bench.expect(6, {"scan", "--staged"});
}

TEST_CASE("scan: what a comment allows is redacted all the same") {
    Workbench bench;
    const std::string text = "key = " + token() + "  # opentraces:allow it is a sample\n";
    bench.expect(0, {"scan", "-"}, text);
    const RunResult clean = bench.expect(0, {"scan", "--redact", "-"}, text);
    CHECK(clean.out.find("[REDACTED") != std::string::npos);
    CHECK_FALSE(quotes_token(clean));
    bench.expect(0, {"init", "--no-hook"});
    std::string session = Workbench::read(testing::fixture_session());
    const std::string said = "\"content\":\"";
    REQUIRE(session.find(said) != std::string::npos);
    session.insert(session.find(said) + said.size(), token() + " # opentraces:allow it is a sample ");
    const RunResult parsed = bench.expect(0, {"parse", "-"}, session);
    CHECK(parsed.out.find("opentraces:allow it is a sample") != std::string::npos);
    CHECK_FALSE(quotes_token(parsed));
}

TEST_CASE("scan: a SARIF log has places and suppressions, and quotes nothing") {
    Workbench bench;
    bench.write(bench.project() / "a b.txt",
                "\xc3\xa4 = " + token() + "\n" + token(1) + " # opentraces:allow sample\n");
    const RunResult log = bench.expect(8, {"scan", ".", "no-such", "--format", "sarif"});
    CHECK_FALSE(quotes_token(log));
    const json::Value run = json::parse(log.out)["runs"].at(0);
    const json::Value first = run["results"].at(0);
    const json::Value place = first["locations"].at(0)["physicalLocation"];
    CHECK(first["ruleId"].string_or() == "github_token");
    CHECK(first["level"].string_or() == "error");
    CHECK(place["artifactLocation"]["uri"].string_or() == "a%20b.txt");
    CHECK(place["region"]["startColumn"].integer() == 5);
    CHECK(place["region"]["endColumn"].integer() == 45);
    CHECK(place["region"]["byteOffset"].integer() == 5);
    CHECK(first["suppressions"].is_null());
    CHECK(run["results"].at(1)["suppressions"].at(0)["kind"].string_or() == "inSource");
    CHECK(run["tool"]["driver"]["rules"].if_array()->size() == 1);
    CHECK(run["invocations"].at(0)["executionSuccessful"].bool_or(true) == false);
    CHECK(run["invocations"].at(0)["toolExecutionNotifications"].if_array()->size() == 1);
}

TEST_CASE("rules: what there is, and that its samples hold") {
    Workbench bench;
    const json::Value all = bench.expect(0, {"rules", "list", "--json"}).json();
    CHECK(all["total"].integer() == static_cast<std::int64_t>(all["rules"].if_array()->size()));
    CHECK(bench.expect(0, {"rules", "list"}).out.find("github_token") != std::string::npos);
    for (const json::Value& rule : *all["rules"].if_array())
        bench.expect(0, {"rules", "explain", std::string(rule["rule"].string_or())});
    bench.expect(0, {"rules", "test"});
    const RunResult unknown = bench.expect(6, {"rules", "explain", "github_tokn"});
    CHECK(unknown.err.find("github_token") != std::string::npos);
}

TEST_CASE("rules test: what a rule finds in a text is named, not quoted") {
    Workbench bench;
    const RunResult found =
        bench.expect(0, {"rules", "test", "github_token", "--input", "-", "--json"}, "x\n" + token() + "\n");
    CHECK(found.json()["findings"].at(0)["line"].integer() == 2);
    CHECK_FALSE(quotes_token(found));
    bench.expect(8, {"rules", "test", "npm_token", "--input", "-"}, token());
}
