// The first phase of every command: its line is understood, or refused, before anything is opened.
#include <algorithm>
#include <set>

#include "catch.hpp"
#include "cli/program.hpp"
#include "doubles/buffer_terminal.hpp"
#include "doubles/sealed_ports.hpp"
#include "opentraces/cli/run.hpp"

using namespace opentraces;
using testing::BufferTerminal;
using testing::SealedPorts;

namespace {

using Words = std::vector<std::string>;

struct Outcome {
    int exit = -1;
    std::string out;
    std::string err;
};

// The outcome of a line that may use no port and read no input.
Outcome without_ports(const Words& words) {
    std::string line;
    for (const std::string& word : words)
        line += " " + word;
    INFO("opentraces" << line);
    SealedPorts sealed;
    flow::Ports ports = sealed.ports();
    BufferTerminal terminal("y\n", true);
    const int exit = cli::run(words, ports, terminal);
    INFO(terminal.errors);
    CHECK(sealed.used() == "");
    CHECK_FALSE(terminal.was_read);
    return {exit, terminal.output, terminal.errors};
}

void refused(const Words& words) {
    std::string line;
    for (const std::string& word : words)
        line += " " + word;
    INFO("opentraces" << line);
    const Outcome outcome = without_ports(words);
    CHECK(outcome.exit == 2);
    CHECK(outcome.out == "");
    CHECK(outcome.err.starts_with("error: "));
}

Words words_of(std::string_view name) {
    const std::size_t space = name.find(' ');
    if (space == std::string_view::npos) return {std::string(name)};
    return {std::string(name.substr(0, space)), std::string(name.substr(space + 1))};
}

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// Contradictions that no option can see alone; each is refused by the check that its command declares.
const std::vector<Words> k_contradictions{
    {"rescan", "--stored", "--all"},
    {"takedown"},
    {"takedown", "4f2a"},
    {"takedown", "4f2a", "--redact", "--remove"},
    {"takedown", "4f2a", "--remove", "--plan", "plan.jsonl"},
    {"takedown", "--duplicates", "--remove"},
    {"takedown", "4f2a", "--remove", "--confirm", "ada/traces"},
    {"takedown", "4f2a", "--remove", "--squash-history", "--dry-run"},
    {"init", "--private", "--public"},
    {"init", "--import-existing", "--start-fresh"},
    {"capture", "--agent", "nobody"},
    {"import", "--parser", "nothing", "rows.jsonl"},
    {"commit", "--all", "0123"},
    {"session commit", "--all", "0123"},
    {"assess", "--input", "a.jsonl", "--dataset", "./d"},
    {"assess", "--merge", "a.json", "--checks"},
    {"assess", "--dataset", "./d", "--limit", "5"},
    {"assess", "--input", "a.jsonl", "--compare-remote"},
    {"commit", "--amend"},
    {"commit", "--amend", "-m", "m", "--all"},
    {"commit", "--amend", "-m", "m", "0123", "4567"},
    {"reviewed"},
    {"review", "-"},
    {"undo", "--list", "3"},
    {"annotate", "0123"},
    {"annotate", "0123", "--success", "--failure"},
    {"annotate", "0123", "--reward", "much"},
    {"allow"},
    {"allow", "0123", "--rule", "x"},
    {"allow", "0123", "--reason", "x"},
    {"allow", "0123", "--project", "--rule", "x", "--reason", "x"},
    {"allow", "0123", "--rule", "x", "--finding", "0123456789", "--reason", "x"},
    {"allow", "0123", "--finding", "0123", "--reason", "x"},
    {"allow", "--list", "--remove", "1"},
    {"redact", "0123"},
    {"redact", "--regex", "x+"},
    {"redact", "0123", "--text", "a text"},
    {"redact", "0123", "--text", "--regex", "x+"},
    {"redact", "0123", "--all-traces", "--regex", "x+"},
    {"redact", "--all-traces", "--pick"},
    {"redact", "0123", "--regex", "x+", "--remember"},
    {"push", "--all", "0123"},
    {"push", "--publish", "--all"},
    {"push", "--private", "--public"},
    {"push", "--max-shard-size", "many"},
    {"export"},
    {"export", "--format", "nothing"},
    {"export", "--format", "chat", "--all", "--input", "a.jsonl"},
    {"export", "--format", "atif", "--mask", "loss"},
    {"export", "--format", "otlp", "--endpoint", "http://localhost", "-o", "out"},
    {"export", "--format", "pi", "--split-by", "trace"},
    {"card", "--check", "--write"},
    {"capture", "--all", "a.jsonl"},
    {"capture", "--all", "--queued"},
    {"hooks install", "--user", "--project"},
    {"hooks uninstall", "--agent", "grok"},
    {"hooks status", "--agent", "nobody"},
    {"list", "--everywhere", "abcd"},
    {"recapture"},
    {"recapture", "--all", "abcd"},
    {"prune", "--dry-run", "--yes"},
    {"prune", "--older-than", "99999999"},
    {"usage", "--everywhere", "abcd"},
    {"usage", "--everywhere", "--project", "a"},
    {"session list", "--everywhere", "--project", "a"},
    {"list", "--since", "soon"},
    {"session list", "--until", "soon"},
    {"reject"},
    {"reject", "--limit", "5"},
    {"reset"},
    {"discard", "--yes"},
    {"session reject"},
    {"session reset"},
    {"session discard"},
    {"export", "--format", "atif", "--all", "--stage", "inbox"},
    {"export", "--format", "atif", "--agent", "codex", "--input", "a.jsonl"},
    {"assess", "--all-staged", "abcd"},
    {"assess", "--needs-review", "--dataset", "./d", "--dry-run"},
    {"show", "abcd", "--outline", "--markdown"},
    {"show", "abcd", "--outline", "--findings"},
    {"session show", "abcd", "--outline", "--markdown"},
    {"card", "--card-reset"},
    {"index rebuild", "./d", "--repo", "./e"},
    {"verify", "./d", "--repo", "./e"},
    {"remote add", "ada/traces", "./d"},
    {"pull", "./d", "--since", "yesterday"},
    {"pull", "./d", "--until", "tomorrow"},
    {"remote set", "./d", "--private", "--public"},
    {"config get", "no-such-setting"},
    {"config set", "no-such-setting", "1"},
    {"config set", "excluded", "true", "--user"},
    {"config set", "exclude", "/x", "--project"},
    {"config set", "redact", "a-name"},
    {"config set", "agents"},
    {"config list", "--user", "--project"},
    {"config edit", "--user", "--project"},
    {"config show", "--user", "--project"},
    {"config unset", "no-such-setting"},
    {"key import", "--passphrase", "key.txt"},
    {"parse", "--agent", "nobody", "a.jsonl"},
    {"scan", "--redact", "a.txt", "b.txt"},
    {"scan", "--redact", "--staged"},
    {"scan", "--redact", "--baseline", "b.json", "a.txt"},
    {"scan", "--staged", "--commits", "a..b"},
    {"scan", "--commits", "--output=x"},
    {"scan", "--update-baseline"},
    {"scan", "--baseline", "b.json", "--expires", "2027-01-31"},
    {"scan", "--baseline", "b.json", "--update-baseline", "--expires", "soon"},
    {"man", "push", "-o", "man1"},
    {"manual", "push", "-o", "man1"},
};

}  // namespace

