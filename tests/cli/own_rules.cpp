// Rules of a team, in the format of gitleaks and betterleaks: scan, rules, capture and push with them.
#include <filesystem>

#include "catch.hpp"
#include "doubles/git_repository.hpp"
#include "opentraces/json/reader.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

const std::string k_value = "7h2k9q4m1x8z5w3v6b0n4c2j";

std::string key() {
    return "acme_live_" + k_value;
}

// The fixture's rules, in the folder of the project.
void put_rules(const Workbench& bench) {
    for (const char* name : {"team.toml", "base.toml"})
        bench.write(bench.project() / name, Workbench::read(std::filesystem::path(testing::source_folder()) /
                                                            "tests/fixtures/rules" / name));
}

std::string rules_found(const RunResult& result) {
    std::string text;
    const json::Value answer = result.json();
    for (const json::Value& finding : *answer["findings"].if_array())
        text += std::string(finding["rule"].string_or()) + ":" +
                std::to_string(finding["line"].integer().value_or(0)) + " ";
    return text;
}

std::string session_with(const std::string& text) {
    return R"({"type":"user","sessionId":"s1","uuid":"u1","timestamp":"2026-01-01T00:00:00.000Z","cwd":"/w","version":"2.0.0","message":{"role":"user","content":"Deploy with )" +
           text +
           R"("}})"
           "\n"
           R"({"type":"assistant","sessionId":"s1","uuid":"u2","parentUuid":"u1","timestamp":"2026-01-01T00:00:01.000Z","version":"2.0.0","message":{"id":"m1","role":"assistant","model":"claude-opus-4-5","content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"make deploy"}}],"usage":{"input_tokens":1,"output_tokens":1}}})"
           "\n"
           R"({"type":"user","sessionId":"s1","uuid":"u3","parentUuid":"u2","timestamp":"2026-01-01T00:00:02.000Z","version":"2.0.0","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"done"}]}})"
           "\n"
           R"({"type":"assistant","sessionId":"s1","uuid":"u4","parentUuid":"u3","timestamp":"2026-01-01T00:00:03.000Z","version":"2.0.0","message":{"id":"m2","role":"assistant","model":"claude-opus-4-5","content":[{"type":"text","text":"Deployed."}],"usage":{"input_tokens":1,"output_tokens":1}}})"
           "\n";
}

std::string stored_trace(const Workbench& bench) {
    std::string text;
    for (const auto& file : std::filesystem::directory_iterator(bench.project() / ".opentraces/traces"))
        text += Workbench::read(file.path());
    return text;
}

}  // namespace

TEST_CASE("own rules: scan looks for a team's rules beside its own, or for them alone") {
    Workbench bench;
    put_rules(bench);
    const std::string text = "key " + key() + "\nlogin: bob\nbadge-123456 legacy-123456\nme@corp-mail.net\n";
    bench.write(bench.project() / "a.txt", text);
    CHECK(rules_found(bench.expect(8, {"scan", "a.txt", "--rules", "team.toml", "--json"})) ==
          "acme-deploy-key:1 acme-badge:3 email_address:4 ");
    const RunResult alone =
        bench.expect(8, {"scan", "a.txt", "--rules", "team.toml", "--only-rules", "--json"});
    CHECK(rules_found(alone) == "acme-deploy-key:1 acme-badge:3 ");
    CHECK(alone.json()["findings"].at(0)["severity"].string_or() == "critical");
    CHECK((alone.out + alone.err).find(k_value) == std::string::npos);
    CHECK(rules_found(bench.expect(8, {"scan", "a.txt", "--json"})) == "email_address:4 ");
    bench.expect(8, {"scan", "a.txt", "--rules", "team.toml", "--only-rules", "--fail-on", "high"});
    bench.expect(2, {"scan", "a.txt", "--only-rules"});
    // With its host near by the login is one.
    bench.write(bench.project() / "b.txt", "db1.acme.internal\nlogin: bob\n");
    CHECK(rules_found(bench.expect(8, {"scan", "b.txt", "--rules", "team.toml", "--json"})) ==
          "acme-login:2 ");
    // Paths and lines that the team lets pass.
    bench.write(bench.project() / "docs/a.txt", "manual: " + key() + "\n");
    bench.expect(0, {"scan", "docs", "--rules", "team.toml"});
    bench.write(bench.project() / "src/a.txt", "manual: " + key() + "\n");
    bench.expect(8, {"scan", "src", "--rules", "team.toml"});
}

TEST_CASE("own rules: redaction, allow comments, baselines, SARIF and git are those of the program's rules") {
    Workbench bench;
    put_rules(bench);
    const std::vector<std::string> rules = {"--rules", "team.toml"};
    const auto with = [&](std::vector<std::string> words) {
        words.insert(words.end(), rules.begin(), rules.end());
        return words;
    };
    CHECK(bench.expect(0, with({"scan", "--redact", "-"}), "key " + key() + "\n").out ==
          "key acme_live_[REDACTED]\n");
    bench.write(bench.project() / "a.txt", key() + " # opentraces:allow of the manual\n");
    bench.expect(0, with({"scan", "a.txt"}));
    bench.write(bench.project() / "b.txt", key() + "\n");
    bench.expect(0, with({"scan", "b.txt", "--baseline", "known.json", "--update-baseline"}));
    bench.expect(0, with({"scan", "b.txt", "--baseline", "known.json"}));
    const json::Value sarif = json::parse(bench.expect(8, with({"scan", "b.txt", "--format", "sarif"})).out);
    const json::Value& run = sarif["runs"].at(0);
    CHECK(run["results"].at(0)["ruleId"].string_or() == "acme-deploy-key");
    CHECK(run["tool"]["driver"]["rules"].at(0)["shortDescription"]["text"].string_or() ==
          "Deploy key of Acme's platform");
}

