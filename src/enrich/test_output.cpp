#include "enrich/test_output.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "enrich/shell_runs.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

using Count = std::optional<std::int64_t>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "12" of "Tests: 12 passed": the number that stands before the words.
Count before(std::string_view line, std::string_view words) {
    for (std::size_t at = line.find(words); at != std::string_view::npos; at = line.find(words, at + 1)) {
        std::size_t begin = at;
        while (begin > 0 && is_digit(line[begin - 1]))
            --begin;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(line.data() + begin, line.data() + at, number);
        if (error == std::errc() && end == line.data() + at) return number;
    }
    return std::nullopt;
}

// "12" of "Failures: 12,".
Count after(std::string_view line, std::string_view words) {
    const std::size_t at = line.find(words);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = trim(line.substr(at + words.size()));
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return error == std::errc() ? Count(number) : std::nullopt;
}

void add(Count& sum, Count more) {
    if (more) sum = sum.value_or(0) + *more;
}

// The runner's own verdict follows from the counts when nothing else says it.
void conclude(TestResult& result) {
    if (!result.passed_all && (result.passed || result.failed))
        result.passed_all = result.failed.value_or(0) == 0;
}

using Reader = bool (*)(std::string_view output, bool cut, TestResult& result);

bool read_go(std::string_view output, bool cut, TestResult& result) {
    bool seen = false;
    std::int64_t passed = 0;
    std::int64_t failed = 0;
    bool any_failed = false;
    bool any_passed = false;
    each_line(output, [&](std::string_view line) {
        if (line.starts_with("--- PASS: ")) ++passed;
        if (line.starts_with("--- FAIL: ")) ++failed;
        const bool fails = line.starts_with("FAIL\t") || line == "FAIL" || line.starts_with("--- FAIL: ");
        const bool passes = line.starts_with("ok  \t") || line == "PASS" || line.starts_with("--- PASS: ");
        seen |= fails || passes || line.starts_with("=== RUN ") ||
                (line.starts_with("?   \t") && line.ends_with("[no test files]"));
        any_failed |= fails;
        any_passed |= passes;
    });
    if (!seen) return false;
    if (any_failed || any_passed) result.passed_all = !any_failed;
    if (cut) return true;
    if (passed > 0) result.passed = passed;
    if (failed > 0 || passed > 0) result.failed = failed;
    return true;
}

bool read_bun(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        seen |= line.starts_with("bun test v");
        const std::string_view words = trim(line);
        if (line.starts_with(' ') && words.ends_with(" pass")) result.passed = before(words, " pass");
        if (line.starts_with(' ') && words.ends_with(" fail")) result.failed = before(words, " fail");
        seen |= line.starts_with("Ran ") && line.find(" tests across ") != std::string_view::npos;
    });
    if (!seen) result.passed = result.failed = std::nullopt;
    return seen;
}

// "5 doctests, 306 tests, 0 failures (2 excluded)"
bool read_mix(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        seen |= line.starts_with("Running ExUnit with seed:") || line.starts_with("** (Mix)") ||
                line.starts_with("== Compilation error");
        if (line.starts_with("** (Mix)") || line.starts_with("== Compilation error"))
            result.passed_all = false;
        const Count failures = line.find(" failures") != std::string_view::npos ? before(line, " failures")
                                                                                : before(line, " failure");
        Count tests = before(line, " tests, ");
        if (!tests) tests = before(line, " test, ");
        if (!failures || !tests || !is_digit(line.empty() ? ' ' : line[0])) return;
        seen = true;
        add(tests, before(line, " doctests, "));
        add(tests, before(line, " doctest, "));
        add(tests, before(line, " properties, "));
        result.failed = *failures + before(line, " invalid").value_or(0);
        result.passed =
            std::max<std::int64_t>(*tests - *result.failed - before(line, " excluded").value_or(0) -
                                       before(line, " skipped").value_or(0),
                                   0);
        result.passed_all.reset();
    });
    return seen;
}

