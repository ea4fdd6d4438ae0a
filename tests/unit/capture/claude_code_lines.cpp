// What is accepted, what is counted, and why a file is refused.
#include "capture/object_lines.hpp"

#include "catch.hpp"
#include "opentraces/trace/codec.hpp"
#include "unit/capture/session_lines.hpp"

namespace {

using namespace opentraces;
using namespace opentraces::testing;

std::string two_steps() {
    return user("u1", "", "please list") +
           reply("a1", "u1", "m1", call("t1", "Bash", R"({"command":"ls"})")) +
           result("u2", "a1", "t1", "a.txt");
}

std::string refusal(const std::string& text) {
    const auto parsed = parse_text(text);
    CHECK(parsed.verdict == capture::ParseVerdict::Refused);
    CHECK_FALSE(parsed.record);
    return parsed.reason;
}

TEST_CASE("refusals say why and where", "[capture]") {
    CHECK(refusal("") == "empty file");
    CHECK(refusal("\n\n") == "empty file");
    CHECK(refusal(std::string("\0\x01\x02\n", 4)) == "binary data");
    CHECK(refusal("\xff\xfe\n") == "not UTF-8");
    CHECK(refusal("hello\n").starts_with("not JSON"));
    CHECK(refusal("[1]\n") == "not a JSON object");
    CHECK(refusal("{\"half\":") == "not JSON: the only line is incomplete");
    CHECK(refusal("{\"a\":1}\n") ==
          "not a Claude Code session: no line has sessionId and type user or assistant");
    CHECK(refusal("{\"type\":\"mode\",\"sessionId\":\"s\"}\n") ==
          "no conversation: no line has type user or assistant and a message with content");
    CHECK(parse_text("\n{}\n[\n").line == 0);
    CHECK(parse_text("\n[\n").line == 2);
}

TEST_CASE("no refusal quotes the file", "[capture]") {
    CHECK(refusal("sk-secret\n").find("secret") == std::string::npos);
}

TEST_CASE("two objects on one line are both read", "[capture]") {
    std::string text = two_steps();
    text.erase(text.find('\n'), 1);
    const auto parsed = parse_text(text);
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 2);
    CHECK(parsed.report.lines == 2);
    CHECK(parsed.report.skipped.empty());
}

TEST_CASE("a last line that is still being written is not an error", "[capture]") {
    const auto parsed = parse_text(two_steps() + R"({"type":"assistant","mess)");
    REQUIRE(parsed.record);
    CHECK(parsed.report.incomplete_last_line);
    CHECK(parsed.report.skipped.empty());
}

TEST_CASE("a broken line in the middle is skipped with its number", "[capture]") {
    const auto parsed = parse_text(user("u0", "", "hi") + "{broken\n" + two_steps());
    REQUIRE(parsed.record);
    REQUIRE(parsed.report.skipped.size() == 1);
    CHECK(parsed.report.skipped[0].line == 2);
}

TEST_CASE("most lines broken: what remains is still a session", "[capture]") {
    std::string text;
    for (int at = 0; at < 50; ++at)
        text += "{broken\n";
    CHECK(parse_text(text + two_steps()).verdict == capture::ParseVerdict::Trace);
}

TEST_CASE("half a surrogate pair, as JavaScript writes it, does not lose the line", "[capture]") {
    std::string cut = user("u1", "", "emoji X cut");
    cut.replace(cut.find('X'), 1, "\\ud83d");
    const auto parsed = parse_text(cut + reply("a1", "u1", "m1", call("t1", "Bash", "{}")));
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps[0].content == "emoji \xEF\xBF\xBD cut");
    CHECK(parsed.report.skipped.empty());
}

TEST_CASE("null and other kinds where objects are usual are normal input", "[capture]") {
    const std::string odd =
        line("user", "x1", "", R"(,"message":null)") +
        line("assistant", "x2", "", R"(,"message":{"content":null,"usage":null})") +
        line("assistant", "x3", "",
             R"(,"message":{"id":"m9","content":[null,"text",{"type":7}],"usage":{"input_tokens":null}})") +
        line(
            "user", "x4", "",
            R"(,"message":{"content":[{"type":"tool_result","tool_use_id":"none","content":["a"]}]},"toolUseResult":[1])") +
        "{\"type\":[]}\n{\"type\":\"brand-new\",\"sessionId\":\"s\"}\n";
    const auto parsed = parse_text(odd + two_steps());
    REQUIRE(parsed.record);
    CHECK(parsed.report.unknown_line_types.at("brand-new") == 1);
    CHECK(parser_note(parsed, "results_without_call") == 1);
}

TEST_CASE("any number of line types is counted, a hundred of them by name", "[capture]") {
    std::string text = two_steps();
    for (int i = 0; i < 20'000; ++i)
        text += "{\"type\":\"odd-" + std::to_string(i) + "\\u001b" + std::string(200, 'x') + "\"}\n";
    const auto parsed = parse_text(text);
    REQUIRE(parsed.record);
    CHECK(parsed.report.unknown_lines() == 20'000);
    CHECK(parsed.report.unknown_line_types.size() == capture::k_most_names + 1);
    CHECK(parsed.report.unknown_line_types.at("(other types)") == 20'000 - capture::k_most_names);
    for (const auto& [name, lines] : parsed.report.unknown_line_types) {
        CHECK(name.size() <= 80);
        CHECK(name.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("fewer than two steps, or no tool call, is a session without a trace", "[capture]") {
    auto parsed = parse_text(user("u1", "", "hello"));
    CHECK(parsed.verdict == capture::ParseVerdict::Filtered);
    CHECK(parsed.reason == "fewer than 2 steps");
    parsed = parse_text(user("u1", "", "hello") + reply("a1", "u1", "m1", text_block("hi")));
    CHECK(parsed.verdict == capture::ParseVerdict::Filtered);
    CHECK(parsed.reason == "no tool calls");
    CHECK_FALSE(parsed.record);
}

TEST_CASE("recognised by its lines, wherever the first conversation line stands", "[capture]") {
    const auto recognises = [](const std::string& text) {
        InMemoryDisk disk;
        put(disk, "/x", text);
        capture::Sources sources(disk);
        return capture::find_agent("claude-code")->recognises("/x", sources);
    };
    const std::string first = "{\"type\":\"file-history-snapshot\",\"messageId\":\"m\"}\n";
    CHECK(recognises(first + two_steps()));
    CHECK(recognises(two_steps().substr(0, 400)));
    CHECK_FALSE(recognises(first));
    CHECK_FALSE(recognises(R"({"type":"session","version":3,"id":"1"})"));
}

TEST_CASE("the folder of a project", "[capture]") {
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    const auto places = capture::find_agent("claude-code")->places("/home/me/my.app_2", environment);
    REQUIRE(places.size() == 1);
    CHECK(places[0].path == "/home/me/.claude/projects/-home-me-my-app-2");
    CHECK_FALSE(places[0].shared);
}

}  // namespace

TEST_CASE("a session says the same wherever its file lies") {
    InMemoryDisk disk;
    const std::string text = two_steps();
    std::vector<std::string> lines;
    for (const std::string& folder : {std::string("/home/me/.claude/projects/-home-me-app"),
                                      std::string("/backup/copies"), std::string("/p")}) {
        const std::string path = folder + "/" + k_session + ".jsonl";
        put(disk, path, text);
        lines.push_back(trace::content_hash(*parse(disk, path).record).str());
        CHECK((*parse(disk, path).record).metadata.find("project")->string_or() == "-home-me-app");
    }
    CHECK(lines[1] == lines[0]);
    CHECK(lines[2] == lines[0]);
}
