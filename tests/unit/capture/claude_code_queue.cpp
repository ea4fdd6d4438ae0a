// What was typed while the agent worked, and what became of it.
#include "capture/claude_code/queue.hpp"
#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "unit/capture/session_lines.hpp"

namespace {

using namespace opentraces;
using namespace opentraces::testing;

const std::string k_ls = call("t1", "Bash", R"({"command":"ls"})");
const std::string k_work = user("u1", "", "please list") + reply("a1", "u1", "m1", k_ls);
const std::string k_end = reply("a9", "u2", "m9", text_block("done"));

std::string queue(const std::string& operation, const std::string& text = {}) {
    return R"({"type":"queue-operation","operation":")" + operation +
           R"(","timestamp":"2026-01-01T00:00:01.000Z","sessionId":")" + k_session + "\"" +
           (text.empty() ? "" : ",\"content\":" + quoted(text)) + "}\n";
}

std::string attached(const std::string& prompt, const std::string& more = {}) {
    return line("attachment", "q1", "u2",
                R"(,"attachment":{"type":"queued_command","prompt":)" + prompt + more + "}");
}

// "user: text" and "system: text" of every step that is not the agent's.
std::vector<std::string> said(const std::string& text) {
    const auto parsed = parse_text(text);
    REQUIRE(parsed.record);
    std::vector<std::string> all;
    for (const trace::Step& step : parsed.record->steps) {
        if (step.role == trace::Role::Agent) continue;
        all.push_back((step.role == trace::Role::User ? "user: " : "system: ") + *step.content);
    }
    return all;
}

using Said = std::vector<std::string>;

}  // namespace

TEST_CASE("a prompt that leaves the queue with a tool's result is a step at that place", "[capture]") {
    const std::string text = k_work + queue("enqueue", "and the tests") + queue("remove") +
                             result("u2", "a1", "t1", "a.txt") + k_end;
    CHECK(said(text) == Said{"user: please list", "user: and the tests"});
    const auto parsed = parse_text(text);
    const auto& steps = parsed.record->steps;
    CHECK(steps[2].content == "and the tests");
    CHECK(steps[2].timestamp == "2026-01-01T00:00:01.000Z");
    CHECK(steps[3].role == trace::Role::Agent);
    const json::Value& queue = *parsed.record->metadata.find("opentraces_queue");
    CHECK(queue["received"].integer() == 1);
    const json::Array& facts = *parsed.record->metadata.find("opentraces_steps")->if_array();
    CHECK(std::any_of(facts.begin(), facts.end(), [](const json::Value& one) {
        return one["step"].integer() == 3 && one["mid_turn"].bool_or(false);
    }));
}

TEST_CASE("a queue that an idle agent empties holds the ordinary prompt", "[capture]") {
    CHECK(said(queue("enqueue", "please list") + queue("dequeue") + k_work) == Said{"user: please list"});
    CHECK(said(queue("enqueue", "list") + queue("dequeue") + user("u1", "", "<context>x</context>\nlist") +
               reply("a1", "u1", "m1", k_ls)) == Said{"user: <context>x</context>\nlist"});
}

TEST_CASE("a prompt that started a turn and stands in no user line is not lost", "[capture]") {
    CHECK(said(k_work + queue("enqueue", "go on") + queue("dequeue") + k_end) ==
          Said{"user: please list", "user: go on"});
    CHECK(said(k_work + queue("enqueue", "/model") + queue("dequeue") + k_end) == Said{"user: please list"});
}

TEST_CASE("what never reached the agent is in the metadata", "[capture]") {
    const auto parsed = parse_text(k_work + queue("enqueue", "no, wait") + queue("popAll", "no, wait") +
                                   result("u2", "a1", "t1", "a.txt") + k_end + queue("enqueue", "later"));
    const json::Value& queue = *parsed.record->metadata.find("opentraces_queue");
    CHECK(queue["taken_back"].at(0).string_or() == "no, wait");
    CHECK(queue["waiting"].at(0).string_or() == "later");
    CHECK(queue["received"].is_null());
    CHECK(parsed.record->steps.size() == 3);
}

TEST_CASE("what is taken out of the queue while the agent is idle was not received", "[capture]") {
    const auto parsed = parse_text(k_work + result("u2", "a1", "t1", "a.txt") + k_end +
                                   queue("enqueue", "never mind") + queue("remove"));
    CHECK(parsed.record->steps.size() == 3);
    CHECK((*parsed.record->metadata.find("opentraces_queue"))["taken_back"].at(0).string_or() ==
          "never mind");
}

TEST_CASE("queue, attachment and user line tell one prompt once", "[capture]") {
    const Said once{"user: please list", "user: and tests"};
    const std::string done = result("u2", "a1", "t1", "a.txt");
    const std::string in = queue("enqueue", "and tests");
    CHECK(said(k_work + in + done + attached("\"and tests\"") + queue("remove") + k_end) == once);
    CHECK(said(k_work + in + queue("remove") + done + attached("\"and tests\"") + k_end) == once);
    CHECK(said(k_work + done + attached("\"and tests\"") + user("u9", "q1", "and tests") + k_end) == once);
    CHECK(said(k_work + in + done + k_end + user("u9", "a9", "and tests")) == once);
}

TEST_CASE("the same words said twice are two prompts", "[capture]") {
    CHECK(said(k_work + result("u2", "a1", "t1", "a.txt") + attached("\"go on\"") + k_end +
               user("u9", "a9", "go on")) == Said{"user: please list", "user: go on", "user: go on"});
}

