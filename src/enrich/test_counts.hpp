// Numbers in the lines that test runners print.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace opentraces::enrich {

using TestCount = std::optional<std::int64_t>;

bool is_digit(char c);
// "12" of "Tests: 12 passed": the number that stands before the words.
TestCount count_before(std::string_view line, std::string_view words);
// "12" of "Failures: 12,".
TestCount count_after(std::string_view line, std::string_view words);
void add(TestCount& sum, TestCount more);

}  // namespace opentraces::enrich
