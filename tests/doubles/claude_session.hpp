// A session file of Claude Code with a prompt, an answer and a tool call, as long as a test wants it.
#pragma once

#include <string>

#include "opentraces/json/writer.hpp"

namespace opentraces::testing {

struct SessionWords {
    std::string id;  // UUID
    std::string prompt = "Fix the parser";
    std::string answer = "I look at it.";
    std::string tool = "Bash";
    std::string command = "git status";
    std::string output = "nothing to commit";
    int rounds = 1;  // calls with an answer each
    int minute = 0;  // of the hour in which it happened
};

inline std::string claude_session(const SessionWords& words) {
    const auto quoted = [](const std::string& text) { return json::to_compact(json::Value(text)); };
    int second = 0;
    const auto line = [&](const std::string& type, const std::string& content, int number) {
        const std::string pad = words.minute < 10 ? "0" : "";
        const std::string seconds = (second % 60 < 10 ? "0" : "") + std::to_string(second % 60);
        const std::string at =
            "2026-02-01T10:" + pad + std::to_string(words.minute) + ":" + seconds + ".000Z";
        ++second;
        const std::string uuid = words.id + "-" + std::to_string(number);
        const std::string parent = number == 0 ? "null" : quoted(words.id + "-" + std::to_string(number - 1));
        return R"({"parentUuid":)" + parent +
               R"(,"isSidechain":false,"userType":"external","cwd":"/work/demo",)" + R"("sessionId":")" +
               words.id + R"(","version":"2.0.14","gitBranch":"main","type":")" + type + R"(","message":)" +
               content + R"(,"uuid":")" + uuid + R"(","timestamp":")" + at + "\"}\n";
    };
    std::string text = line("user", R"({"role":"user","content":)" + quoted(words.prompt) + "}", 0);
    for (int round = 0; round < words.rounds; ++round) {
        const std::string call = "toolu_" + std::to_string(round);
        const std::string message =
            R"({"id":"msg_)" + std::to_string(round) +
            R"(","type":"message","role":"assistant","model":"claude-sonnet-4-20250514","content":[)" +
            R"({"type":"text","text":)" + quoted(words.answer) + R"(},{"type":"tool_use","id":")" + call +
            R"(","name":)" + quoted(words.tool) + R"(,"input":{"command":)" + quoted(words.command) +
            R"(}}],"usage":{"input_tokens":10,"output_tokens":20}})";
        text += line("assistant", message, 2 * round + 1);
        text += line("user",
                     R"({"role":"user","content":[{"type":"tool_result","tool_use_id":")" + call +
                         R"(","content":)" + quoted(words.output) + "}]}",
                     2 * round + 2);
    }
    return text;
}

}  // namespace opentraces::testing