// "==== 5 passed, 1 failed, 2 skipped in 1.2s ====", "5 passed in 0.1s" with -q
bool read_pytest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        seen |= line.starts_with("=") && line.find(" test session starts ") != std::string_view::npos;
        const bool summary = (line.starts_with("=") || (!line.empty() && is_digit(line[0]))) &&
                             line.find(" in ") != std::string_view::npos &&
                             line.find('s', line.rfind(" in ")) != std::string_view::npos;
        const Count passed = before(line, " passed");
        Count failed = before(line, " failed");
        Count errors = before(line, " errors");
        if (!errors) errors = before(line, " error");
        if (!summary ||
            (!passed && !failed && !errors && line.find("no tests ran") == std::string_view::npos))
            return;
        seen = true;
        if (errors) add(failed, errors);
        result.passed = passed.value_or(0);
        result.failed = failed.value_or(0);
    });
    return seen;
}

// "Ran 5 tests in 0.1s", then "OK" or "FAILED (failures=1, errors=1)"
bool read_unittest(std::string_view output, bool, TestResult& result) {
    Count ran;
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        if (line.starts_with("Ran ") && line.find(" in ") != std::string_view::npos &&
            !line.ends_with("files."))
            ran = after(line, "Ran ");
        if (!ran) return;
        const bool ok = line == "OK" || line.starts_with("OK (");
        if (!ok && !line.starts_with("FAILED (")) return;
        seen = true;
        result.failed = after(line, "failures=").value_or(0) + after(line, "errors=").value_or(0);
        result.passed =
            std::max<std::int64_t>(*ran - *result.failed - after(line, "skipped=").value_or(0), 0);
        result.passed_all = ok;
    });
    return seen;
}

// "Tests:       1 failed, 5 passed, 6 total"
bool read_jest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        if (!line.starts_with("Tests:") || !line.ends_with(" total")) return;
        seen = true;
        result.passed = before(line, " passed").value_or(0);
        result.failed = before(line, " failed").value_or(0);
    });
    return seen;
}

// "      Tests  1 failed | 5 passed (6)"
bool read_vitest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const std::string_view words = trim(line);
        if (words.starts_with("Test Files ")) seen = true;
        if (!words.starts_with("Tests ") || !words.ends_with(")")) return;
        seen = true;
        result.passed = before(words, " passed").value_or(0);
        result.failed = before(words, " failed").value_or(0);
    });
    return seen;
}

// "  5 passed (3.2s)" and "  1 failed" on lines of their own
bool read_playwright(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    Count failed;
    each_line(output, [&](std::string_view line) {
        const std::string_view words = trim(line);
        if (!line.starts_with("  ")) return;
        if (before(words, " failed") && words.ends_with(" failed")) failed = before(words, " failed");
        if (words.find(" passed (") == std::string_view::npos || !words.ends_with(")") ||
            !before(words, " passed ("))
            return;
        seen = true;
        result.passed = before(words, " passed (");
    });
    if (seen) result.failed = failed.value_or(0);
    return seen;
}

// "  5 passing (20ms)", "  1 failing"
bool read_mocha(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const std::string_view words = trim(line);
        if (!line.starts_with("  ")) return;
        if (words.find(" passing (") != std::string_view::npos && before(words, " passing (")) {
            seen = true;
            result.passed = before(words, " passing (");
            if (!result.failed) result.failed = 0;
        } else if (words.ends_with(" failing") && before(words, " failing")) {
            seen = true;
            result.failed = before(words, " failing");
        }
    });
    return seen;
}

// "# pass 5", "# fail 0"; of node's own runner
bool read_node(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    for (const std::string_view mark : {"# ", "ℹ "}) {
        const std::string pass = std::string(mark) + "pass ";
        const std::string fail = std::string(mark) + "fail ";
        each_line(output, [&](std::string_view line) {
            if (line.starts_with(pass)) result.passed = after(line, pass);
            if (line.starts_with(fail)) result.failed = after(line, fail);
        });
        seen |= result.passed.has_value() && result.failed.has_value();
    }
    return seen;
}

