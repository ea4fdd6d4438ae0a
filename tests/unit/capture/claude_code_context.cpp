// What the model was shown beside the conversation, and the facts of single steps.
#include "catch.hpp"
#include "unit/capture/session_lines.hpp"

namespace {

using namespace opentraces;
using namespace opentraces::testing;

const std::string k_work =
    user("u1", "", "please list") + reply("a1", "u1", "m1", call("t1", "Bash", R"({"command":"ls"})"));

std::string attachment(const std::string& uuid, const std::string& fields) {
    return line("attachment", uuid, "a1", R"(,"attachment":{)" + fields + "}");
}

std::string shown(const std::string& fields) {
    const auto parsed = parse_text(k_work + attachment("x1", fields));
    const trace::Step& step = parsed.record->steps.back();
    if (step.role != trace::Role::System) return "nothing";
    return *step.content;
}

const json::Value& metadata(const capture::ParsedSession& parsed, std::string_view name) {
    const json::Value* value = parsed.record->metadata.find(name);
    REQUIRE(value != nullptr);
    return *value;
}

}  // namespace

TEST_CASE("what attachments showed the model is kept as the program's", "[capture]") {
    CHECK(shown(R"("type":"hook_additional_context","content":["one","two"],"hookName":"Stop")") ==
          "one\n\ntwo");
    CHECK(shown(R"("type":"hook_additional_context","content":"one")") == "one");
    CHECK(shown(R"("type":"hook_success","content":"ready","stdout":"{}")") == "ready");
    CHECK(shown(R"("type":"edited_text_file","filename":"/a/b.c","snippet":"1 x")") ==
          "[changed file: /a/b.c]\n1 x");
    CHECK(shown(R"("type":"file","filename":"/a/b.c","content":{"type":"text","file":{"content":"x"}})") ==
          "[attached file: /a/b.c]\nx");
    CHECK(shown(R"("type":"nested_memory","path":"/a/CLAUDE.md","content":{"content":"be kind"})") ==
          "[memory: /a/CLAUDE.md]\nbe kind");
    CHECK(shown(R"("type":"skill_listing","content":"- a: b")") == "- a: b");
    CHECK(
        shown(
            R"("type":"deferred_tools_delta","addedNames":["A"],"addedLines":["A: b"],"removedNames":["C"])") ==
        "[deferred tools]\nA: b\n\n[deferred tools removed]\nC");
    CHECK(shown(R"("type":"task_reminder","content":[{"id":"1"}],"itemCount":1)") ==
          "[task list]\n[{\"id\":\"1\"}]");
    CHECK(shown(R"("type":"hook_blocking_error","hookName":"Pre","blockingError":{"blockingError":"no"})") ==
          "[hook stopped it: Pre]\nno");
}

TEST_CASE("attachments without a text for the model are counted by kind", "[capture]") {
    CHECK(shown(R"("type":"hook_system_message","content":"for people")") == "nothing");
    CHECK(shown(R"("type":"task_reminder","content":[],"itemCount":0)") == "nothing");
    const auto parsed = parse_text(k_work + attachment("x1", R"("type":"auto_mode")") +
                                   attachment("x2", R"("type":"auto_mode")") +
                                   attachment("x3", R"("type":"from_next_year","content":"?")"));
    const json::Value& context = metadata(parsed, "opentraces_context");
    CHECK(context["not_kept"]["auto_mode"].integer() == 2);
    CHECK(context["kept"].is_null());
    CHECK(parsed.report.unknown_line_types.at("attachment/from_next_year") == 1);
}

TEST_CASE("what is shown again stands in the record once", "[capture]") {
    const std::string same = R"("type":"hook_additional_context","content":["be kind"],"hookName":"Stop")";
    const auto parsed = parse_text(k_work + attachment("x1", same) + attachment("x2", same));
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 4);
    CHECK(steps[2].content == "be kind");
    CHECK(steps[3].content == "[repeated: the text of step 3]");
    CHECK(metadata(parsed, "opentraces_context")["repeated"].integer() == 1);
    CHECK(metadata(parsed, "opentraces_context")["kept"]["hook_additional_context"].integer() == 2);
    CHECK(metadata(parsed, "opentraces_steps").at(3)["repeats"].integer() == 3);
    CHECK(metadata(parsed, "opentraces_steps").at(3)["hook"].string_or() == "Stop");
}

TEST_CASE("a reply's end, tier and request, and what changes around it", "[capture]") {
    const std::string fields =
        R"(,"requestId":"req-1","message":{"id":"m2","model":"claude-x","stop_reason":"end_turn","content":[],)"
        R"("usage":{"input_tokens":1,"output_tokens":50,"service_tier":"standard"}})";
    std::string moved = line("assistant", "a2", "u1", fields);
    moved.replace(moved.find("\"gitBranch\":\"main\""), 18, "\"gitBranch\":\"fix\"");
    const auto parsed =
        parse_text(k_work + "{\"type\":\"permission-mode\",\"permissionMode\":\"plan\"}\n" + moved);
    const json::Value& facts = metadata(parsed, "opentraces_steps");
    CHECK(facts.at(0)["step"].integer() == 1);
    CHECK(facts.at(0)["branch"].string_or() == "main");
    CHECK(facts.at(0)["working_directory"].string_or() == "/home/me/app");
    CHECK(facts.at(1)["request_id"].string_or() == "req-m1");
    const json::Value& last = facts.at(2);
    CHECK(last["step"].integer() == 3);
    CHECK(last["stop_reason"].string_or() == "end_turn");
    CHECK(last["service_tier"].string_or() == "standard");
    CHECK(last["request_id"].string_or() == "req-1");
    CHECK(last["branch"].string_or() == "fix");
    CHECK(last["permission_mode"].string_or() == "plan");
    CHECK(last["working_directory"].is_null());
}
