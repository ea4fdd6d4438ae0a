#include "enrich/test_output.hpp"

#include <array>

#include "enrich/test_output_readers.hpp"

namespace opentraces::enrich {
namespace {

// The runner's own verdict follows from the counts when nothing else says it.
void conclude(TestResult& result) {
    if (!result.passed_all && (result.passed || result.failed))
        result.passed_all = result.failed.value_or(0) == 0;
}

using Reader = bool (*)(std::string_view output, bool cut, TestResult& result);

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
