// Redactions by hand: out of the trace in every form, and not remembered as what they are.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "doubles/command_bench.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/trace/limits.hpp"
#include "source_files.hpp"

using namespace opentraces;
using testing::BufferTerminal;
using testing::CommandBench;

namespace {

const std::string k_name = "c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl";
const std::string k_hidden = "Blue Harbor/Nörd";
const std::string k_percent = "Blue%20Harbor%2FN%C3%B6rd";
const std::string k_digits = "426c756520486172626f722f4ec3b67264";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

class RedactBench : public CommandBench {
public:
    explicit RedactBench(const std::vector<std::string>& settings = {}) {
        REQUIRE(run({"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"}).exit == 0);
        if (!settings.empty()) REQUIRE(run(settings).exit == 0);
        const std::string fixture = testing::source_text("tests/fixtures/sessions/claude-code/" + k_name);
        const std::string carriers = "the customer is " + k_hidden + ", https://x.example/?q=" + k_percent +
                                     " or " + base64("name=" + k_hidden + "&a=1") + " or " + k_digits +
                                     " end";
        m_text = replaced(replaced(fixture, "by using this software you agree", carriers),
                          "can you add it in the github actions level?", "and for " + k_hidden + "?");
        REQUIRE(m_text.find("and for Blue") != std::string::npos);
        capture(26);
    }

    // The first lines of the session; 0: all.
    void capture(std::size_t lines) {
        std::size_t end = 0;
        for (std::size_t i = 0; i < lines; ++i)
            end = m_text.find('\n', end) + 1;
        std::filesystem::create_directories(home() + "/sessions");
        std::ofstream(home() + "/sessions/" + k_name, std::ios::binary)
            << (lines == 0 ? m_text : m_text.substr(0, end));
        done(run({"capture", home() + "/sessions/" + k_name}));
    }
    Result done(Result result) {
        INFO(result.out << result.err);
        REQUIRE(result.exit == 0);
        return result;
    }
    std::string id() {
        const json::Value listed = run({"list", "--json", "--stage", "inbox"}).json();
        return std::string(listed["traces"].at(0)["trace_id"].string_or());
    }
    std::string trace() { return bytes_of(project() + "/.opentraces/traces/" + id() + ".jsonl"); }
    Result redact(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"redact", id(), "--text"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words, k_hidden + "\n");
    }

private:
    std::string m_text;
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// The text, and each form that stands in the session.
bool has_it(const std::string& text) {
    return has(text, k_hidden) || has(text, "Blue Harbor") || has(text, k_percent) || has(text, k_digits) ||
           has(text, base64("name=" + k_hidden + "&a=1").substr(8, 12));
}

}  // namespace

TEST_CASE("redact: a text goes from the trace in all its forms, and is nowhere in the store or in answers") {
    RedactBench bench;
    REQUIRE(has_it(bench.trace()));
    const auto result = bench.done(bench.redact({"--json"}));
    CHECK_FALSE(has_it(result.out + result.err));
    CHECK(result.json()["redactions"].integer().value_or(0) >= 4);
    CHECK_FALSE(has_it(bench.trace()));
    CHECK(has(bench.trace(), "the customer is [REDACTED]"));
    for (const auto& file : std::filesystem::recursive_directory_iterator(bench.project() + "/.opentraces")) {
        if (!file.is_regular_file()) continue;
        INFO(file.path());
        CHECK_FALSE(has_it(bytes_of(file.path())));  // a raw copy is compressed
    }
    const json::Value found = bench.run({"show", bench.id(), "--findings", "--json"}).json();
    CHECK(has(bench.run({"show", bench.id(), "--findings"}).out, "custom_string"));
}

TEST_CASE("redact: it holds for the session as it grows, and when it is read again") {
    RedactBench bench;
    bench.done(bench.redact());
    const std::string before = bench.trace();
    bench.done(bench.run({"recapture", "--all", "--json"}));
    CHECK_FALSE(has_it(bench.trace()));
    CHECK(has(bench.trace(), "the customer is [REDACTED]"));
    bench.capture(0);
    CHECK(bench.trace() != before);
    CHECK_FALSE(has_it(bench.trace()));
    CHECK(has(bench.trace(), "and for [REDACTED]?"));
}

TEST_CASE("redact: undo and unredact read the trace again from the raw copy") {
    RedactBench bench;
    const std::string before = bench.trace();
    SECTION("undo") {
        bench.done(bench.redact());
        const auto undone = bench.done(bench.run({"undo", "--json"}));
        CHECK(undone.json()["undone"]["kind"].string_or() == "redact");
        CHECK(bench.trace() == before);
        CHECK(bench.run({"undo"}).exit == 6);
    }
    SECTION("unredact, and that undone") {
        bench.done(bench.redact());
        CHECK(bench.done(bench.run({"unredact", bench.id(), "--json"})).json()["unredacted"].integer() == 1);
        CHECK(bench.trace() == before);
        bench.done(bench.run({"undo"}));
        CHECK_FALSE(has_it(bench.trace()));
    }
    SECTION("one of two") {
        bench.done(bench.run({"redact", bench.id(), "--regex", "the custom[a-z]+"}));
        bench.done(bench.redact());
        bench.done(bench.run({"undo"}));
        CHECK_FALSE(has(bench.trace(), "the customer"));
        CHECK(has(bench.trace(), k_hidden));
    }
    SECTION("the session went on meanwhile") {
        bench.done(bench.redact());
        bench.capture(0);
        CHECK(bench.run({"undo"}).exit == 2);
        CHECK_FALSE(has_it(bench.trace()));
    }
    // Afterwards the next capture leaves it as it is.
    const std::string now = bench.trace();
    bench.done(bench.run({"recapture", "--all"}));
    CHECK(bench.trace() == now);
}