TEST_CASE("own rules: a file that cannot be meant is refused, and what is not followed is said") {
    Workbench bench;
    bench.write(bench.project() / "bad.toml", "[[rules]]\nid = \"a\"\nregex = '''(?=x)y'''\n");
    for (const char* command : {"scan", "rules"}) {
        const std::vector<std::string> words =
            command == std::string("scan")
                ? std::vector<std::string>{"scan", "-", "--rules", "bad.toml", "--json"}
                : std::vector<std::string>{"rules", "list", "--rules", "bad.toml", "--json"};
        const json::Value refused = bench.expect(3, words, "x").json();
        CHECK(refused["error"]["code"].string_or() == "CONFIG_INVALID");
        CHECK(refused["error"]["message"].string_or().find(
                  "bad.toml:3: rule a: regex is no regular expression of RE2's syntax: ") !=
              std::string::npos);
    }
    bench.expect(3, {"scan", "-", "--rules", "none.toml"}, "x");
    // What it extends is in its own folder.
    std::filesystem::create_directories(bench.project() / "rules");
    bench.write(bench.project() / "base.toml", "[[rules]]\nid = \"a\"\nregex = '''y'''\n");
    for (const char* path : {"../base.toml", "/etc/passwd"}) {
        bench.write(bench.project() / "rules/out.toml", std::string("[extend]\npath = \"") + path + "\"\n");
        CHECK(bench.expect(3, {"scan", "-", "--rules", "rules/out.toml"}, "x")
                  .err.find("is not in the folder") != std::string::npos);
    }
    std::filesystem::create_symlink("../base.toml", bench.project() / "rules/link.toml");
    bench.write(bench.project() / "rules/out.toml", "[extend]\npath = \"link.toml\"\n");
    CHECK(bench.expect(3, {"scan", "-", "--rules", "rules/out.toml"}, "x").err.find("is a link") !=
          std::string::npos);
    bench.write(bench.project() / "odd.toml",
                "[[rules]]\nid = \"a\"\nregex = '''y'''\ntokenEfficiency = true\nvalidate = '''x'''\n");
    const RunResult odd = bench.expect(0, {"scan", "-", "--rules", "odd.toml"}, "x");
    CHECK(odd.err.find("not followed, as opentraces does not know it: tokenEfficiency, validate") !=
          std::string::npos);
}

TEST_CASE("own rules: rules list, explain and test know them") {
    Workbench bench;
    put_rules(bench);
    const json::Value listed =
        bench.expect(0, {"rules", "list", "acme", "--rules", "team.toml", "--json"}).json();
    CHECK(listed["total"].integer() == 4);
    const RunResult explained =
        bench.expect(0, {"rules", "explain", "acme-deploy-key", "--rules", "team.toml"});
    CHECK(explained.out.find("acme_(?P<kind>live|test)_") != std::string::npos);
    CHECK(explained.out.find("team.toml:9") != std::string::npos);
    bench.expect(6, {"rules", "explain", "acme-deploy-key"});
    bench.write(bench.project() / "a.txt", key() + "\n");
    CHECK(bench.expect(0, {"rules", "test", "acme-deploy-key", "--rules", "team.toml", "--input", "a.txt"})
              .out.find("acme-deploy-key, 24 bytes") != std::string::npos);
}

TEST_CASE("own rules: with the setting, capture redacts and the last scan before an upload stops") {
    Workbench bench;
    put_rules(bench);
    bench.expect(0, {"init", "--agent", "claude-code", "--no-hook", "--start-fresh"});
    const std::string session = (bench.project() / "s1.jsonl").string();
    bench.write(session, session_with(key()));
    bench.expect(0, {"capture", session});
    CHECK(stored_trace(bench).find(k_value) != std::string::npos);
    // What was captured before the team had the rule does not leave.
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"remote", "add", "origin", "file:dataset"});
    bench.expect(0, {"config", "set", "scan.rules", "team.toml"});
    const json::Value stopped = bench.expect(8, {"push", "--json"}).json();
    CHECK(stopped["error"]["message"].string_or().find("acme-deploy-key") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(bench.project() / "dataset/data"));
    // Captured with it, it is gone.
    const json::Value listed = bench.expect(0, {"list", "--json"}).json();
    bench.expect(0, {"uncommit", std::string(listed["traces"].at(0)["trace_id"].string_or())});
    bench.expect(0, {"recapture", "--all"});
    CHECK(stored_trace(bench).find(k_value) == std::string::npos);
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push"});
    // A file that has become broken stops everything that would go without it.
    bench.write(bench.project() / "team.toml", "[[rules]\n");
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"capture", session}, {"push"}, {"doctor"}})
        CHECK(bench.run(words).exit != 0);
    CHECK(bench.expect(3, {"capture", session, "--json"}).json()["error"]["hint"].string_or() != "");
    bench.expect(0, {"config", "unset", "scan.rules", "team.toml"});
    bench.expect(0, {"capture", session});
    bench.expect(3, {"config", "set", "scan.rules", "team.toml"});
}
