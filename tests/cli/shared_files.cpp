// What is installed beside the program: manual pages, and completions for shells.
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "catch.hpp"
#include "cli/program.hpp"
#include "opentraces/capture/agent.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

using Words = std::vector<std::string>;

bool has_program(const std::string& name) {
    return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

// Everything that a script for this shell prints.
std::string printed_by(const Workbench& bench, const std::string& shell, const std::string& script) {
    bench.write(bench.path("script"), script);
    const std::string out = bench.path("printed");
    const int status = std::system(
        ("cd " + bench.path("").string() + " && " + shell + " script >printed 2>&1 </dev/null").c_str());
    const std::string text = Workbench::read(out);
    INFO(shell << " says: " << text);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return text;
}

// What bash would offer for the last of these words.
Words offered(Workbench& bench, const Words& line) {
    std::string script = "source ./completion\nCOMP_WORDS=(";
    for (const std::string& word : line)
        script += " '" + word + "'";
    script += ")\nCOMP_CWORD=" + std::to_string(line.size() - 1) +
              "\n_opentraces\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    std::istringstream words(printed_by(bench, "bash", script));
    Words found;
    for (std::string word; words >> word;)
        found.push_back(word);
    return found;
}

void write_completion(Workbench& bench, const std::string& shell) {
    bench.write(bench.path("completion"), bench.expect(0, {"completion", shell}).out);
}

bool holds(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("manual: every command has a page that says all of its options") {
    Workbench bench;
    bench.expect(0, {"man", "-o", "man/man1"});
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        if (command.hidden) continue;
        std::string name(command.name);
        std::replace(name.begin(), name.end(), ' ', '-');
        INFO(name);
        std::string page = Workbench::read(bench.project() / ("man/man1/opentraces-" + name + ".1"));
        if (page.starts_with(".so ")) {
            page.pop_back();
            page = Workbench::read(bench.project() / "man" / page.substr(4));
        }
        std::erase(page, '\\');
        for (const cli::OptionDescription& option : declaration.options)
            for (const std::string& spelling : option.spellings())
                CHECK(page.find(spelling) != std::string::npos);
    }
    CHECK(Workbench::read(bench.project() / "man/man1/opentraces.1").find("OPENTRACES_HOME") !=
          std::string::npos);
    CHECK(Workbench::read(bench.project() / "man/man1/opentraces-push.1") ==
          bench.expect(0, {"man", "push"}).out);
    CHECK(bench.expect(0, {"man", "session", "list"}).out.find("opentraces session list") !=
          std::string::npos);
}

TEST_CASE("manual: groff has nothing to say against any page") {
    if (!has_program("groff")) {
        WARN("there is no groff here");
        return;
    }
    Workbench bench;
    bench.expect(0, {"man", "-o", "man/man1"});
    const std::string groff =
        "cd project/man && for page in man1/*.1; do groff -man -ww -z \"$page\"; done\n";
    CHECK(printed_by(bench, "sh", groff) == "");
    const std::string text =
        printed_by(bench, "sh",
                   "cd project/man && groff -man -Tascii -P-c man1/opentraces-push.1 | sed 's/.\\x08//g'\n");
    CHECK(text.find("-m, --message MSG") != std::string::npos);
    CHECK(text.find("One of: auto, manual, off") != std::string::npos);
}

TEST_CASE("completion: bash is offered commands, their options and the values of those") {
    Workbench bench;
    write_completion(bench, "bash");
    CHECK(offered(bench, {"opentraces", "pus"}) == Words{"push"});
    CHECK(holds(offered(bench, {"opentraces", ""}), "session"));
    CHECK(offered(bench, {"opentraces", "session", "sh"}) == Words{"show"});
    CHECK(offered(bench, {"opentraces", "push", "--dry"}) == Words{"--dry-run"});
    CHECK(offered(bench, {"opentraces", "push", "--gated", ""}) == Words{"auto", "manual", "off"});
    CHECK(offered(bench, {"opentraces", "push", "--gated", "=", "m"}) == Words{"manual"});
    CHECK(offered(bench, {"opentraces", "push", "--gated", "="}) == Words{"auto", "manual", "off"});
    CHECK(offered(bench, {"opentraces", "-C", "session", "lis"}) == Words{"list"});
    CHECK(offered(bench, {"opentraces", "push", "-m", ""}).empty());
    CHECK(offered(bench, {"opentraces", "completion", "f"}) == Words{"fish"});
    CHECK(offered(bench, {"opentraces", "log", "-"}) ==
          Words{"--limit", "-h", "--help", "--json", "-q", "--quiet", "-C", "--directory"});
    CHECK(offered(bench, {"opentraces", "session", "--vers"}).empty());
}

TEST_CASE("completion: bash is offered every command and every option") {
    Workbench bench;
    write_completion(bench, "bash");
    std::string script = "source ./completion\nask() {\n  COMP_WORDS=(\"$@\")\n  COMP_CWORD=$(($# - 1))\n";
    script += "  _opentraces\n  echo \"$* ${COMPREPLY[@]}\"\n}\n";
    std::string expected;
    const auto ask = [&](const std::string& before, const std::string& word) {
        script += "ask opentraces " + before + word + "\n";
        expected += "opentraces " + before + word + " " + word;
        expected += "\n";
    };
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        if (command.hidden) continue;
        const std::string name(command.name);
        for (const cli::OptionDescription& option : declaration.options)
            if (!option.is_positional()) ask(name + " ", option.spellings().back());
    }
    // A longer option may begin with a shorter one.
    std::istringstream said(printed_by(bench, "bash", script));
    std::istringstream wanted(expected);
    for (std::string line, want; std::getline(wanted, want);) {
        REQUIRE(std::getline(said, line));
        CHECK(line.starts_with(want));
    }
}