// "test result: ok. 5 passed; 0 failed; 0 ignored", once for each binary
bool read_cargo(std::string_view output, bool cut, TestResult& result) {
    bool seen = false;
    bool failed = false;
    TestResult sum;
    each_line(output, [&](std::string_view line) {
        failed |= line.starts_with("error: test failed") || line.starts_with("error: could not compile");
        if (line.starts_with("test result: ")) {
            seen = true;
            failed |= line.starts_with("test result: FAILED");
            add(sum.passed, before(line, " passed"));
            add(sum.failed, before(line, " failed"));
        }
    });
    if (!seen && !failed) return false;
    result.passed_all = !failed;
    if (cut) return true;
    result.passed = sum.passed;
    result.failed = sum.failed;
    return true;
}

// "     Summary [   0.1s] 5 tests run: 4 passed, 1 failed, 0 skipped"
bool read_nextest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        if (!trim(line).starts_with("Summary [") || line.find(" run: ") == std::string_view::npos) return;
        seen = true;
        result.passed = before(line, " passed").value_or(0);
        result.failed = before(line, " failed").value_or(0) + before(line, " timed out").value_or(0);
    });
    return seen;
}

// "100% tests passed, 0 tests failed out of 12"
bool read_ctest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const Count failed = before(line, " tests failed out of ");
        const Count all = after(line, " tests failed out of ");
        if (!failed || !all || line.find("% tests passed, ") == std::string_view::npos) return;
        seen = true;
        result.failed = failed;
        result.passed = *all - *failed;
    });
    return seen;
}

// "[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0": the line without a time is the sum
bool read_maven(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const Count ran = after(line, "Tests run: ");
        if (!ran || line.find("Failures: ") == std::string_view::npos) return;
        seen = true;
        if (line.find("Time elapsed") != std::string_view::npos) return;
        result.failed = after(line, "Failures: ").value_or(0) + after(line, "Errors: ").value_or(0);
        result.passed =
            std::max<std::int64_t>(*ran - *result.failed - after(line, "Skipped: ").value_or(0), 0);
    });
    return seen;
}

// "5 tests completed, 1 failed"; a build that succeeds does not say how many ran
bool read_gradle(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const Count completed = before(line, " tests completed, ");
        if (completed) {
            seen = true;
            result.failed = before(line, " failed").value_or(0);
            result.passed = *completed - *result.failed - before(line, " skipped").value_or(0);
        }
        const bool built = line.starts_with("BUILD SUCCESSFUL");
        if (built || line.starts_with("BUILD FAILED")) {
            seen = true;
            result.passed_all = built;
        }
    });
    return seen;
}

// "Passed!  - Failed:     0, Passed:     5, Skipped:     0, Total:     5": once for each project
bool read_dotnet(std::string_view output, bool cut, TestResult& result) {
    bool seen = false;
    TestResult sum;
    each_line(output, [&](std::string_view line) {
        if (line.find("Passed:") == std::string_view::npos || line.find("Total:") == std::string_view::npos)
            return;
        seen = true;
        add(sum.passed, after(line, "Passed:"));
        add(sum.failed, after(line, "Failed:"));
    });
    if (!seen) return false;
    result.passed_all = sum.failed.value_or(0) == 0;
    if (cut) return true;
    result.passed = sum.passed;
    result.failed = sum.failed;
    return true;
}

// "12 examples, 1 failure, 2 pending"
bool read_rspec(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        Count examples = before(line, " examples, ");
        if (!examples) examples = before(line, " example, ");
        const Count failures = before(line, " failure");
        if (!examples || !failures) return;
        seen = true;
        result.failed = failures;
        result.passed =
            std::max<std::int64_t>(*examples - *failures - before(line, " pending").value_or(0), 0);
    });
    return seen;
}