TEST_CASE("every form of a queued command", "[capture]") {
    const auto one = [](const std::string& prompt, const std::string& more = {}) {
        return said(k_work + result("u2", "a1", "t1", "a.txt") + attached(prompt, more) + k_end).at(1);
    };
    CHECK(one(R"([{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJDRA=="}},)"
              R"({"type":"text","text":"like this"}])") == "user: [image: image/png, 4 bytes]\nlike this");
    CHECK(one(R"("<task-notification>done</task-notification>")") ==
          "system: <task-notification>done</task-notification>");
    CHECK(one(R"("done")", R"(,"commandMode":"task-notification")") == "system: done");
    CHECK(one(R"("see my findings")", R"(,"isMeta":true,"origin":{"kind":"peer","from":"scout"})") ==
          "user: see my findings");
    CHECK(one(R"("typed")", R"(,"origin":{"kind":"human"})") == "user: typed");
}

TEST_CASE("a background task is told once, by the program", "[capture]") {
    const std::string task = R"({"task_id":"b1","description":"Commit","task_type":"local_bash"})";
    CHECK(said(k_work + queue("enqueue", task) + result("u2", "a1", "t1", "ok") + k_end) ==
          Said{"user: please list", "system: " + task});
    const std::string notice = "<task-notification>\n<task-id>a</task-id></task-notification>";
    CHECK(said(k_work + queue("enqueue", notice) + user("u9", "a1", notice)) ==
          Said{"user: please list", "system: " + notice});
    CHECK(said(k_work + queue("enqueue", notice)) == Said{"user: please list", "system: " + notice});
}

TEST_CASE("a request that some versions queue whole is no prompt of its own", "[capture]") {
    CHECK(said(queue("enqueue", R"({"model":"claude-x","system":"be kind","tools":[]})") + k_work) ==
          Said{"user: please list"});
}

TEST_CASE("a built-in command is never the task, nor the user's turn", "[capture]") {
    const std::string clear =
        user("u0", "", "<local-command-caveat>Caveat</local-command-caveat>", R"(,"isMeta":true)") +
        user("u0a", "u0",
             "<command-name>/clear</command-name>\n<command-message>clear</command-message>\n"
             "<command-args></command-args>") +
        user("u0b", "u0a", "<local-command-stdout></local-command-stdout>");
    auto parsed = parse_text(clear + k_work);
    CHECK(parsed.record->task.description == "please list");
    CHECK(parsed.record->steps[1].role == trace::Role::System);
    // Another order of the tags: the text that it stands for makes a request of it.
    const std::string review =
        "<command-name>/review</command-name>\n<command-message>review</command-message>\n"
        "<command-args>src</command-args>";
    parsed = parse_text(clear + user("u1", "u0b", review) +
                        user("u2", "u1", "Review what changed in src.", R"(,"isMeta":true)") +
                        reply("a1", "u2", "m1", k_ls));
    CHECK(parsed.record->task.description == "/review src");
    CHECK(parsed.record->task.source == "slash_command");
    CHECK(parsed.record->steps[3].role == trace::Role::User);
    parsed = parse_text(clear + reply("a1", "u0b", "m1", k_ls));
    CHECK_FALSE(parsed.record->task.description);
}

namespace {

json::Value queue_line(const std::string& operation, const std::string& text = {}) {
    return json::parse(queue(operation, text));
}

// What is looked at when prompts are queued, attached and told in ways that no agent has.
std::size_t looked_at(int prompts) {
    capture::claude_code::Conversation conversation;
    capture::claude_code::PromptQueue prompt_queue(conversation);
    const auto say = [&conversation](const std::string& text) {
        auto& draft = conversation.drafts.emplace_back();
        draft.step.content = text;
        draft.kind = capture::claude_code::PromptKind::Human;
    };
    conversation.drafts.emplace_back().reply = "m1";
    conversation.drafts.back().step.tool_calls.emplace_back();
    for (int at = 0; at < prompts; ++at)
        prompt_queue.take(queue_line("enqueue", "text " + std::to_string(at)));
    for (int at = 0; at < prompts; ++at)
        prompt_queue.take(queue_line(at % 3 == 0 ? "dequeue" : "remove"));
    for (int at = 0; at < prompts; ++at) {
        say("other " + std::to_string(at));
        prompt_queue.attached("other " + std::to_string(at));
    }
    for (int at = 0; at < prompts; ++at) {
        say("none of them " + std::to_string(at));
        prompt_queue.said("none of them " + std::to_string(at));
        if (at % 100 == 0) conversation.drafts.emplace_back().reply = "m" + std::to_string(at + 2);
    }
    capture::claude_code::LeftInQueue left;
    prompt_queue.finish(left);
    return prompt_queue.looked_at();
}

}  // namespace

TEST_CASE("turns that were started and never told do not make every text be searched", "[capture]") {
    std::string started;
    for (int at = 0; at < 150; ++at)
        started += queue("enqueue", "prompt " + std::to_string(at) + ".") + queue("dequeue");
    const auto told_inside = [&](const std::string& prompt) {
        const Said all = said(started + user("u1", "", "<context>x</context>\n" + prompt) +
                              reply("a1", "u1", "m1", k_ls) + result("u2", "a1", "t1", "a.txt") + k_end);
        return std::count(all.begin(), all.end(), "user: " + prompt) == 0;
    };
    CHECK(told_inside("prompt 99."));
    CHECK_FALSE(told_inside("prompt 100."));
}

TEST_CASE("the queue's work grows with the log, whatever the log holds", "[capture]") {
    const std::size_t few = looked_at(1'000);
    const std::size_t many = looked_at(20'000);
    CHECK(few > 1'000);
    CHECK(many < 25 * few);
}
