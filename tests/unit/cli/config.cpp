// Settings as somebody changes them: levels, secrets, the editor.
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/command_bench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

namespace stdfs = std::filesystem;

const std::string k_secret = "Project Nightingale";

struct ConfigBench : CommandBench {
    ConfigBench() { REQUIRE(run({"init", "--no-hook"}).exit == 0); }

    std::string file(const std::string& folder) const { return folder + "/.opentraces/config.json"; }
    std::string text(const std::string& path) const {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::string out(const std::vector<std::string>& words, const std::string& input = {}) {
        const Result result = run(words, input);
        INFO(result.err);
        CHECK(result.exit == 0);
        return result.out;
    }
    // An editor that runs these lines of sh, with the copy as $1.
    void set_editor(const std::string& lines) {
        const std::string path = home() + "/editor";
        write("../home/editor", "#!/bin/sh\n" + lines + "\n");
        stdfs::permissions(path, stdfs::perms::owner_all);
        environment().variables["EDITOR"] = path + " --wait";
    }
    Result edit(const std::vector<std::string>& options = {}) {
        BufferTerminal terminal({}, true);
        std::vector<std::string> words{"config", "edit"};
        words.insert(words.end(), options.begin(), options.end());
        return run_at(terminal, words);
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("config: a setting of the user holds in every project that does not say otherwise") {
    ConfigBench bench;
    CHECK(bench.out({"config", "get", "review_policy", "--show-origin"}) == "review  (default)\n");
    bench.out({"config", "set", "--user", "review_policy", "auto"});
    CHECK(bench.out({"config", "get", "review_policy", "--show-origin"}) ==
          "auto  (user, " + bench.file(bench.home()) + ")\n");
    CHECK(bench.run({"status", "--json"}).json()["review_policy"].string_or() == "auto");
    bench.out({"config", "set", "--project", "review_policy", "review"});
    CHECK(bench.out({"config", "get", "review_policy", "--show-origin"}) ==
          "review  (project, " + bench.file(bench.project()) + ")\n");
    CHECK(has(bench.out({"config", "set", "--user", "review_policy", "auto"}),
              "Note: project, " + bench.file(bench.project()) + " goes first here and says review.\n"));
    bench.environment().variables["OPENTRACES_REVIEW_POLICY"] = "auto";
    CHECK(bench.out({"config", "get", "review_policy", "--show-origin"}) ==
          "auto  (environment, OPENTRACES_REVIEW_POLICY)\n");
    CHECK(bench.run({"status", "--json"}).json()["review_policy"].string_or() == "auto");
    CHECK(bench.out({"config", "get", "--project", "review_policy"}) == "review\n");
    bench.environment().variables.clear();
    bench.environment().variables["HOME"] = bench.home();
    bench.out({"config", "unset", "review_policy"});
    CHECK(bench.out({"config", "get", "review_policy"}) == "auto\n");
}

TEST_CASE("config: a limit is a number of characters") {
    ConfigBench bench;
    for (const char* word : {"many", "-1", "", "1.5", "1234567890"}) {
        INFO(word);
        CHECK(bench.run({"config", "set", "capture.max_observation", "--", word}).exit == 2);
    }
    bench.out({"config", "set", "capture.max_observation", "123456789"});
    CHECK(bench.out({"config", "get", "capture.max_observation"}) == "123456789\n");
}

TEST_CASE("config: list shows what holds, or what one file says") {
    ConfigBench bench;
    CHECK(has(bench.out({"config", "list", "--show-origin"}), "agents =  (default)\n"));
    CHECK(bench.out({"config", "list", "--user"}) ==
          "Nothing is set there. What holds: opentraces config list\n");
    bench.out({"config", "set", "--user", "agents", "codex", "claude-code"});
    CHECK(bench.out({"config", "list", "--user"}) == "agents = codex, claude-code\n");
    CHECK(has(bench.out({"config", "list"}), "agents = codex, claude-code\n"));
    CHECK_FALSE(has(bench.out({"config", "list", "--project"}), "agents"));
    const json::Value answer = bench.run({"config", "list", "--json"}).json();
    CHECK(answer["project"].string_or() == bench.project());
    CHECK(answer["settings"].at(0)["origins"].at(0)["level"].string_or() == "user");
}

TEST_CASE("config: a text to be redacted is on no command line, and in no output") {
    ConfigBench bench;
    const std::vector<std::vector<std::string>> all{
        {"config", "get", "redact"}, {"config", "get", "redact", "--show-origin"},
        {"config", "list"},          {"config", "list", "--user"},
        {"config", "set", "redact"}, {"config", "unset", "redact", "-"}};
    const auto refused = bench.run({"config", "set", "--user", "redact", k_secret});
    CHECK(refused.exit == 2);
    CHECK(has(refused.err, "history"));
    CHECK_FALSE(has(refused.err, "Nightingale"));
    CHECK(bench.out({"config", "set", "--user", "redact"}, k_secret + "\n\nanother\n") ==
          "redact is set for all projects\n  Pr…le, 19 characters\n  …, 7 characters\n");
    CHECK(has(bench.text(bench.file(bench.home())), k_secret));
    for (const std::vector<std::string>& words : all) {
        for (const bool json : {false, true}) {
            std::vector<std::string> line = words;
            if (json) line.push_back("--json");
            const auto result = bench.run(line, k_secret + "\n");
            CHECK_FALSE(has(result.out + result.err, "Nightingale"));
        }
    }
    CHECK(bench.out({"config", "get", "redact"}) ==
          "user 1  Pr…le, 19 characters\nuser 2  …, 7 characters\n");
    CHECK(bench.run({"config", "unset", "--user", "redact", "another"}).exit == 6);
    bench.out({"config", "unset", "--user", "redact", "2"});
    bench.out({"config", "unset", "--user", "redact", "-"}, k_secret + "\n");
    CHECK(bench.run({"config", "get", "--user", "redact"}).exit == 6);
}

TEST_CASE("config: at a terminal a text to be redacted is asked for unseen") {
    ConfigBench bench;
    BufferTerminal terminal(k_secret + "\n", true);
    CHECK(bench.run_at(terminal, {"config", "set", "redact"}).exit == 0);
    CHECK(terminal.errors == "Text that must never be stored or published (input is hidden): \n");
    CHECK(terminal.output == "redact is set for this project\n  Pr…le, 19 characters\n");
    BufferTerminal nothing("\n", true);
    CHECK(bench.run_at(nothing, {"config", "set", "redact"}).exit == 2);
}

TEST_CASE("config: what would stop every capture is refused, and nothing is changed") {
    ConfigBench bench;
    const std::string before = bench.text(bench.file(bench.project()));
    for (const char* text : {"ab\n", "[REDACT\n", "a whole name\n[\n"}) {
        INFO(text);
        CHECK(bench.run({"config", "set", "redact"}, text).exit == 2);
    }
    CHECK(bench.run({"config", "set", "agents", "claude"}).exit == 2);
    CHECK(bench.text(bench.file(bench.project())) == before);
}

TEST_CASE("config: a broken value in a file is named with its line, and can be mended") {
    ConfigBench bench;
    bench.write(".opentraces/config.json", "{\n  \"remotes\": {},\n  \"agents\": [\"claude\"]\n}\n");
    const auto status = bench.run({"status"});
    CHECK(status.exit == 3);
    CHECK(has(status.err, "config.json line 3: agents cannot be this: no agent is called 'claude'"));
    bench.out({"config", "set", "agents", "claude-code"});
    CHECK(bench.run({"status"}).exit == 0);
    // One after the other.
    bench.write(".opentraces/config.json",
                "{\"remotes\": {}, \"agents\": [\"claude\"], \"card\": {\"license\": \"none\"}}");
    const auto first = bench.run({"config", "set", "agents", "claude-code"});
    CHECK(first.exit == 0);
    CHECK(has(first.err, "card.license"));
    bench.out({"config", "unset", "card.license"});
    CHECK(bench.run({"status"}).exit == 0);
}

TEST_CASE("config: a file of prices is looked at when it is set, and when it is used") {
    ConfigBench bench;
    const auto refused = [&](const std::vector<std::string>& words, const std::string& why) {
        const auto result = bench.run(words);
        INFO(result.err);
        CHECK(result.exit == 3);
        CHECK(has(result.err, why));
        CHECK(has(bench.out({"config", "get", "pricing_file", "--show-origin"}), "(default)"));
    };
    refused({"config", "set", "pricing_file", "prices.tsv"}, bench.project() + "/prices.tsv is not there");
    bench.write("prices.tsv", "model\tinput\toutput\nx\ty\tz\n");
    refused({"config", "set", "pricing_file", "prices.tsv"}, "/prices.tsv:2: input is no number");
    refused({"config", "set", "--user", "pricing_file", "none.tsv"},
            bench.project() + "/none.tsv is not there");
    CHECK(bench.run({"config", "set", "pricing_file", ""}).exit == 2);

    bench.write("prices.tsv", "model\tinput\toutput\nclaude-opus-5\t1\t2\n");
    bench.out({"config", "set", "--user", "pricing_file", "prices.tsv"});
    CHECK(bench.out({"config", "get", "pricing_file", "--show-origin"}) ==
          bench.project() + "/prices.tsv  (user, " + bench.file(bench.home()) + ")\n");
    bench.out({"config", "set", "pricing_file", "prices.tsv"});
    CHECK(bench.out({"config", "get", "pricing_file", "--show-origin"}) ==
          "prices.tsv  (project, " + bench.file(bench.project()) + ")\n");

    // Broken later: whatever reckons costs stops, everything else goes on.
    bench.write("prices.tsv", "no table\n");
    for (const std::vector<std::string>& words : {std::vector<std::string>{"import", "x.jsonl"},
                                                  {"import", "x.jsonl", "--dry-run"},
                                                  {"recapture", "--all"},
                                                  {"doctor"}}) {
        CAPTURE(words);
        const auto result = bench.run(words);
        CHECK(result.exit != 0);
        CHECK(has(result.out + result.err, "/prices.tsv:1: column 1 has another name than these"));
        CHECK(has(result.out + result.err, "opentraces config unset pricing_file"));
    }
    bench.out({"status"});
    bench.out({"config", "list"});
    bench.out({"config", "unset", "pricing_file"});
    bench.out({"config", "unset", "--user", "pricing_file"});
    CHECK(has(bench.out({"config", "get", "pricing_file", "--show-origin"}), "(default)"));
}

TEST_CASE("config edit: a file of prices is looked at") {
    ConfigBench bench;
    bench.write("prices.tsv", "no table\n");
    bench.set_editor(R"(printf '{"agents": ["claude-code"], "pricing_file": "prices.tsv"}' > "$2")");
    const auto refused = bench.edit();
    CHECK(refused.exit == 3);
    CHECK(has(refused.err, "pricing_file cannot be this: "));
    CHECK(has(refused.err, "/prices.tsv:1: column 1 has another name"));
    CHECK(has(bench.out({"config", "get", "pricing_file", "--show-origin"}), "(default)"));
}

TEST_CASE("config: the user's settings are changed also where a project is not trusted") {
    ConfigBench bench;
    stdfs::remove(bench.project() + "/.opentraces/secret");
    CHECK(bench.run({"status"}).exit == 3);
    CHECK(bench.run({"config", "set", "--user", "review_policy", "auto"}).exit == 0);
    CHECK(bench.out({"config", "get", "--user", "review_policy"}) == "auto\n");
    CHECK(bench.run({"config", "set", "review_policy", "auto"}).exit == 3);
}

TEST_CASE("config edit: what the editor leaves is written, with the texts to be redacted that it never saw") {
    ConfigBench bench;
    bench.out({"config", "set", "redact"}, k_secret + "\n");
    bench.set_editor(
        "cp \"$2\" \"$HOME/seen\"; sed -i 's/\"hook\": false/\"hook\": false, \"card\": {\"license\": "
        "\"mit\"}/' "
        "\"$2\"");
    const auto edited = bench.edit();
    INFO(edited.err);
    CHECK(edited.exit == 0);
    CHECK(edited.out == "Wrote " + bench.file(bench.project()) + "\n");
    CHECK_FALSE(has(bench.text(bench.home() + "/seen"), "Nightingale"));
    CHECK(has(bench.text(bench.file(bench.project())), k_secret));
    CHECK(bench.out({"config", "get", "card.license"}) == "mit\n");
    CHECK_FALSE(stdfs::exists(bench.project() + "/.opentraces/config.edited.json"));
    bench.set_editor("true");
    CHECK(bench.edit({"--user"}).out == "Nothing was changed.\n");
}

TEST_CASE("config edit: a broken text is refused with its line, kept, and gone on with") {
    ConfigBench bench;
    const std::string copy = bench.project() + "/.opentraces/config.edited.json";
    const std::string before = bench.text(bench.file(bench.project()));
    const auto refused = [&](const std::string& text, const std::string& says) {
        bench.set_editor("printf '%s' '" + text + "' > \"$2\"");
        const auto result = bench.edit();
        INFO(result.err);
        CHECK(result.exit >= 2);
        CHECK(has(result.err, says));
        CHECK(has(result.err, copy));
        CHECK(bench.text(bench.file(bench.project())) == before);
        CHECK(bench.text(copy) == text);
    };
    refused("{\n\"agents\": [}", "config.edited.json line 2: ");
    refused("{\n\n\"agents\": [\"nobody\"]}", "config.edited.json line 3: agents cannot be this: no agent");
    refused("{\n\"agnets\": []}", "config.edited.json line 2: agnets is no setting");
    refused("", "line 1");
    refused("{\"agents\": [\"codex\"]}\n{}", "line 2");
    bench.set_editor("printf '{\"agents\": [\"codex\"]}' > \"$2\"; echo '{}' >> " +
                     bench.file(bench.project()));
    CHECK(has(bench.edit().err, "was changed by another command meanwhile"));
    bench.write(".opentraces/config.json", before);
    bench.set_editor("true");
    const auto resumed = bench.edit();
    CHECK(has(resumed.err, "Going on with the text of an earlier edit."));
    CHECK(resumed.exit == 0);
    CHECK(bench.out({"config", "get", "agents"}) == "codex\n");
    // What the program itself needs to know stays.
    CHECK(has(bench.text(bench.file(bench.project())), "written_by_init"));
}

TEST_CASE("config edit: a file that is no JSON can be mended") {
    ConfigBench bench;
    bench.write(".opentraces/config.json",
                "{\"remotes\": {}, \"custom_redact_strings\": [\"a name of ours\"]");
    CHECK(bench.run({"status"}).exit == 5);
    bench.set_editor("echo '}' >> \"$2\"");
    const auto edited = bench.edit();
    INFO(edited.err);
    CHECK(edited.exit == 0);
    CHECK(bench.run({"status"}).exit == 0);
    CHECK(bench.out({"config", "get", "redact"}) == "project 1  a…s, 14 characters\n");
}

TEST_CASE("config edit: needs a terminal and an editor, and an editor that fails changes nothing") {
    ConfigBench bench;
    const auto nobody = bench.run({"config", "edit"});
    CHECK(nobody.exit == 2);
    CHECK(has(nobody.err, "there is no terminal to edit on"));
    const auto none = bench.edit();
    CHECK(none.exit == 3);
    CHECK(has(none.err, "EDITOR=nano"));
    bench.environment().variables["VISUAL"] = "no-such-editor-here";
    CHECK(has(bench.edit().err, "the editor 'no-such-editor-here' is not there"));
    bench.environment().variables.erase("VISUAL");
    bench.set_editor("exit 3");
    const auto failed = bench.edit();
    CHECK(failed.exit == 130);
    CHECK(has(failed.err, "the editor ended with status 3; nothing was changed"));
    CHECK_FALSE(stdfs::exists(bench.project() + "/.opentraces/config.edited.json"));
}
