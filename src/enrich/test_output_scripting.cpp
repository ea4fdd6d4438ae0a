// Runners of Python, Ruby, PHP and Elixir.
#include <algorithm>

#include "enrich/test_counts.hpp"
#include "enrich/test_output_readers.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {

// "==== 5 passed, 1 failed, 2 skipped in 1.2s ====", "5 passed in 0.1s" with -q
bool read_pytest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        seen |= line.starts_with("=") && line.find(" test session starts ") != std::string_view::npos;
        const bool summary = (line.starts_with("=") || (!line.empty() && is_digit(line[0]))) &&
                             line.find(" in ") != std::string_view::npos &&
                             line.find('s', line.rfind(" in ")) != std::string_view::npos;
        const TestCount passed = count_before(line, " passed");
        TestCount failed = count_before(line, " failed");
        TestCount errors = count_before(line, " errors");
        if (!errors) errors = count_before(line, " error");
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
    TestCount ran;
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        if (line.starts_with("Ran ") && line.find(" in ") != std::string_view::npos &&
            !line.ends_with("files."))
            ran = count_after(line, "Ran ");
        if (!ran) return;
        const bool ok = line == "OK" || line.starts_with("OK (");
        if (!ok && !line.starts_with("FAILED (")) return;
        seen = true;
        result.failed = count_after(line, "failures=").value_or(0) + count_after(line, "errors=").value_or(0);
        result.passed =
            std::max<std::int64_t>(*ran - *result.failed - count_after(line, "skipped=").value_or(0), 0);
        result.passed_all = ok;
    });
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
        const TestCount failures = line.find(" failures") != std::string_view::npos
                                       ? count_before(line, " failures")
                                       : count_before(line, " failure");
        TestCount tests = count_before(line, " tests, ");
        if (!tests) tests = count_before(line, " test, ");
        if (!failures || !tests || !is_digit(line.empty() ? ' ' : line[0])) return;
        seen = true;
        add(tests, count_before(line, " doctests, "));
        add(tests, count_before(line, " doctest, "));
        add(tests, count_before(line, " properties, "));
        result.failed = *failures + count_before(line, " invalid").value_or(0);
        result.passed =
            std::max<std::int64_t>(*tests - *result.failed - count_before(line, " excluded").value_or(0) -
                                       count_before(line, " skipped").value_or(0),
                                   0);
        result.passed_all.reset();
    });
    return seen;
}

// "12 examples, 1 failure, 2 pending"
bool read_rspec(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        TestCount examples = count_before(line, " examples, ");
        if (!examples) examples = count_before(line, " example, ");
        const TestCount failures = count_before(line, " failure");
        if (!examples || !failures) return;
        seen = true;
        result.failed = failures;
        result.passed =
            std::max<std::int64_t>(*examples - *failures - count_before(line, " pending").value_or(0), 0);
    });
    return seen;
}

// "10 runs, 20 assertions, 0 failures, 0 errors, 0 skips"
bool read_minitest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        TestCount ran = count_before(line, " runs, ");
        if (!ran) ran = count_before(line, " tests, ");
        const TestCount failures = count_before(line, " failures, ");
        if (!ran || !failures || line.find(" assertions, ") == std::string_view::npos) return;
        seen = true;
        result.failed = *failures + count_before(line, " errors").value_or(0);
        result.passed =
            std::max<std::int64_t>(*ran - *result.failed - count_before(line, " skips").value_or(0), 0);
    });
    return seen;
}

// "OK (5 tests, 10 assertions)", "Tests: 5, Assertions: 10, Failures: 1."; Pest: "Tests:    1 failed, 5
// passed"
bool read_phpunit(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const std::string_view words = trim(line);
        TestCount ran = count_before(words, " tests, ");
        if (!ran) ran = count_before(words, " test, ");
        if (words.starts_with("OK (") && ran) {
            seen = true;
            result.passed = ran;
            result.failed = 0;
        } else if (words.starts_with("Tests: ") && words.find("Assertions: ") != std::string_view::npos) {
            seen = true;
            result.failed =
                count_after(words, "Failures: ").value_or(0) + count_after(words, "Errors: ").value_or(0);
            const std::int64_t left =
                count_after(words, "Skipped: ").value_or(0) + count_after(words, "Incomplete: ").value_or(0);
            result.passed =
                std::max<std::int64_t>(count_after(words, "Tests: ").value_or(0) - *result.failed - left, 0);
        } else if (words.starts_with("Tests: ") && words.ends_with(" assertions)")) {
            seen = true;
            result.passed = count_before(words, " passed").value_or(0);
            result.failed = count_before(words, " failed").value_or(0);
        }
    });
    return seen;
}

}  // namespace opentraces::enrich
