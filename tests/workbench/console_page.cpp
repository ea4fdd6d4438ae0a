#include "workbench/console_page.hpp"

#include <sstream>
#include <string_view>

#include "catch.hpp"

namespace opentraces::testing {
namespace {

constexpr std::string_view k_any = "…";
constexpr std::string_view k_exit = "# exit ";
constexpr std::string_view k_run = "<!-- run: ";
constexpr std::string_view k_run_end = " -->";
// Not in any output.
constexpr char k_step = '\x1e';
constexpr char k_status = '\x1f';

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

ConsoleStep step_of(int line, std::string command, bool shown) {
    ConsoleStep step;
    step.line = line;
    step.shown = shown;
    if (const std::size_t at = command.find(k_exit); at != command.npos)
        step.exit = std::stoi(command.substr(at + k_exit.size()));
    step.command = std::move(command);
    return step;
}

bool line_says(std::string_view line, std::string_view expected) {
    const std::size_t any = expected.find(k_any);
    if (any == expected.npos) return line == expected;
    if (!line.starts_with(expected.substr(0, any))) return false;
    const std::string_view rest = expected.substr(any + k_any.size());
    for (std::size_t from = any; from <= line.size(); ++from) {
        if (line_says(line.substr(from), rest)) return true;
    }
    return false;
}

bool lines_say(const std::vector<std::string>& lines, std::size_t line,
               const std::vector<std::string>& expected, std::size_t at) {
    if (at == expected.size()) return line == lines.size();
    if (expected[at] == k_any) {
        for (std::size_t next = line; next <= lines.size(); ++next) {
            if (lines_say(lines, next, expected, at + 1)) return true;
        }
        return false;
    }
    return line < lines.size() && line_says(lines[line], expected[at]) &&
           lines_say(lines, line + 1, expected, at + 1);
}

std::string script_of(const std::vector<ConsoleStep>& steps) {
    std::string script;
    for (const ConsoleStep& step : steps)
        script += "printf '\\036'\n" + step.command + "\nprintf '\\037%s' $?\n";
    return script;
}

void check_step(const ConsoleStep& step, const std::string& answer, bool compare) {
    const std::size_t status = answer.rfind(k_status);
    const std::string text = answer.substr(0, status);
    std::string expected;
    for (const std::string& line : step.expected)
        expected += line + "\n";
    INFO("line " << step.line << ": " << step.command << "\nanswers:\n"
                 << text << "\nexpected:\n"
                 << expected);
    REQUIRE(status != answer.npos);
    CHECK(std::stoi(answer.substr(status + 1)) == step.exit);
    if (compare && step.shown) CHECK(says(text, step.expected));
}

}  // namespace

std::vector<ConsoleStep> console_steps(const std::string& page) {
    std::vector<ConsoleStep> steps;
    bool console = false;
    int number = 0;
    for (const std::string& line : lines_of(page)) {
        ++number;
        if (line.starts_with("```"))
            console = line == "```console";
        else if (line.starts_with(k_run) && line.ends_with(k_run_end))
            steps.push_back(step_of(
                number, line.substr(k_run.size(), line.size() - k_run.size() - k_run_end.size()), false));
        else if (console && line.starts_with("$ "))
            steps.push_back(step_of(number, line.substr(2), true));
        else if (console && !steps.empty())
            steps.back().expected.push_back(line);
    }
    return steps;
}

bool says(const std::string& text, const std::vector<std::string>& expected) {
    return lines_say(lines_of(text), 0, expected, 0);
}

void run_console(Workbench& bench, const std::string& page, bool compare) {
    const std::vector<ConsoleStep> steps = console_steps(page);
    REQUIRE_FALSE(steps.empty());
    const std::string said = bench.shell(script_of(steps)).out;
    std::size_t from = said.find(k_step);
    for (const ConsoleStep& step : steps) {
        INFO("line " << step.line << ": " << step.command);
        REQUIRE(from != said.npos);
        const std::size_t next = said.find(k_step, from + 1);
        check_step(step, said.substr(from + 1, next == said.npos ? next : next - from - 1), compare);
        from = next;
    }
}

}  // namespace opentraces::testing
