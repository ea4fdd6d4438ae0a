// SWE-agent and mini-swe-agent: what is said in one document.
#include "catch.hpp"
#include "opentraces/core/error.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = source_folder() + "/tests/fixtures/sessions/swe-agent/";

capture::ParsedSession read(const std::string& text, const std::string& path = "/p/run.traj") {
    InMemoryDisk disk;
    put(disk, path, text);
    return capture::find_agent("swe-agent")->read_from(path, disk);
}

capture::ParsedSession read_fixture(const std::string& name) {
    const auto disk = fs::posix_disk();
    return capture::find_agent("swe-agent")->read_from(k_folder + name, *disk);
}

const std::string k_prompts =
    R"({"role":"system","content":"Be careful.","agent":"main","message_type":"system_prompt"},)"
    R"({"role":"user","content":"An example.","is_demo":true,"agent":"main"},)"
    R"({"role":"user","content":"Fix it.","agent":"main","message_type":"observation"})";

std::string two_calls() {
    return R"({"trajectory":[{"action":"ls","observation":"both","response":"Look.","thought":"Look.","execution_time":1.5,)"
           R"("state":{"working_dir":"/repo"}}],"history":[)" +
           k_prompts +
           R"(,{"role":"assistant","content":"Look.","agent":"main","message_type":"action","tool_calls":[)"
           R"({"id":"a","type":"function","function":{"name":"bash","arguments":"{\"command\":\"ls\"}"}},)"
           R"({"id":"b","type":"function","function":{"name":"open","arguments":{"path":"x"}}}]},)"
           R"({"role":"tool","content":"one","tool_call_ids":["a"],"agent":"main","message_type":"observation"},)"
           R"({"role":"tool","content":"two","tool_call_ids":["b"],"agent":"main","message_type":"observation"}],)"
           R"("info":{"exit_status":"submitted","submission":"diff --git a/x b/x\n","model_stats":)"
           R"({"instance_cost":0.5,"tokens_sent":100,"tokens_received":20,"api_calls":1}},)"
           R"("replay_config":"{\"agent\":{\"model\":{\"name\":\"gpt-4o\"}}}"})";
}

std::string mini(const std::string& messages) {
    return R"({"info":{"mini_version":"2.0.0","exit_status":"Submitted","submission":"",)"
           R"("config":{"model":{"model_name":"anthropic/claude-x"},"environment":{"cwd":"/repo"}}},"messages":[)"
           R"({"role":"system","content":"Be careful."},{"role":"user","content":"Fix it."},)" +
           messages + R"(],"trajectory_format":"mini-swe-agent-1.1"})";
}

}  // namespace

TEST_CASE("swe-agent: calls, their own results, and totals of the run", "[capture]") {
    const auto parsed = read(two_calls());
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 3);
    CHECK(record.steps[0].role == trace::Role::System);
    CHECK(record.steps[0].content == "An example.");
    CHECK(record.task.description == "Fix it.");
    CHECK(record.system_prompts.at(0).second == "Be careful.");
    const trace::Step& reply = record.steps[2];
    REQUIRE(reply.tool_calls.size() == 2);
    CHECK(reply.tool_calls[0].tool_name == "bash");
    CHECK(reply.tool_calls[1].input.find("path")->string_or() == "x");
    CHECK(reply.tool_calls[0].duration_ms->value() == 1500);
    CHECK(reply.observations[0].content == "one");
    CHECK(reply.observations[1].content == "two");
    CHECK(record.metrics.total_input_tokens.value() == 100);
    CHECK(record.metrics.total_output_tokens.value() == 20);
    CHECK(record.metrics.estimated_cost_usd == 0.5);
    CHECK(reply.token_usage.input_tokens.value() == 0);
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "session");
    CHECK(record.outcome.patch == "diff --git a/x b/x\n");
    CHECK(record.agent.model == "gpt-4o");
    CHECK(parsed.evidence.working_directory == "/repo");
}

TEST_CASE("swe-agent: a reply that only the trajectory has is there, and each reply once", "[capture]") {
    const std::string steps =
        R"({"action":"ls\n","observation":"a","response":"Look.\n```\nls\n```","thought":"Look.","state":"{}"},)"
        R"({"action":"submit\n","observation":"done","response":"Done.\n```\nsubmit\n```","thought":"Done.","state":"{}"})";
    const auto parsed =
        read(R"({"trajectory":[)" + steps + R"(],"history":[)" + k_prompts +
             R"(,{"role":"assistant","content":"Look.\n```\nls\n```","action":"ls\n","agent":"main"},)"
             R"({"role":"user","content":"a\nbash-$","agent":"main"}],"info":{}})");
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 4);
    CHECK(parsed.record->steps[2].tool_calls.at(0).input.find("command")->string_or() == "ls\n");
    CHECK(parsed.record->steps[2].observations.at(0).content == "a");
    CHECK(parsed.record->steps[3].content == "Done.\n```\nsubmit\n```");
    CHECK(parsed.record->metadata.find("opentraces_usage")->string_or() == "none");
    CHECK_FALSE(parsed.record->metrics.estimated_cost_usd);
}

