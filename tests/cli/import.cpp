// Rows of other formats into the inbox.
#include <filesystem>

#include "catch.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_export = opentraces::testing::source_folder() + "/tests/fixtures/export/";

void initialise(Workbench& bench) {
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--review-policy", "review"});
}

std::string row(const std::string& id, const std::string& text) {
    return R"({"id":")" + id + R"(","messages":[{"role":"user","content":")" + text +
           R"("},{"role":"assistant","content":"Done."}]})" + "\n";
}

}  // namespace

TEST_CASE("import: a folder of trajectories, twice, and a session that went on") {
    Workbench bench;
    initialise(bench);
    const json::Value first =
        bench.expect(0, {"import", k_export + "atif", "--parser", "atif", "--json"}).json();
    CHECK(first["files"].integer() == 11);
    CHECK(first["captured"].integer() == 11);
    CHECK(first["committed"].integer() == 0);
    CHECK(first["trace_ids"].if_array()->size() == 11);
    const json::Value second =
        bench.expect(0, {"import", k_export + "atif", "--parser", "atif", "--json"}).json();
    CHECK(second["captured"].integer() == 0);
    CHECK(second["updated"].integer() == 0);
    CHECK(second["unchanged"].integer() == 11);
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 11);

    const auto file = bench.project() / "rows.jsonl";
    bench.write(file, row("a", "one") + row("b", "two"));
    CHECK(bench.expect(0, {"import", "rows.jsonl", "--json"}).json()["captured"].integer() == 2);
    bench.write(file, row("a", "one") + row("b", "two and more") + row("c", "three"));
    const json::Value changed = bench.expect(0, {"import", "rows.jsonl", "--json"}).json();
    CHECK(changed["captured"].integer() == 1);
    CHECK(changed["updated"].integer() == 1);
    CHECK(changed["unchanged"].integer() == 1);
    CHECK(changed["parser"].string_or() == "messages");
    CHECK(changed["detected"].bool_or(false));
}

TEST_CASE("import: each file of a folder is read by its own parser, and one of none keeps no other out") {
    Workbench bench;
    initialise(bench);
    const auto folder = bench.project() / "mixed";
    std::filesystem::create_directories(folder);
    bench.write(folder / "a.jsonl", row("a", "one") + row("b", "two"));
    bench.write(folder / "b.json", Workbench::read(k_export + "atif/hello-world-timeout.trajectory.json"));
    const json::Value mixed = bench.expect(0, {"import", "mixed", "--json"}).json();
    CHECK(mixed["captured"].integer() == 3);
    CHECK(mixed["parser"].is_null());
    CHECK(mixed["parsers"]["atif"].integer() == 1);
    CHECK(mixed["parsers"]["messages"].integer() == 1);

    bench.write(folder / "a0.jsonl", "{\"some\":\"thing\"}\n{\"some\":\"more\"}\n");
    bench.write(folder / "c.jsonl", row("c", "three"));
    const json::Value other = bench.expect(2, {"import", "mixed", "--json"}).json();
    CHECK(other["captured"].integer() == 1);
    CHECK(other["unchanged"].integer() == 3);
    CHECK(other["failed"].integer() == 1);
    CHECK(other["failures"].at(0)["path"].string_or().ends_with("mixed/a0.jsonl"));
    // A file alone is refused.
    bench.expect(2, {"import", "mixed/a0.jsonl"});
}

TEST_CASE("import: a broken row costs itself only, and is named") {
    Workbench bench;
    initialise(bench);
    bench.write(bench.project() / "rows.jsonl", row("a", "one") + "{broken\n" + row("b", "two") +
                                                    R"({"messages":5})" + "\n" + R"({"messages":[]})" + "\n");
    const RunResult result = bench.expect(5, {"import", "rows.jsonl", "--parser", "messages", "--json"});
    const json::Value report = result.json();
    CHECK(report["status"].string_or() == "error");
    CHECK(report["captured"].integer() == 2);
    CHECK(report["rows"].integer() == 5);
    CHECK(report["skipped_rows"].integer() == 1);
    CHECK(report["failed"].integer() == 2);
    CHECK(report["failures"].at(0)["line"].integer() == 2);
    CHECK(report["failures"].at(1)["line"].integer() == 4);
    CHECK(report["failures"].at(1)["message"].string_or() == "messages: is not a list");
    const RunResult people = bench.expect(5, {"import", "rows.jsonl", "--parser", "messages"});
    CHECK(people.err.find("rows.jsonl:4: messages: is not a list") != std::string::npos);
}

TEST_CASE("import: secrets do not get in") {
    Workbench bench;
    initialise(bench);
    const std::string secret = "ghp_" + std::string("A1b2C3d4E5f6G7h8I9j0") + "K1l2M3n4O5p6Q7r8";
    const json::Value report =
        bench.expect(0, {"import", "-", "--auto", "--json"}, row("a", "use " + secret) + row("b", "plain"))
            .json();
    CHECK(report["captured"].integer() == 2);
    CHECK(report["redactions"].integer().value_or(0) > 0);
    CHECK(report["need_review"].integer() == 1);
    CHECK(report["committed"].integer() == 1);
    for (const auto& entry : std::filesystem::directory_iterator(bench.project() / ".opentraces/traces"))
        CHECK(Workbench::read(entry.path()).find(secret) == std::string::npos);
}

TEST_CASE("import: a dry run stores nothing and needs no project") {
    Workbench bench;
    const json::Value report = bench
                                   .expect(0, {"import", "-", "--dry-run", "--json"},
                                           row("a", "one") + row("a", "one") + row("a", "other"))
                                   .json();
    CHECK(report["parsed"].integer() == 2);
    CHECK(report["repeated"].integer() == 1);
    CHECK(report["captured"].is_null());
    CHECK_FALSE(std::filesystem::exists(bench.project() / ".opentraces"));
    bench.expect(3, {"import", "-"}, row("a", "one"));
}