TEST_CASE("redact: without a raw copy there is no way back, and that is said") {
    RedactBench bench({"config", "set", "capture.keep_raw", "false"});
    bench.done(bench.redact());
    const std::string before = bench.trace();
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"undo", "--json"}, {"unredact", bench.id(), "--json"}}) {
        const auto refused = bench.run(words);
        CHECK(refused.exit == 6);
        CHECK(has(refused.out, "there is no raw copy of this session"));
        CHECK(has(refused.out, "capture.keep_raw"));
    }
    CHECK(bench.trace() == before);
    CHECK_FALSE(has_it(bench.trace()));
}

TEST_CASE("redact: one step, one field, a regular expression") {
    RedactBench bench;
    bench.capture(0);
    SECTION("a step") {
        CHECK(bench.redact({"--step", "1"}).exit == 6);
        bench.done(bench.redact({"--step", "0"}));
        CHECK(has(bench.trace(), "the customer is [REDACTED]"));  // the task has it, too
        CHECK(has(bench.trace(), "and for " + k_hidden));
    }
    SECTION("a field") {
        CHECK(bench.redact({"--field", "reasoning_content"}).exit == 6);
        bench.done(bench.redact({"--field", "task.description"}));
        CHECK(has(bench.trace(), "and for " + k_hidden));
    }
    SECTION("a regular expression") {
        bench.done(bench.run({"redact", bench.id(), "--regex", "Blue [A-Z][a-z]+/N.rd"}));
        CHECK_FALSE(has(bench.trace(), k_hidden));
        bench.capture(26);
        CHECK_FALSE(has(bench.trace(), k_hidden));
    }
}

TEST_CASE("redact: where a text was cut, what is left of it goes, too") {
    RedactBench bench;
    // The task is cut after 500 characters.
    const json::Value record = json::parse(bench.trace());
    const std::string task(record["task"]["description"].string_or());
    REQUIRE(trace::characters_cut(task).has_value());
    const std::string kept = task.substr(0, task.find(trace::k_end_marker_begin));
    const std::string tail = kept.substr(kept.size() - 12);
    bench.done(bench.run({"redact", bench.id(), "--text"}, tail + "#### with what was cut\n"));
    CHECK(has(bench.trace(), "[REDACTED]\\n[... "));
}

TEST_CASE("redact: what is committed or pushed stays as it is") {
    RedactBench bench;
    const std::string id = bench.id();
    const auto body = [&] { return bytes_of(bench.project() + "/.opentraces/traces/" + id + ".jsonl"); };
    bench.done(bench.run({"commit", "--all", "--include-needs-review"}));
    const std::string committed = body();
    const auto refused = bench.run({"redact", id, "--text", "--json"}, k_hidden + "\n");
    CHECK(refused.exit == 2);
    CHECK(has(refused.out, "opentraces uncommit " + id));
    CHECK(body() == committed);
    // The version that goes on in the inbox can be redacted; the other one is named.
    bench.capture(0);
    const auto later = bench.done(bench.redact({"--json"}));
    CHECK(later.json()["traces"].at(0)["kept_in"].at(0).string_or() == id);
    CHECK(body() == committed);
    bench.done(bench.run({"push"}));
    CHECK(bench.run({"redact", id, "--text"}, k_hidden + "\n").exit == 2);
    CHECK(body() == committed);
}

TEST_CASE("redact: a text never stands on the command line") {
    RedactBench bench;
    for (const char* text : {"Blue Harbor", "--text=Blue Harbor"}) {
        const auto refused = text[0] == '-' ? bench.run({"redact", bench.id(), text})
                                            : bench.run({"redact", bench.id(), "--text", text});
        CHECK(refused.exit == 2);
        CHECK_FALSE(has(refused.out + refused.err, "Blue"));
    }
    CHECK(bench.run({"redact", bench.id(), "--text"}, "ab\n").exit == 2);
    CHECK(bench.run({"redact", bench.id(), "--regex", "x*"}).exit == 2);
    CHECK(bench.run({"redact", bench.id(), "--regex", "("}).exit == 2);
    CHECK(bench.run({"redact", bench.id(), "--text"}, "nowhere in it\n").exit == 6);
    bench.write("text", k_hidden + "\n");
    bench.done(bench.run({"redact", bench.id(), "--text", "@text"}));
    CHECK_FALSE(has_it(bench.trace()));
}

TEST_CASE("redact: a line is picked at a terminal") {
    RedactBench bench;
    BufferTerminal nobody("1\n");
    CHECK(bench.run_at(nobody, {"redact", bench.id(), "--pick"}).exit == 2);
    BufferTerminal terminal("1\n", true);
    const std::vector<std::string> words{"redact", bench.id(), "--pick", "--field", "task.description"};
    const auto result = bench.run_at(terminal, words);
    INFO(result.out << result.err);
    CHECK(result.exit == 0);
    CHECK(has(result.err, "  1  "));
}

TEST_CASE("redact: remembered, it is a rule of the project") {
    RedactBench bench;
    bench.done(bench.redact({"--remember"}));
    CHECK(has(bytes_of(bench.project() + "/.opentraces/config.json"), k_hidden));
    const auto all = bench.run({"redact", "--all-traces", "--text"}, "and nowhere\n");
    CHECK(all.exit == 6);
}

TEST_CASE("redact: another key would not find it, and that stops the capture of the session") {
    RedactBench bench;
    bench.done(bench.redact());
    const std::string before = bench.trace();
    bench.done(bench.run({"key", "import", "--yes", "--passphrase"}, "another passphrase of words\n"));
    const auto refused = bench.run({"recapture", "--all"});
    CHECK(refused.exit == 3);
    CHECK(has(refused.err, "under another key"));
    CHECK(bench.trace() == before);
}
