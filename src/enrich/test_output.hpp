// What test runners print: how a run ended, and how many tests passed and failed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace opentraces::enrich {

struct TestResult {
    std::string_view runner;         // "go", "pytest"
    std::optional<bool> passed_all;  // nullopt: the output does not say
    std::optional<std::int64_t> passed;
    std::optional<std::int64_t> failed;
};

// Of the runner, or of any when it is empty; nullopt when the output is not that of a run. `cut` says that
// lines may be missing: then nothing is counted that stands on many lines.
std::optional<TestResult> test_result_in(std::string_view output, std::string_view runner, bool cut);

}  // namespace opentraces::enrich
