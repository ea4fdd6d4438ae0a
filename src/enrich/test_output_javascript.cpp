// Runners of JavaScript.
#include <string>

#include "enrich/test_counts.hpp"
#include "enrich/test_output_readers.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {

bool read_bun(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        seen |= line.starts_with("bun test v");
        const std::string_view words = trim(line);
        if (line.starts_with(' ') && words.ends_with(" pass")) result.passed = count_before(words, " pass");
        if (line.starts_with(' ') && words.ends_with(" fail")) result.failed = count_before(words, " fail");
        seen |= line.starts_with("Ran ") && line.find(" tests across ") != std::string_view::npos;
    });
    if (!seen) result.passed = result.failed = std::nullopt;
    return seen;
}

// "Tests:       1 failed, 5 passed, 6 total"
bool read_jest(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    each_line(output, [&](std::string_view line) {
        if (!line.starts_with("Tests:") || !line.ends_with(" total")) return;
        seen = true;
        result.passed = count_before(line, " passed").value_or(0);
        result.failed = count_before(line, " failed").value_or(0);
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
        result.passed = count_before(words, " passed").value_or(0);
        result.failed = count_before(words, " failed").value_or(0);
    });
    return seen;
}

// "  5 passed (3.2s)" and "  1 failed" on lines of their own
bool read_playwright(std::string_view output, bool, TestResult& result) {
    bool seen = false;
    TestCount failed;
    each_line(output, [&](std::string_view line) {
        const std::string_view words = trim(line);
        if (!line.starts_with("  ")) return;
        if (count_before(words, " failed") && words.ends_with(" failed"))
            failed = count_before(words, " failed");
        if (words.find(" passed (") == std::string_view::npos || !words.ends_with(")") ||
            !count_before(words, " passed ("))
            return;
        seen = true;
        result.passed = count_before(words, " passed (");
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
        if (words.find(" passing (") != std::string_view::npos && count_before(words, " passing (")) {
            seen = true;
            result.passed = count_before(words, " passing (");
            if (!result.failed) result.failed = 0;
        } else if (words.ends_with(" failing") && count_before(words, " failing")) {
            seen = true;
            result.failed = count_before(words, " failing");
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
            if (line.starts_with(pass)) result.passed = count_after(line, pass);
            if (line.starts_with(fail)) result.failed = count_after(line, fail);
        });
        seen |= result.passed.has_value() && result.failed.has_value();
    }
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
        result.passed = count_before(line, " passed").value_or(0);
        result.failed = count_before(line, " failed").value_or(0);
    });
    return seen;
}

}  // namespace opentraces::enrich
