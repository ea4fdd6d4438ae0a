// Runners of compiled languages.
#include <algorithm>

#include "enrich/test_counts.hpp"
#include "enrich/test_output_readers.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {

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
            add(sum.passed, count_before(line, " passed"));
            add(sum.failed, count_before(line, " failed"));
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
        result.passed = count_before(line, " passed").value_or(0);
        result.failed =
            count_before(line, " failed").value_or(0) + count_before(line, " timed out").value_or(0);
    });
    return seen;
}

// "100% tests passed, 0 tests failed out of 12"
bool read_ctest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const TestCount failed = count_before(line, " tests failed out of ");
        const TestCount all = count_after(line, " tests failed out of ");
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
        const TestCount ran = count_after(line, "Tests run: ");
        if (!ran || line.find("Failures: ") == std::string_view::npos) return;
        seen = true;
        if (line.find("Time elapsed") != std::string_view::npos) return;
        result.failed =
            count_after(line, "Failures: ").value_or(0) + count_after(line, "Errors: ").value_or(0);
        result.passed =
            std::max<std::int64_t>(*ran - *result.failed - count_after(line, "Skipped: ").value_or(0), 0);
    });
    return seen;
}

// "5 tests completed, 1 failed"; a build that succeeds does not say how many ran
bool read_gradle(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const TestCount completed = count_before(line, " tests completed, ");
        if (completed) {
            seen = true;
            result.failed = count_before(line, " failed").value_or(0);
            result.passed = *completed - *result.failed - count_before(line, " skipped").value_or(0);
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
        add(sum.passed, count_after(line, "Passed:"));
        add(sum.failed, count_after(line, "Failed:"));
    });
    if (!seen) return false;
    result.passed_all = sum.failed.value_or(0) == 0;
    if (cut) return true;
    result.passed = sum.passed;
    result.failed = sum.failed;
    return true;
}

// "Executed 5 tests, with 0 failures": the last line is that of all
bool read_swift(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        const TestCount ran = count_after(line, "Executed ");
        if (!ran || line.find(" failure") == std::string_view::npos) return;
        seen = true;
        result.failed = count_before(line, " failure").value_or(0);
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
        result.passed = count_after(line, " +");
        result.failed = count_after(line, " -").value_or(0);
        result.passed_all = passed;
    });
    return seen;
}

}  // namespace opentraces::enrich
