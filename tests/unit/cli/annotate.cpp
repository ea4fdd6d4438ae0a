// What a person says of a session: in the record's own fields, in its later versions too, until it is
// cleared.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "doubles/command_bench.hpp"
#include "doubles/traces.hpp"
#include "source_files.hpp"

using namespace opentraces;
using testing::CommandBench;

namespace {

const std::string k_name = "c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl";

class AnnotateBench : public CommandBench {
public:
    AnnotateBench() {
        done({"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
        capture(26);
    }

    // The first lines of the session; 0: all.
    void capture(std::size_t lines) {
        const std::string text = testing::source_text("tests/fixtures/sessions/claude-code/" + k_name);
        std::size_t end = 0;
        for (std::size_t i = 0; i < lines; ++i)
            end = text.find('\n', end) + 1;
        std::filesystem::create_directories(home() + "/sessions");
        std::ofstream(home() + "/sessions/" + k_name, std::ios::binary)
            << (lines == 0 ? text : text.substr(0, end));
        done({"capture", home() + "/sessions/" + k_name});
    }
    Result done(const std::vector<std::string>& words) {
        Result result = run(words);
        INFO(result.out << result.err);
        REQUIRE(result.exit == 0);
        return result;
    }
    std::string id() {
        return std::string(run({"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
    }
    std::string trace() {
        std::ifstream in(project() + "/.opentraces/traces/" + id() + ".jsonl", std::ios::binary);
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    }
    json::Value outcome() { return json::parse(trace())["outcome"]; }
};

}  // namespace

TEST_CASE("annotate: success, reward and note are the record's own fields, and tags its metadata") {
    AnnotateBench bench;
    const std::string before = bench.trace();
    const json::Value said = bench
                                 .done({"annotate", bench.id(), "--failure", "--reward", "-0.5", "--note",
                                        "Broke the build", "--tag", "b", "--tag", "a", "--json"})
                                 .json()["annotation"];
    CHECK(said["tags"].at(0).string_or() == "a");
    const json::Value outcome = bench.outcome();
    CHECK(outcome["success"] == json::Value(false));
    CHECK(outcome["signal_confidence"].string_or() == "annotated");
    CHECK(outcome["signal_source"].string_or() == "human_annotation");
    CHECK(outcome["reward"] == json::Value(-0.5));
    CHECK(outcome["reward_source"].string_or() == "human_annotation");
    CHECK(outcome["description"].string_or() == "Broke the build");
    CHECK(json::parse(bench.trace())["metadata"]["opentraces_annotation"]["tags"].at(1).string_or() == "b");
    // What is said further is added.
    bench.done({"annotate", bench.id(), "--success"});
    CHECK(bench.outcome()["success"] == json::Value(true));
    CHECK(bench.outcome()["reward"] == json::Value(-0.5));
    bench.done({"undo"});
    CHECK(bench.outcome()["success"] == json::Value(false));
    bench.done({"annotate", bench.id(), "--clear"});
    CHECK(bench.trace() == before);
    bench.done({"undo"});
    CHECK(bench.outcome()["success"] == json::Value(false));
    bench.done({"undo"});
    CHECK(bench.trace() == before);
}

TEST_CASE("annotate: it holds when the session goes on or is read again, and beside redactions") {
    AnnotateBench bench;
    bench.done({"annotate", bench.id(), "--success", "--note", "Works"});
    const std::string before = bench.trace();
    bench.done({"recapture", "--all"});
    CHECK(bench.trace() == before);
    bench.capture(0);
    CHECK(bench.trace() != before);
    CHECK(bench.outcome()["success"] == json::Value(true));
    CHECK(bench.outcome()["description"].string_or() == "Works");
    bench.done({"redact", bench.id(), "--regex", "notari[sz]e"});
    CHECK(bench.outcome()["success"] == json::Value(true));
    bench.done({"unredact", bench.id()});
    CHECK(bench.outcome()["success"] == json::Value(true));
    bench.done({"annotate", bench.id(), "--clear"});
    CHECK(bench.outcome()["signal_confidence"].string_or() == "derived");
}

TEST_CASE("annotate: a text of a person is scrubbed like any other, and what is committed stays") {
    AnnotateBench bench;
    bench.done({"annotate", bench.id(), "--note", testing::text_with_token(), "--tag", "x"});
    CHECK(bench.trace().find(testing::text_with_token()) == std::string::npos);
    CHECK(bench.outcome()["signal_confidence"].string_or() == "derived");
    bench.done({"commit", "--all", "--include-needs-review"});
    const std::string committed = bench.trace();
    const auto refused = bench.run({"annotate", bench.id(), "--success", "--json"});
    CHECK(refused.exit == 2);
    CHECK(refused.out.find("opentraces uncommit") != std::string::npos);
    CHECK(bench.trace() == committed);
    CHECK(bench.run({"annotate", bench.id(), "--reward", "nan"}).exit == 2);
}
