#include "quality/rubric_1/tool_calls.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "opentraces/core/text.hpp"
#include "opentraces/trace/limits.hpp"
#include "quality/rubric_0_2/facts.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

constexpr std::size_t k_tail = 4000;  // of a test run's output
constexpr std::size_t k_truncation_tail = 300;
constexpr std::size_t k_parser_limit = 10'000;  // code points that the Claude Code parser keeps
constexpr std::size_t k_message_head = 160;

constexpr std::array<std::string_view, 9> k_editors{
    "MultiEdit",   "NotebookEdit", "apply_patch",     "str_replace_editor", "str_replace_based_edit_tool",
    "create_file", "edit_file",    "replace_in_file", "search_replace"};
constexpr std::array<std::string_view, 25> k_test_commands{
    "pytest",   "npm test", "npm run test", "yarn test",  "pnpm test", "cargo test",  "cargo nextest",
    "go test",  "ctest",    "make test",    "make check", "mvn test",  "gradle test", "gradlew test",
    "rspec",    "jest",     "vitest",       "tox",        "phpunit",   "dotnet test", "bazel test",
    "unittest", "mix test", "swift test",   "ninja test"};
constexpr std::array<std::string_view, 5> k_undo_commands{"git reset --hard", "git revert",
                                                          "git checkout -- ", "git restore ", "git stash"};
constexpr std::array<std::string_view, 6> k_truncation_marks{"[truncated",           "<truncated",
                                                             "... truncated",        "output truncated",
                                                             "characters truncated", "lines truncated"};
constexpr std::array<std::string_view, 20> k_corrections{"no,",
                                                         "no.",
                                                         "no!",
                                                         "no that",
                                                         "nope",
                                                         "wrong",
                                                         "that's wrong",
                                                         "that is wrong",
                                                         "that's not",
                                                         "that is not",
                                                         "not what i",
                                                         "undo",
                                                         "revert",
                                                         "stop",
                                                         "you broke",
                                                         "still fail",
                                                         "still broken",
                                                         "this doesn't work",
                                                         "it doesn't work",
                                                         "that doesn't work"};

template <std::size_t N>
bool holds_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::string command_of(const trace::ToolCall& call) {
    for (const std::string_view key : {"command", "cmd", "script"}) {
        const json::Value* value = call.input.find(key);
        if (value == nullptr) continue;
        if (const std::string* text = value->if_string()) return *text;
        const json::Array* words = value->if_array();
        if (words == nullptr) continue;
        std::string line;
        for (const json::Value& word : *words)
            line += (line.empty() ? "" : " ") + std::string(word.string_or());
        return line;
    }
    return {};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view without_end(std::string_view text, std::string_view end) {
    return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

// The number before a word ("3 failed", "2 tests failed"); nullopt if there is none.
std::optional<bool> is_positive_before(std::string_view text, std::size_t at) {
    std::string_view before = text.substr(0, at);
    before = without_end(before, " ");
    before = without_end(without_end(before, "tests"), "test");
    before = without_end(before, " ");
    std::size_t digits = 0;
    bool positive = false;
    while (digits < before.size() && is_digit(before[before.size() - 1 - digits])) {
        positive |= before[before.size() - 1 - digits] != '0';
        ++digits;
    }
    if (digits == 0) return std::nullopt;
    return positive;
}

bool counts_some(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
        if (is_positive_before(text, at).value_or(false)) return true;
    return false;
}

bool starts_a_line(std::string_view text, std::string_view word) {
    return text.starts_with(word) || text.find("\n" + std::string(word)) != std::string_view::npos;
}

bool is_red(std::string_view text) {
    return counts_some(text, "failed") || counts_some(text, "failing") || counts_some(text, "failure") ||
           counts_some(text, "error") || text.find("FAILED") != std::string_view::npos ||
           text.find("--- FAIL") != std::string_view::npos || starts_a_line(text, "FAIL");
}

bool is_green(std::string_view text) {
    return counts_some(text, "passed") || counts_some(text, "passing") ||
           text.find("test result: ok") != std::string_view::npos ||
           text.find("tests passed") != std::string_view::npos || starts_a_line(text, "ok  ") ||
           starts_a_line(text, "OK") || starts_a_line(text, "PASS");
}

}  // namespace

CallKind kind_of(const trace::ToolCall& call) {
    if (is_code_writing_tool(call.tool_name)) return CallKind::Edit;
    const std::string command = command_of(call);
    if (std::find(k_editors.begin(), k_editors.end(), call.tool_name) != k_editors.end())
        return command == "view" ? CallKind::Other : CallKind::Edit;
    if (command.empty()) return CallKind::Other;
    if (command.find("git commit") != std::string::npos) return CallKind::Commit;
    if (holds_one_of(command, k_undo_commands)) return CallKind::Undo;
    return holds_one_of(command, k_test_commands) ? CallKind::Test : CallKind::Other;
}

TestResult test_result_in(std::string_view output) {
    const std::string_view tail = output.size() > k_tail ? output.substr(output.size() - k_tail) : output;
    if (is_red(tail)) return TestResult::Red;
    return is_green(tail) ? TestResult::Green : TestResult::Unreadable;
}

bool says_truncated(std::string_view output) {
    if (trace::characters_cut(output)) return true;
    const std::size_t cut = output.size() > k_truncation_tail ? output.size() - k_truncation_tail : 0;
    if (holds_one_of(to_lower_ascii(output.substr(cut)), k_truncation_marks)) return true;
    return output.size() >= k_parser_limit && code_points(output) == k_parser_limit;
}

bool is_correction(std::string_view message) {
    const std::string head = to_lower_ascii(strip(message).substr(0, k_message_head));
    return std::any_of(k_corrections.begin(), k_corrections.end(),
                       [&](std::string_view words) { return head.starts_with(words); });
}

}  // namespace opentraces::quality