TEST_CASE("command line: help, version and nothing at all open nothing") {
    for (const Words& words :
         {Words{}, Words{"--help"}, Words{"--version"}, Words{"-C", "/nowhere", "--help"}}) {
        const Outcome outcome = without_ports(words);
        CHECK(outcome.exit == 0);
        CHECK(outcome.err == "");
        CHECK(outcome.out.find("opentraces") != std::string::npos);
    }
    const cli::Program program;
    std::set<std::string> groups;
    for (const auto& [command, declaration] : program.commands()) {
        INFO(std::string(command.name));
        const Outcome outcome = without_ports(with(words_of(command.name), {"--help"}));
        CHECK(outcome.exit == 0);
        CHECK(outcome.out.find(std::string(command.summary)) != std::string::npos);
        for (const cli::OptionDescription& option : declaration.options)
            for (const std::string& spelling : option.spellings())
                CHECK(outcome.out.find(spelling) != std::string::npos);
        const std::string_view group = cli::group_of(command.name);
        if (!group.empty() && groups.insert(std::string(group)).second)
            CHECK(without_ports({std::string(group)}).exit == 0);
    }
}

TEST_CASE("command line: what no command knows is refused before anything is opened") {
    refused({"no-such-command"});
    refused({"--no-such-option"});
    refused({"session", "no-such-command"});
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        const Words words = words_of(command.name);
        refused(with(words, {"--no-such-option"}));
        bool needs_something = false;
        for (const cli::OptionDescription& option : declaration.options) {
            needs_something = needs_something || option.required;
            if (option.is_positional() || option.value.empty()) continue;
            if (!option.value_optional) refused(with(words, {option.spellings().back()}));
            if (!option.choices.empty()) refused(with(words, {option.spellings().back(), "no-such-value"}));
            if (option.value == "N") refused(with(words, {option.spellings().back(), "many"}));
        }
        if (needs_something) refused(words);
    }
}

TEST_CASE("command line: contradictions are refused before anything is opened") {
    for (const Words& line : k_contradictions)
        refused(with(words_of(line.front()), {line.begin() + 1, line.end()}));
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        if (declaration.checks.empty()) continue;
        const std::string_view name = command.name;
        INFO(std::string(name) << " has a check: it needs a line here that the check refuses");
        CHECK(std::any_of(k_contradictions.begin(), k_contradictions.end(),
                          [&](const Words& line) { return line.front() == name; }));
    }
}

TEST_CASE("command line: with --json a refusal is one object") {
    const Outcome outcome = without_ports({"list", "--no-such-option", "--json"});
    CHECK(outcome.exit == 2);
    CHECK(outcome.err == "");
    CHECK(outcome.out.starts_with("{\"status\":\"error\""));
}