TEST_CASE("completion: zsh and fish read their scripts") {
    for (const char* shell : {"zsh", "fish"}) {
        Workbench bench;
        write_completion(bench, shell);
        const std::string script = Workbench::read(bench.path("completion"));
        CHECK(script.find("push") != std::string::npos);
        if (!has_program(shell)) {
            WARN("there is no " << shell << " here");
            continue;
        }
        CHECK(printed_by(bench, shell, std::string("exec ") + shell + " -n completion\n") == "");
    }
}

TEST_CASE("completion: shells ask the program for ids, agents, remotes and settings") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--repo", "./dataset"});
    bench.expect(0, {"capture", testing::fixture_session()});
    const std::string id(bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
    Words agents;
    for (const capture::Agent* agent : capture::agents())
        agents.emplace_back(agent->name);
    const auto said_by = [&](const std::string& script) {
        std::istringstream lines(bench.shell(script).out);
        Words words;
        for (std::string line; std::getline(lines, line);)
            words.push_back(line.substr(0, line.find('\t')));
        return words;
    };
    const auto bash = [&](const std::string& words) {
        return said_by("bash --norc -c 'source <(opentraces completion bash); COMP_WORDS=(" + words +
                       "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _opentraces; printf \"%s\\n\" "
                       "\"${COMPREPLY[@]}\"'");
    };
    CHECK(bash("opentraces show " + id.substr(0, 4)) == Words{id});
    CHECK(holds(bash("opentraces capture --agent c"), "codex"));
    CHECK(bash("opentraces push --repo \"\"") == Words{"origin"});
    CHECK(bash("opentraces config get card.l") == Words{"card.language", "card.license"});
    CHECK(bash("opentraces -C /nowhere show \"\"") == Words{""});
    if (has_program("fish")) {
        const auto fish = [&](const std::string& line) {
            return said_by(
                "opentraces completion fish > fish-script; fish --no-config -c 'source fish-script; "
                "complete -C \"" +
                line + "\"'");
        };
        CHECK(holds(fish("opentraces show "), id));
        Words sorted = agents;  // fish does that
        std::sort(sorted.begin(), sorted.end());
        CHECK(fish("opentraces capture --agent ") == sorted);
        CHECK(holds(fish("opentraces push --repo "), "origin"));
        CHECK(fish("opentraces pus") == Words{"push"});
    }
    if (has_program("zsh")) {
        const auto zsh = [&](const std::string& kind) {
            return said_by(
                "opentraces completion zsh > zsh-script; zsh -f -c 'compdef() {}; compadd() { print -l "
                "-- ${(P)2} }; source ./zsh-script; _opentraces_program=opentraces; _opentraces_folder=; "
                "_opentraces_ask " +
                kind + "'");
        };
        CHECK(zsh("agents") == agents);
        CHECK(zsh("remotes") == Words{"origin"});
        CHECK(zsh("ids") == Words{id});
    }
}

TEST_CASE("completion: what cannot be answered is no answer, and no error") {
    Workbench bench;
    for (const char* kind : {"ids", "remotes", "nothing"}) {
        const testing::RunResult result = bench.expect(0, {"complete", kind});
        CHECK(result.out == "");
        CHECK(result.err == "");
    }
    CHECK(bench.expect(0, {"complete", "commands", "pus"}).out == "push\n");
    CHECK(bench.expect(0, {"help"}).out.find("complete ") == std::string::npos);
}
