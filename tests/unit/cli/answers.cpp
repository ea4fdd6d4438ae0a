// The second phase of every command: what it answers to people and to programs, held against
// tests/golden/answers/<command>.txt.
#include <algorithm>
#include <set>

#include "catch.hpp"
#include "cli/program.hpp"
#include "doubles/codex_rollout.hpp"
#include "doubles/command_bench.hpp"
#include "doubles/traces.hpp"
#include "golden.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;
using testing::BufferTerminal;
using testing::CommandBench;

namespace {

using Words = std::vector<std::string>;

// What the user has done before.
enum class State {
    Nothing,
    Repository,
    Project,
    Uncaptured,
    OldTraces,
    BrokenTraces,
    Captured,
    Redacted,
    Committed,
    Pushed,
    LoggedIn
};

struct Row {
    std::string command;
    State state;
    Words arguments;
    int exit = 0;
    std::string input = {};
};

// Names in rows that stand for something else.
constexpr std::string_view k_id = "ID";            // the captured trace
constexpr std::string_view k_session = "SESSION";  // a session file
constexpr std::string_view k_record = "RECORD";    // TraceRecord JSONL
constexpr std::string_view k_broken = "BROKEN";    // a session file that ends in its first line
constexpr std::string_view k_commit = "COMMIT";    // that has the captured trace

std::string source(const std::string& path) {
    return testing::source_folder() + "/tests/fixtures/" + path;
}

std::vector<Row> rows() {
    const std::string key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";
    const std::string token =
        "hf"
        "_"
        "sampletokenofatest\n";
    const std::string chat_rows = testing::source_text("tests/fixtures/export/rows/ms-swift-messages.jsonl");
    return {
        {"init", State::Nothing, {"--agent", "claude-code", "--remote", "./dataset", "--no-hook"}},
        {"init", State::Project, {"--review-policy", "auto"}},
        {"capture", State::Project, {std::string(k_session)}},
        {"capture", State::Captured, {std::string(k_session)}},
        {"capture", State::Project, {"nothing.jsonl"}, 6},
        {"capture", State::Project, {"nothing.jsonl", std::string(k_broken), std::string(k_session)}, 6},
        {"capture", State::Nothing, {std::string(k_session)}, 3},
        {"capture", State::Captured, {"--all"}},
        {"capture", State::Project, {"--hook"}, 0, "{}"},
        {"status", State::Project, {}},
        {"status", State::Uncaptured, {}},
        {"status", State::Captured, {}},
        {"status", State::Pushed, {}},
        {"status", State::Captured, {"--everywhere"}},
        {"import", State::Project, {"-"}, 0, chat_rows},  // the ids of a file's rows depend on its path
        {"import", State::Project, {"-", "--dry-run"}, 0, chat_rows},
        {"import", State::Project, {"-"}, 5, chat_rows + "no json\n"},
        {"migrate", State::Project, {}, 6},
        {"migrate", State::OldTraces, {}},
        {"migrate", State::BrokenTraces, {}, 5},
        {"remove", State::Pushed, {}},
        {"remove", State::Captured, {}, 2},
        {"list", State::Captured, {}},
        {"list", State::Project, {"--stage", "pushed"}},
        {"recapture", State::Captured, {"--all"}},
        {"recapture", State::Project, {"--all"}},
        {"prune", State::Captured, {"--dry-run"}},
        {"usage", State::Captured, {}},
        {"usage", State::Project, {"--by", "model"}},
        {"show", State::Captured, {std::string(k_id)}},
        {"show", State::Project, {"ffffffff"}, 6},
        {"show", State::Captured, {std::string(k_id), "--outline"}},
        {"show", State::Captured, {std::string(k_id), "--findings"}},
        {"show", State::Committed, {std::string(k_commit)}},
        {"commit", State::Captured, {"--all"}},
        {"commit", State::Captured, {}, 2},
        {"commit", State::Project, {}},
        {"commit", State::Committed, {"--amend", "-m", "Another message"}},
        {"commit", State::Pushed, {"--amend", "-m", "Another message"}, 2},
        {"uncommit", State::Committed, {std::string(k_id)}},
        {"uncommit", State::Pushed, {std::string(k_id)}, 2},
        {"reviewed", State::Captured, {std::string(k_id)}},
        {"redact", State::Captured, {std::string(k_id), "--regex", "[a-z]*release[a-z]*"}},
        {"redact", State::Committed, {std::string(k_id), "--regex", "[a-z]*release[a-z]*"}, 2},
        {"redact", State::Captured, {std::string(k_id), "--text"}, 6, "nowhere in it"},
        {"unredact", State::Captured, {std::string(k_id)}, 6},
        {"unredact", State::Redacted, {std::string(k_id)}},
        {"allow", State::Captured, {"--project", "--rule", "phone_number", "--reason", "Part numbers"}},
        {"allow", State::Captured, {std::string(k_id), "--rule", "phone_number", "--reason", "No"}, 6},
        {"allow", State::Captured, {"--list"}},
        {"allow",
         State::Captured,
         {"--project", "--finding", "0123456789abcdef0123456789abcdef", "--reason", "Made up", "--expires",
          "2099-12-31"}},
        {"annotate", State::Captured, {std::string(k_id), "--success", "--reward", "0.5", "--tag", "good"}},
        {"annotate", State::Committed, {std::string(k_id), "--failure"}, 2},
        {"review", State::Captured, {}, 0, "commit The first\n"},
        {"review", State::Captured, {"--plain"}, 0, "?\nfindings\nreject\n"},
        {"review", State::Captured, {"ffffffff"}, 6},
        {"review", State::Project, {}},
        {"undo", State::Committed, {}},
        {"undo", State::Committed, {"--list"}},
        {"undo", State::Pushed, {}, 2},
        {"undo", State::Project, {"--list"}},
        {"undo", State::Project, {}, 6},
        {"assess", State::Committed, {}},
        {"assess", State::Nothing, {"--input", std::string(k_record)}},
        {"assess", State::Nothing, {"--input", "-"}, 8, "no json\n"},
        {"assess", State::Nothing, {"--input", "-", "--checks"}, 8, "no json\n"},
        {"assess", State::Nothing, {"--input", std::string(k_record), "--checks", "--persona", "rl"}},
        {"assess", State::Pushed, {"--repo", "./dataset", "--dry-run", "--compare-remote"}},
        {"assess", State::Project, {"--gate"}, 8},
        {"push", State::Committed, {}},
        {"push", State::Pushed, {"--dry-run"}},
        {"push", State::Committed, {"--dry-run"}},
        {"push", State::Project, {}},
        {"push", State::Pushed, {"--repo", "./other"}},
        {"push", State::Captured, {std::string(k_id)}, 2},
        {"reject", State::Captured, {std::string(k_id)}},
        {"reset", State::Committed, {std::string(k_id)}},
        {"discard", State::Captured, {std::string(k_id), "--yes"}},
        {"discard", State::Captured, {std::string(k_id)}, 2},
        {"log", State::Project, {}},
        {"log", State::Pushed, {}},
        {"export", State::Nothing, {"--list"}},
        {"export", State::Nothing, {"--format", "atif", "--input", std::string(k_record)}},
        {"export", State::Committed, {"--format", "chat", "-o", "chat.jsonl"}},
        {"export", State::Committed, {"--format", "chat", "--split-by", "episode", "-o", "parts.jsonl"}},
        {"export", State::Nothing, {"--format", "atif", "--input", "-", "-o", "out.json"}, 8, "no json\n"},
        {"card", State::Pushed, {}},
        {"card", State::Project, {}, 6},
        {"index rebuild", State::Pushed, {}},
        {"pull", State::Pushed, {"./dataset", "-o", "copy"}},
        {"verify", State::Pushed, {}},
        {"rescan", State::Pushed, {}},
        {"rescan", State::Captured, {"--stored"}},
        {"takedown", State::Pushed, {std::string(k_id), "--remove", "--reason", "a key", "--yes"}},
        {"takedown", State::Pushed, {std::string(k_id), "--redact", "--yes"}},
        {"takedown", State::Pushed, {std::string(k_id), "--remove", "--dry-run"}},
        {"takedown", State::Pushed, {std::string(k_id), "--remove"}, 2},
        {"takedown", State::Pushed, {"ffffffff", "--remove", "--yes"}, 6},
        {"takedown", State::Pushed, {"--duplicates", "--yes"}},
        {"takedown", State::Pushed, {"--squash-history", "--confirm", "ada/traces"}, 2},
        {"session list", State::Captured, {}},
        {"session show", State::Captured, {std::string(k_id)}},
        {"session commit", State::Captured, {"--all"}},
        {"session reject", State::Captured, {std::string(k_id)}},
        {"session reset", State::Committed, {std::string(k_id)}},
        {"session discard", State::Captured, {std::string(k_id), "--yes"}},
        {"login", State::Nothing, {"--token-stdin"}, 0, token},
        {"login", State::Nothing, {}, 2},
        {"logout", State::LoggedIn, {}},
        {"whoami", State::LoggedIn, {}},
        {"whoami", State::Nothing, {}, 3},
        {"auth login", State::Nothing, {"--token-stdin"}, 0, token},
        {"auth logout", State::Nothing, {}},
        {"auth status", State::LoggedIn, {}},
        {"auth status", State::Nothing, {}},
        {"remote show", State::Project, {}},
        {"remote list", State::Project, {}},
        {"remote set", State::Project, {"./other", "--private"}},
        {"remote add", State::Project, {"second", "./other"}},
        {"remote use", State::Project, {"origin"}},
        {"remote use", State::Project, {"second"}, 6},
        {"remote remove", State::Project, {}},
        {"config list", State::Project, {"--show-origin"}},
        {"config list", State::Nothing, {"--user"}},
        {"config show", State::Project, {}},
        {"config get", State::Project, {"agents"}},
        {"config get", State::Project, {"review_policy", "--show-origin"}},
        {"config get", State::Nothing, {"agents", "--user"}, 6},
        {"config set", State::Project, {"agents", "codex"}},
        {"config set", State::Project, {"agents", "nobody"}, 2},
        {"config set", State::Project, {"redact"}, 0, "a name of ours\n"},
        {"config set", State::Project, {"review_policy", "auto", "--user"}},
        {"config unset", State::Project, {"agents"}},
        {"config unset", State::Project, {"redact", "1"}, 6},
        {"config edit", State::Project, {}, 2},
        {"hooks status", State::Project, {}},
        {"hooks install", State::Project, {}},
        {"hooks install", State::Nothing, {}, 3},
        {"hooks uninstall", State::Project, {}},
        {"doctor", State::Project, {"--offline"}},
        {"doctor", State::LoggedIn, {}},
        {"key status", State::Nothing, {}},
        {"key export", State::Nothing, {"-o", "key.txt"}},
        {"key import", State::Nothing, {}, 0, key},
        {"parse", State::Nothing, {std::string(k_session)}},
        {"validate", State::Nothing, {std::string(k_record)}},
        {"parse", State::Nothing, {"nothing.jsonl", std::string(k_session)}, 6},
        {"validate", State::Nothing, {"-"}, 8, "{\"trace_id\":1}\nno json\n"},
        {"schema", State::Nothing, {"0.1.0"}, 2},  // what it prints is a golden file of its own
        {"scan", State::Nothing, {std::string(k_record)}},
        {"scan", State::Nothing, {"-"}, 8, testing::text_with_token() + "\n"},
        {"scan", State::Nothing, {"nothing.txt", std::string(k_record)}, 6},
        {"man", State::Nothing, {"log"}},
        {"man", State::Nothing, {"-o", "man1"}},
        {"man", State::Nothing, {"no", "such", "command"}, 2},
        {"manual", State::Nothing, {"remote", "ad"}, 2},
        {"help", State::Nothing, {"remote", "use"}},
        {"help", State::Nothing, {"index"}},
        {"help", State::Nothing, {"no", "such", "command"}, 2},
        {"complete", State::Captured, {"ids", "zz"}},
        {"complete", State::Project, {"remotes"}},
        {"complete", State::Nothing, {"ids"}},
        {"complete", State::Nothing, {"settings", "card."}},
        {"complete", State::Nothing, {"nothing"}},
        {"completion", State::Nothing, {"tcsh"}, 2},
        {"scan", State::Nothing, {"--redact"}, 0, testing::text_with_token() + "\n"},
        {"scan", State::Nothing, {"-"}, 8, testing::text_with_token() + " # opentraces:allow\n"},
        {"scan", State::Nothing, {"-"}, 0, testing::text_with_token() + " # opentraces:allow sample\n"},
        {"scan", State::Nothing, {"--fail-on", "none", "-"}, 0, testing::text_with_token() + "\n"},
        {"scan",
         State::Nothing,
         {"-", "--baseline", "b.json", "--update-baseline"},
         0,
         testing::text_with_token() + "\n"},
        {"scan", State::Nothing, {"-", "--baseline", "b.json"}, 6},
        {"scan", State::Repository, {"--staged"}, 8},
        {"scan", State::Repository, {"--commits", "HEAD"}, 8},
        {"scan", State::Nothing, {"--staged"}, 6},
        {"scan", State::Repository, {"."}, 8},
        {"rules list", State::Nothing, {"github"}},
        {"rules list", State::Nothing, {"telegram"}},
        {"rules list", State::Nothing, {"pypi"}},
        {"rules list", State::Nothing, {"e-mail"}},
        {"rules explain", State::Nothing, {"github_token"}},
        {"rules explain", State::Nothing, {"telegram_bot_token"}},
        {"rules explain", State::Nothing, {"pypi_token"}},
        {"rules explain", State::Nothing, {"email_address"}},
        {"rules explain", State::Nothing, {"github_tokn"}, 6},
        {"rules test", State::Nothing, {"github_token"}},
        {"rules test",
         State::Nothing,
         {"github_token", "--input", "-"},
         0,
         testing::text_with_token() + "\n"},
        {"rules test", State::Nothing, {"npm_token", "--input", "-"}, 8, testing::text_with_token() + "\n"},
    };
}

Words words_of(std::string_view name) {
    const std::size_t space = name.find(' ');
    if (space == std::string_view::npos) return {std::string(name)};
    return {std::string(name.substr(0, space)), std::string(name.substr(space + 1))};
}

void must(CommandBench& bench, const Words& words, const std::string& input = {}) {
    const CommandBench::Result result = bench.run(words, input);
    INFO("opentraces " << words.front() << ": " << result.err);
    REQUIRE(result.exit == 0);
}

const std::string k_session_file = source("sessions/claude-code/c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl");

// With a commit whose message holds a token, and a token that is staged.
void make_repository(CommandBench& bench) {
    const std::string token = testing::text_with_token();
    bench.write("staged.txt", "one\n" + token + "\n");
    std::filesystem::create_symlink("staged.txt", bench.project() + "/link.txt");
    const std::string git = "git -C '" + bench.project() + "' -c user.name=me -c user.email=me@example.org ";
    const std::string when =
        "GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_DATE='1700000000 +0000' "
        "GIT_COMMITTER_DATE='1700000000 +0000' ";
    const std::string message = " commit -q --allow-empty -m '" + token + "'";
    for (const std::string& command : {git + "init -q -b main", when + git + message, git + "add staged.txt"})
        REQUIRE(std::system(command.c_str()) == 0);
}

void bring_to(CommandBench& bench, State state) {
    const std::string record = testing::source_text("tests/fixtures/export/worked/trace-record.json");
    bench.write("record.jsonl", json::to_compact(json::parse(record)) + "\n");
    bench.write("broken.jsonl", "{\"type\":\"user\",\"sessionId\"");
    if (state == State::LoggedIn)
        must(bench, {"login", "--token-stdin"},
             "hf"
             "_"
             "sampletokenofatest\n");
    if (state == State::Repository) make_repository(bench);
    if (state == State::Nothing || state == State::Repository || state == State::LoggedIn) return;
    must(bench, {"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
    if (state == State::Uncaptured)
        return bench.write("../home/.codex/sessions/rollout-1.jsonl", testing::rollout_in(bench.project()));
    if (state == State::OldTraces || state == State::BrokenTraces) {
        bench.write(".opentraces/staging/old.jsonl", json::to_compact(json::parse(record)) + "\n");
    }
    if (state == State::BrokenTraces) bench.write(".opentraces/staging/bad.jsonl", "{\"trace_id\": \n");
    if (state == State::Project || state == State::OldTraces || state == State::BrokenTraces) return;
    must(bench, {"capture", k_session_file});
    if (state == State::Captured) return;
    if (state == State::Redacted)
        return must(bench, {"redact", "--all-traces", "--regex", "[a-z]*release[a-z]*"});
    must(bench, {"commit", "--all"});
    if (state == State::Committed) return;
    must(bench, {"push"});
}

std::string meaning(CommandBench& bench, const std::string& word) {
    if (word == k_session) return k_session_file;
    if (word == k_record) return "record.jsonl";
    if (word == k_broken) return "broken.jsonl";
    if (word == k_commit)
        return std::string(bench.run({"log", "--json"}).json()["entries"].at(0)["commit_id"].string_or());
    if (word != k_id) return word;
    return std::string(bench.run({"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
}

std::string marked(const std::string& text, const std::string& mark) {
    std::string lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        lines += mark + text.substr(begin, end - begin);
        begin = end;
    }
    if (!lines.ends_with('\n') && !lines.empty()) lines += " (no line end)\n";
    return lines;
}

// Of a compressed copy with the place of this source tree in it.
std::string without_size(std::string text) {
    constexpr std::string_view k_key = "\"raw_bytes\":";
    for (std::size_t at = text.find(k_key); at != text.npos; at = text.find(k_key, at)) {
        at += k_key.size();
        if (text[at] != '0') text.replace(at, text.find_first_not_of("0123456789", at) - at, "1");
    }
    return text;
}

// One run as a user would have seen it.
std::string transcript(const Row& row, bool json) {
    CommandBench bench;
    bring_to(bench, row.state);
    Words words = words_of(row.command);
    for (const std::string& word : row.arguments)
        words.push_back(meaning(bench, word));
    if (json) words.push_back("--json");
    std::string text = "$ opentraces";
    for (const std::string& word : words)
        text += " " + word;
    const CommandBench::Result result = bench.run(words, row.input);
    INFO(text << "\n" << result.out << result.err);
    CHECK(result.exit == row.exit);
    if (json && result.exit != 0) CHECK((result.out + result.err).find("\"status\":\"") != std::string::npos);
    text += "\n" + marked(result.out, "> ") + marked(result.err, "! ") + "exit " +
            std::to_string(result.exit) + "\n\n";
    return without_size(bench.without_places(text));
}

}  // namespace

TEST_CASE("commands: what each answers, to people and to programs") {
    std::map<std::string, std::string> texts;
    for (const Row& row : rows())
        texts[row.command] += transcript(row, false) + transcript(row, true);
    for (const auto& [command, text] : texts) {
        std::string name = command;
        std::replace(name.begin(), name.end(), ' ', '-');
        testing::check_golden("answers/" + name + ".txt", text);
    }
}

TEST_CASE("commands: every one has a row above") {
    const std::vector<Row> all = rows();
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        const std::string_view name = command.name;
        INFO(std::string(name));
        CHECK(std::any_of(all.begin(), all.end(), [&](const Row& row) { return row.command == name; }));
    }
}

TEST_CASE("commands: a question that is not answered with yes changes nothing") {
    CommandBench bench;
    bring_to(bench, State::Captured);
    const std::string id = meaning(bench, std::string(k_id));
    for (const char* reply : {"n\n", "\n", "", "never\n"}) {
        BufferTerminal terminal(reply, true);
        CHECK(bench.run_at(terminal, {"discard", id}).exit == 130);
        CHECK(terminal.errors.ends_with("Delete 1 trace for good? [y/N] error: nothing was deleted\n"));
    }
    CHECK(bench.run({"list", "--json"}).json()["total"].integer() == 1);
    BufferTerminal terminal("y\n", true);
    CHECK(bench.run_at(terminal, {"discard", id}).exit == 0);
    CHECK(bench.run({"list", "--json"}).json()["total"].integer() == 0);
}

TEST_CASE("commands: a token typed at the terminal is asked for unseen") {
    CommandBench bench;
    BufferTerminal terminal(
        "hf"
        "_"
        "sampletokenofatest\n",
        true);
    CHECK(bench.run_at(terminal, {"login"}).exit == 0);
    CHECK(terminal.errors == "Hub token (write access, input is hidden): \n");
    CHECK(terminal.output.starts_with("Logged in as ada."));
}

TEST_CASE("commands: a reply that is none of the answers is asked for again") {
    CommandBench bench;
    BufferTerminal terminal("maybe\nauto\n./dataset\nperhaps\nn\n", true);
    CHECK(bench.run_at(terminal, {"init", "--agent", "claude-code", "--no-hook"}).exit == 0);
    INFO(terminal.errors);
    CHECK(terminal.errors.find("Please answer review or auto.") != std::string::npos);
    const json::Value status = bench.run({"status", "--json"}).json();
    CHECK(status["review_policy"].string_or() == "auto");
    CHECK(status["remote"].string_or().ends_with("dataset"));
}

TEST_CASE("commands: a folder that is not there is said, not searched for a project") {
    CommandBench bench;
    const auto nowhere = bench.run({"-C", "nowhere", "status"});
    CHECK(nowhere.exit == 6);
    CHECK(nowhere.err.starts_with("error: -C: there is no folder nowhere\n"));
}

TEST_CASE("commands: discard says what it has deleted") {
    CommandBench bench;
    bring_to(bench, State::Captured);
    const std::string id = meaning(bench, std::string(k_id));
    const auto discarded = bench.run({"discard", id, "--yes"});
    CHECK(discarded.out.starts_with("Discarded 1 trace\n  " + id.substr(0, 8) + "  "));
}
