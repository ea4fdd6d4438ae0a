// A small session of another agent than the first.
#pragma once

#include <string>

namespace opentraces::testing {

// Lines of a Codex rollout that began in `directory`: a question, a call and what it gave, an answer.
inline std::string rollout_in(const std::string& directory) {
    const auto line = [](const std::string& type, const std::string& payload) {
        return R"({"timestamp":"2026-02-01T10:00:00.000Z","type":")" + type + R"(","payload":)" + payload +
               "}\n";
    };
    const auto message = [&](const std::string& role, const std::string& kind, const std::string& text) {
        return line("response_item", R"({"type":"message","role":")" + role + R"(","content":[{"type":")" +
                                         kind + R"(","text":")" + text + R"("}]})");
    };
    return line("session_meta", R"({"id":"019f0000-0000-7000-8000-000000000001","timestamp":)"
                                R"("2026-02-01T10:00:00.000Z","cwd":")" +
                                    directory + R"(","originator":"codex_cli_rs","cli_version":"0.60.0"})") +
           message("user", "input_text", "List the files") +
           line(
               "response_item",
               R"({"type":"function_call","name":"shell","arguments":"{\"command\":[\"ls\"]}","call_id":"c1"})") +
           line("response_item", R"({"type":"function_call_output","call_id":"c1","output":"main.cpp"})") +
           message("assistant", "output_text", "There is one file.");
}

}  // namespace opentraces::testing
