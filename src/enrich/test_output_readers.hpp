// The runners whose output is read, one function each: false when the output is not that runner's. `cut` says
// that lines may be missing.
#pragma once

#include <string_view>

#include "enrich/test_output.hpp"

namespace opentraces::enrich {

// Of JavaScript: test_output_javascript.cpp.
bool read_bun(std::string_view output, bool cut, TestResult& result);
bool read_jest(std::string_view output, bool cut, TestResult& result);
bool read_vitest(std::string_view output, bool cut, TestResult& result);
bool read_playwright(std::string_view output, bool cut, TestResult& result);
bool read_mocha(std::string_view output, bool cut, TestResult& result);
bool read_node(std::string_view output, bool cut, TestResult& result);
bool read_deno(std::string_view output, bool cut, TestResult& result);

// Of compiled languages: test_output_compiled.cpp.
bool read_go(std::string_view output, bool cut, TestResult& result);
bool read_cargo(std::string_view output, bool cut, TestResult& result);
bool read_nextest(std::string_view output, bool cut, TestResult& result);
bool read_ctest(std::string_view output, bool cut, TestResult& result);
bool read_maven(std::string_view output, bool cut, TestResult& result);
bool read_gradle(std::string_view output, bool cut, TestResult& result);
bool read_dotnet(std::string_view output, bool cut, TestResult& result);
bool read_swift(std::string_view output, bool cut, TestResult& result);
bool read_dart(std::string_view output, bool cut, TestResult& result);

// Of Python, Ruby, PHP and Elixir: test_output_scripting.cpp.
bool read_pytest(std::string_view output, bool cut, TestResult& result);
bool read_unittest(std::string_view output, bool cut, TestResult& result);
bool read_mix(std::string_view output, bool cut, TestResult& result);
bool read_rspec(std::string_view output, bool cut, TestResult& result);
bool read_minitest(std::string_view output, bool cut, TestResult& result);
bool read_phpunit(std::string_view output, bool cut, TestResult& result);

}  // namespace opentraces::enrich