TEST_CASE("import: rows that share an id are traces of their own, states of a TraceRecord are one") {
    Workbench bench;
    initialise(bench);
    bench.write(bench.project() / "rows.jsonl", row("a", "one") + row("a", "two"));
    CHECK(bench.expect(0, {"import", "rows.jsonl", "--json"}).json()["captured"].integer() == 2);
    CHECK(bench.expect(0, {"import", "rows.jsonl", "--json"}).json()["unchanged"].integer() == 2);
    const auto record = [](int steps) {
        std::string text = R"({"trace_id":"t","session_id":"s","agent":{"name":"a"},"steps":[)";
        for (int i = 1; i <= steps; ++i)
            text += (i > 1 ? "," : "") + std::string(R"({"step_index":)") + std::to_string(i) +
                    R"(,"role":"user"})";
        return text + "]}\n";
    };
    bench.write(bench.project() / "records.jsonl", record(3) + record(2));
    const json::Value states = bench.expect(0, {"import", "records.jsonl", "--json"}).json();
    CHECK(states["captured"].integer() == 1);
    CHECK(states["unchanged"].integer() == 1);
    CHECK(states["older"].integer() == 1);
    const json::Value again = bench.expect(0, {"import", "records.jsonl", "--json"}).json();
    CHECK(again["unchanged"].integer() == 2);
}

TEST_CASE("import: a format is never guessed, and other files are refused with a remedy") {
    Workbench bench;
    initialise(bench);
    const RunResult unknown = bench.expect(2, {"import", "-"}, "{\"a\":1}\n");
    CHECK(unknown.err.find("no parser recognises") != std::string::npos);
    CHECK(unknown.err.find("adp, atif, hermes, messages, opentraces") != std::string::npos);
    bench.expect(2, {"import", "-", "--parser", "nothing"}, "{}");
    bench.write(bench.project() / "rows.parquet", "PAR1");
    CHECK(bench.expect(2, {"import", "rows.parquet"}).err.find("duckdb") != std::string::npos);
    bench.write(bench.project() / "rows.jsonl.gz", "x");
    CHECK(bench.expect(2, {"import", "rows.jsonl.gz"}).err.find("zcat") != std::string::npos);
    bench.expect(6, {"import", "nothing.jsonl"});
    std::filesystem::create_directories(bench.project() / "empty");
    bench.expect(6, {"import", "empty"});
    bench.expect(2, {"import", "empty", "--limit", "0"});
    bench.expect(2, {"import", "empty", "--subset", "x"});
    const RunResult later =
        bench.expect(5, {"import", "-", "--parser", "opentraces"},
                     R"({"schema_version":"9.0","trace_id":"t","session_id":"s","agent":{"name":"a"}})" +
                         std::string("\n"));
    CHECK(later.err.find("later opentraces") != std::string::npos);
}

TEST_CASE("import: what was exported comes back as the same trace") {
    Workbench bench;
    initialise(bench);
    bench.expect(0, {"capture", fixture_session()});
    bench.expect(0, {"export", "--all", "--format", "atif", "-o", "out.json"});
    const json::Value back = bench.expect(0, {"import", "out.json", "--json"}).json();
    CHECK(back["parser"].string_or() == "atif");
    CHECK(back["captured"].integer() == 0);
    CHECK(back["unchanged"].integer() == 1);
    CHECK(back["older"].integer() == 0);
}

TEST_CASE("import: metrics are the sums of the steps, whatever the format") {
    Workbench bench;
    initialise(bench);
    bench.write(
        bench.project() / "hermes.jsonl",
        R"({"conversations":[{"from":"human","value":"go"},)"
        R"({"from":"gpt","value":"<tool_call>{\"name\":\"x\",\"arguments\":{}}</tool_call>"},)"
        R"({"from":"tool","value":"<tool_response>{}</tool_response>"},{"from":"gpt","value":"Done."}]})"
        "\n");
    for (const std::string& rows :
         {std::string("hermes.jsonl"), k_export + "adp", k_export + "atif", k_export + "worked/adp.jsonl",
          k_export + "worked/chat-openai.jsonl", k_export + "worked/sharegpt.jsonl"})
        bench.expect(0, {"import", rows, "--json"});
    const json::Value listed = bench.expect(0, {"list", "--json"}).json();
    std::int64_t with_tokens = 0;
    for (const json::Value& row : *listed["traces"].if_array()) {
        const std::string id(row["trace_id"].string_or());
        const json::Value shown = bench.expect(0, {"show", id, "--json"}).json();
        const json::Value& trace = shown["trace"];
        INFO(id << " of " << trace["agent"]["name"].string_or());
        std::int64_t input = 0;
        std::int64_t output = 0;
        for (const json::Value& step : *trace["steps"].if_array()) {
            input += step["token_usage"]["input_tokens"].integer().value_or(0);
            output += step["token_usage"]["output_tokens"].integer().value_or(0);
        }
        const json::Value& metrics = trace["metrics"];
        CHECK(metrics["total_steps"].integer() ==
              static_cast<std::int64_t>(trace["steps"].if_array()->size()));
        if (input == 0 && output == 0) continue;  // only the source's totals, if it has any
        ++with_tokens;
        CHECK(metrics["total_input_tokens"].integer() == input);
        CHECK(metrics["total_output_tokens"].integer() == output);
    }
    CHECK(with_tokens > 0);
}
