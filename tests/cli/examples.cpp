// Every example that a help text shows is run, in a project of a working day.
#include "catch.hpp"
#include "cli/program.hpp"
#include "hub_emulator/emulator.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "source_files.hpp"
#include "workbench/agent_sessions.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_token = std::string("hf") + "_emulatoremulatoremulator";

// Of what the examples speak: a committed, a pushed and a new trace, ./dataset, ada/traces on the Hub, files.
struct Day {
    hub_emulator::HubEmulator hub;
    Workbench bench;
    std::string id;

    Day() {
        hub.start();
        hub.add_user("ada", k_token);
        bench.set("HF_ENDPOINT", hub.hub_url());
        bench.set("HF_TOKEN", k_token);
        bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--repo", "./dataset"});
        bench.expect(0,
                     {"capture", place_session(fixture_session(), bench.home(), bench.project()).string()});
        bench.expect(0, {"commit", "--all"});
        bench.expect(0, {"push"});
        bench.expect(0, {"remote", "add", "hub", "ada/traces"});
        bench.write(bench.project() / "rows.jsonl",
                    source_text("tests/fixtures/export/rows/ms-swift-messages.jsonl"));
        bench.expect(0, {"import", "rows.jsonl"});
        const json::Value listed = bench.expect(0, {"list", "--stage", "inbox", "--json"}).json();
        id = std::string(listed["traces"].at(0)["trace_id"].string_or());
        REQUIRE_FALSE(id.empty());
        write_files();
    }

    void write_files() {
        const std::string record = source_text("tests/fixtures/export/worked/trace-record.json");
        bench.write(bench.project() / "traces.jsonl", json::to_compact(json::parse(record)) + "\n");
        bench.write(bench.project() / "session.jsonl", Workbench::read(fixture_session()));
        bench.write(bench.project() / "names.txt", "Project Nightingale\n");
        bench.write(bench.project() / "build.log", "all is well\n");
        bench.write(bench.project() / "src" / "main.c", "int main(void) { return 0; }\n");
        bench.write(bench.project() / ".gitleaks.toml",
                    "[[rules]]\nid = \"team-key\"\nregex = \"acme_[a-z0-9]{32}\"\nkeywords = [\"acme_\"]\n");
        bench.write(bench.project() / "token.txt", k_token + "\n");
    }
};

// What has to be there before, and the status that the day's traces lead to.
struct Expected {
    std::string before;
    int exit = 0;
};

Expected expected_of(const std::string& line) {
    if (line.find(" migrate") != line.npos)
        return {"mkdir -p .opentraces && printf '{}' > .opentraces/state.json"};
    if (line.find(" uncommit ") != line.npos || line.find(" commit --amend") != line.npos)
        return {"opentraces commit 4f2a"};
    if (line.find(" reset ") != line.npos) return {"opentraces commit 4f2a"};
    if (line.find(" push --private") != line.npos)
        return {"opentraces remote set ada/traces; opentraces commit --all"};
    if (line.find(" pull ada/traces") != line.npos)
        return {"opentraces commit --all; opentraces push --repo hub"};
    if (line.find(" undo") != line.npos && line.find("--list") == line.npos)
        return {"opentraces commit 4f2a"};
    if (line.find(" redact 4f2a --regex") != line.npos) return {"", 6};
    if (line.find(" unredact ") != line.npos) return {"", 6};
    if (line.find(" takedown 4f2a") != line.npos) return {"opentraces commit 4f2a; opentraces push"};
    if (line.find(" takedown --plan") != line.npos) return {"opentraces rescan ./dataset -o plan.jsonl"};
    if (line.find(" key import") != line.npos) return {"opentraces key export -o key.txt"};
    if (line.find(" config unset --user redact") != line.npos)
        return {"echo 'a name of ours' | opentraces config set --user redact"};
    if (line.find(" config edit") != line.npos) return {"", 2};
    if (line.find(" scan . ") != line.npos) return {"rm token.txt"};
    if (line.find(" scan --staged") != line.npos) return {"git init -q . && git add rows.jsonl"};
    if (line.find(" rules test github_token") != line.npos) return {"", 8};
    if (line.find(" init ") != line.npos) return {"mkdir ../other; cd ../other"};
    return {};
}

std::string with_id(std::string line, const std::string& id) {
    for (std::size_t at = 0; (at = line.find("4f2a", at)) != line.npos; at += id.size())
        line.replace(at, 4, id);
    return line;
}

}  // namespace

TEST_CASE("examples: every line that a help text shows does what it says") {
    const cli::Program program;
    std::vector<cli::Example> all = program.global_options().examples;
    for (const auto& [command, declaration] : program.commands()) {
        // Older names say the same.
        if (command.hidden || command.name.starts_with("session ") || command.name.starts_with("auth log"))
            continue;
        all.insert(all.end(), declaration.examples.begin(), declaration.examples.end());
    }
    CHECK(all.size() > 60);
    for (const cli::Example& example : all) {
        Day day;
        const Expected expected = expected_of(example.line);
        const std::string before = expected.before.empty() ? "" : with_id(expected.before, day.id) + "\n";
        const RunResult result = day.bench.shell(before + with_id(example.line, day.id));
        INFO(example.line << "\n" << result.out << result.err);
        CHECK(result.exit == expected.exit);
    }
}