TEST_CASE("swe-agent: mini, calls in blocks and calls by name", "[capture]") {
    const auto blocks = read(
        mini(
            R"({"role":"assistant","content":"Look.\n```bash\nls\n```","extra":{"timestamp":1760000000.5,"response":)"
            R"({"id":"r1","model":"claude-x","usage":{"prompt_tokens":100,"completion_tokens":7,)"
            R"("prompt_tokens_details":{"cached_tokens":60},"cache_creation_input_tokens":10}}}},)"
            R"({"role":"user","content":"<returncode>2</returncode>\n<output>no</output>"})"),
        "/p/x.traj.json");
    REQUIRE(blocks.record);
    const trace::Step& reply = blocks.record->steps.at(1);
    CHECK(reply.tool_calls.at(0).input.find("command")->string_or() == "ls");
    CHECK(reply.observations.at(0).error == "exit_code:2");
    CHECK(reply.timestamp == "2025-10-09T08:53:20.500Z");
    CHECK(reply.token_usage.input_tokens.value() == 30);
    CHECK(reply.token_usage.cache_read_tokens.value() == 60);
    CHECK(reply.token_usage.cache_write_tokens.value() == 10);
    CHECK(reply.token_usage.output_tokens.value() == 7);
    CHECK(blocks.record->metadata.find("title")->string_or() == "x");

    const auto named =
        read(mini(R"({"role":"assistant","content":"","tool_calls":[{"id":"c","function":{"name":"bash",)"
                  R"("arguments":"{\"command\":\"ls\"}"}}]},)"
                  R"({"role":"tool","tool_call_id":"c","content":"out","extra":{"returncode":0}},)"
                  R"({"role":"exit","content":"bye"})"));
    REQUIRE(named.record);
    CHECK(named.record->steps.at(1).observations.at(0).content == "out");
    CHECK_FALSE(named.record->steps.at(1).observations.at(0).error);
    CHECK(named.record->steps.back().content == "bye");
}

TEST_CASE("swe-agent: a run is the same whatever its file is called, and while it goes on", "[capture]") {
    const auto first = read(two_calls(), "/p/a.traj");
    const auto renamed = read(two_calls(), "/p/b.traj");
    REQUIRE((first.record && renamed.record));
    CHECK(first.record->session_id == renamed.record->session_id);
    std::string other = two_calls();
    other.replace(other.find("Fix it."), 7, "Fix me.");
    CHECK(read(other).record->session_id != first.record->session_id);
}

TEST_CASE("swe-agent: what is no trajectory is refused, what is cut has its line", "[capture]") {
    CHECK(read("{}").reason ==
          "not a trajectory of SWE-agent: it has neither trajectory and history nor messages");
    CHECK(read(R"({"history":[{"role":"user","content":"x","message_type":"observation"}]})").reason ==
          "no conversation: the trajectory has no step");
    const std::string whole = two_calls();
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        const auto parsed = read(whole.substr(0, size));
        CHECK(parsed.verdict == capture::ParseVerdict::Refused);
        CHECK_FALSE(parsed.reason.empty());
    }
}

TEST_CASE("swe-agent: the fixtures, exactly", "[capture]") {
    const auto functions = read_fixture("function_calling_simple.traj");
    REQUIRE(functions.record);
    CHECK(functions.record->steps.size() == 6);
    CHECK(functions.record->steps[1].tool_calls.at(0).tool_name == "find_file");
    const auto network = read_fixture("networking_1.traj");
    REQUIRE(network.record);
    CHECK(network.record->steps.size() == 5);
    CHECK_FALSE(network.record->outcome.patch);
    const auto mini_run = read_fixture("mini-swe-agent-trajectory.traj.json");
    REQUIRE(mini_run.record);
    CHECK(mini_run.record->metrics.total_input_tokens.value() == 2512);
    CHECK(mini_run.record->metrics.total_output_tokens.value() == 199);
}

TEST_CASE("swe-agent: other documents and runs of other agents are not taken", "[capture]") {
    const capture::Agent* agent = capture::find_agent("swe-agent");
    InMemoryDisk disk;
    put(disk, "/p/run.traj", two_calls());
    put(disk, "/p/mini.traj.json", mini(""));
    put(disk, "/p/chat.json", R"({"messages":[{"role":"user","content":"x"}],"info":{}})");
    put(disk, "/p/lines.jsonl", R"({"history":[]})");
    capture::Sources sources(disk);
    CHECK(agent->recognises("/p/run.traj", sources));
    CHECK(agent->recognises("/p/mini.traj.json", sources));
    CHECK_FALSE(agent->recognises("/p/chat.json", sources));
    CHECK_FALSE(agent->recognises("/p/lines.jsonl", sources));
}