// "10 runs, 20 assertions, 0 failures, 0 errors, 0 skips"
bool read_minitest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        Count ran = before(line, " runs, ");
        if (!ran) ran = before(line, " tests, ");
        const Count failures = before(line, " failures, ");
        if (!ran || !failures || line.find(" assertions, ") == std::string_view::npos) return;
        seen = true;
        result.failed = *failures + before(line, " errors").value_or(0);
        result.passed = std::max<std::int64_t>(*ran - *result.failed - before(line, " skips").value_or(0), 0);
    });
    return seen;
}

// "OK (5 tests, 10 assertions)", "Tests: 5, Assertions: 10, Failures: 1."; Pest: "Tests:    1 failed, 5
// passed"
bool read_phpunit(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const std::string_view words = trim(line);
        Count ran = before(words, " tests, ");
        if (!ran) ran = before(words, " test, ");
        if (words.starts_with("OK (") && ran) {
            seen = true;
            result.passed = ran;
            result.failed = 0;
        } else if (words.starts_with("Tests: ") && words.find("Assertions: ") != std::string_view::npos) {
            seen = true;
            result.failed = after(words, "Failures: ").value_or(0) + after(words, "Errors: ").value_or(0);
            const std::int64_t left =
                after(words, "Skipped: ").value_or(0) + after(words, "Incomplete: ").value_or(0);
            result.passed =
                std::max<std::int64_t>(after(words, "Tests: ").value_or(0) - *result.failed - left, 0);
        } else if (words.starts_with("Tests: ") && words.ends_with(" assertions)")) {
            seen = true;
            result.passed = before(words, " passed").value_or(0);
            result.failed = before(words, " failed").value_or(0);
        }
    });
    return seen;
}

// "ok | 5 passed | 0 failed (20ms)"
bool read_deno(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        if (line.find(" passed ") == std::string_view::npos || line.find(" | ") == std::string_view::npos)
            return;
        if (!line.starts_with("ok | ") && !line.starts_with("FAILED | ")) return;
        seen = true;
        result.passed = before(line, " passed").value_or(0);
        result.failed = before(line, " failed").value_or(0);
    });
    return seen;
}

// "Executed 5 tests, with 0 failures": the last line is that of all
bool read_swift(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const Count ran = after(line, "Executed ");
        if (!ran || line.find(" failure") == std::string_view::npos) return;
        seen = true;
        result.failed = before(line, " failure").value_or(0);
        result.passed = std::max<std::int64_t>(*ran - *result.failed, 0);
    });
    return seen;
}

// "00:03 +5 -1: Some tests failed."
bool read_dart(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const bool passed = line.ends_with(": All tests passed!");
        if (!passed && !line.ends_with(": Some tests failed.")) return;
        seen = true;
        result.passed = after(line, " +");
        result.failed = after(line, " -").value_or(0);
        result.passed_all = passed;
    });
    return seen;
}

struct Row {
    std::string_view runner;
    Reader read;
};

// Those whose lines cannot be another's come first.
constexpr std::array<Row, 23> k_readers = {{
    {"bun", read_bun},           {"go", read_go},        {"nextest", read_nextest},
    {"cargo", read_cargo},       {"jest", read_jest},    {"vitest", read_vitest},
    {"pytest", read_pytest},     {"mix", read_mix},      {"minitest", read_minitest},
    {"unittest", read_unittest}, {"ctest", read_ctest},  {"maven", read_maven},
    {"dotnet", read_dotnet},     {"rspec", read_rspec},  {"phpunit", read_phpunit},
    {"deno", read_deno},         {"swift", read_swift},  {"dart", read_dart},
    {"node", read_node},         {"mocha", read_mocha},  {"playwright", read_playwright},
    {"gradle", read_gradle},     {"pest", read_phpunit},
}};

}  // namespace

std::optional<TestResult> test_result_in(std::string_view output, std::string_view runner, bool cut) {
    for (const Row& row : k_readers) {
        if (!runner.empty() && row.runner != runner) continue;
        TestResult result;
        result.runner = row.runner;
        if (!row.read(output, cut, result)) continue;
        conclude(result);
        return result;
    }
    return std::nullopt;
}

}  // namespace opentraces::enrich
