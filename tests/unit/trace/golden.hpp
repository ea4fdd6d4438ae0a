// The golden cases in tests/fixtures/golden and small records to start from.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"
#include "where.hpp"

namespace opentraces::trace::testing {

inline std::filesystem::path golden_folder() {
    return std::filesystem::path(opentraces::testing::source_folder()) / "tests/fixtures/golden";
}

inline json::Value read_json(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

inline json::Value golden_hash_case(const std::string& name) {
    return read_json(golden_folder() / "content-hash" / (name + ".json"));
}

// A line with the required keys and `more` members (",\"a\":1" style).
inline std::string minimal_line(const std::string& more = {}) {
    return R"({"trace_id":"a","session_id":"b","agent":{"name":"x"})" + more + "}";
}

inline TraceRecord record_of(std::string_view line) {
    return decode(line).record.value();
}

}  // namespace opentraces::trace::testing
