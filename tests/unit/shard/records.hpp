// Records for the tests of shards: the golden lines, and random ones.
#pragma once

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "opentraces/core/ids.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"
#include "where.hpp"

namespace opentraces::shard::testing {

// The written form of every golden record.
inline std::vector<std::string> golden_lines() {
    std::vector<std::filesystem::path> paths;
    const auto folder =
        std::filesystem::path(opentraces::testing::source_folder()) / "tests/fixtures/golden/content-hash";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> lines;
    for (const auto& path : paths) {
        std::ifstream in(path, std::ios::binary);
        const json::Value golden = json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
        lines.push_back(trace::encode(*trace::decode(golden["input_line"].string_or()).record));
    }
    return lines;
}

inline json::ByteSource source_of(std::string text) {
    return [text = std::move(text), at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        const std::size_t count = std::min(size, text.size() - at);
        std::memcpy(buffer, text.data() + at, count);
        at += count;
        return count;
    };
}

class RandomRecords {
public:
    explicit RandomRecords(std::uint64_t seed) : m_ids(seed) {}

    trace::TraceRecord next() {
        trace::TraceRecord record;
        record.trace_id = m_ids.uuid4();
        record.session_id = m_ids.uuid4();
        record.agent.name = pick({"claude-code", "codex", "gemini-cli", ""});
        if (flip()) record.agent.model = pick({"anthropic/opus", "openai/gpt", "a|b--c", ""});
        if (flip()) record.schema_version = pick({"0.1.0", "0.1.1"});
        if (flip())
            record.timestamp_start = pick({"2026-01-31T23:30:00-05:00", "2026-01-31T10:00:00Z", "soon"});
        if (flip()) record.timestamp_end = pick({"2026-03-01T00:30:00+02:00", "2026-02-28T23:59:59.999Z"});
        for (std::uint64_t i = below(3); i > 0; --i)
            record.dependencies.push_back(pick({"fmt", "curl", "sqlite3", "näive"}));
        for (std::uint64_t i = below(3); i > 0; --i)
            record.environment.language_ecosystem.push_back(pick({"python", "c++"}));
        for (std::uint64_t i = below(4); i > 0; --i)
            record.steps.push_back(step());
        numbers(record);
        marks(record.metadata);
        return record;
    }

    std::string line() { return trace::encode(next()); }
    std::uint64_t below(std::uint64_t bound) { return m_ids.next_u64() % bound; }
    bool flip() { return below(2) == 0; }

private:
    trace::Step step() {
        trace::Step step;
        step.step_index = static_cast<std::int64_t>(below(9));
        step.role = trace::Role::Agent;
        step.content = pick({"plain", "quote \" and \\ and \n", "\xC3\xA9\xE2\x80\xA8", ""});
        if (flip()) step.tool_calls.push_back({"id", "Bash", {}, trace::Integer(3)});
        if (flip()) step.observations.push_back({"id", "out", {}, "no_result"});
        if (flip()) step.snippets.push_back({"a.cpp", trace::Integer(1), {}, "cpp", "int x;", {}});
        step.token_usage.cache_read_tokens = static_cast<std::int64_t>(below(1000));
        step.token_usage.cache_write_tokens = static_cast<std::int64_t>(below(1000));
        return step;
    }

    void numbers(trace::TraceRecord& record) {
        record.metrics.total_steps = static_cast<std::int64_t>(below(5));
        record.metrics.total_input_tokens = static_cast<std::int64_t>(below(100000));
        record.metrics.total_output_tokens = static_cast<std::int64_t>(below(100000));
        if (flip()) record.metrics.estimated_cost_usd = static_cast<double>(below(1000000)) / 7e5;
        if (below(20) == 0) record.metrics.estimated_cost_usd = 1e30;
        if (below(20) == 0)
            record.metrics.total_output_tokens = trace::Integer::from_decimal("99999999999999999999");
        if (flip()) record.outcome.success = flip();
        record.security.scanned = flip();
        record.security.redactions_applied = static_cast<std::int64_t>(below(3));
    }

    void marks(json::Object& metadata) {
        if (flip())
            metadata.set("opentraces_note", json::parse(R"({"opentraces_active_s":7,"a":[1,"\\u00e9"]})"));
        if (flip()) metadata.set("opentraces_active_s", static_cast<double>(below(100000)) / 8);
        if (flip()) metadata.set("opentraces_cost", json::parse(flip() ? R"({"lower_bound":true})" : "{}"));
        if (flip()) metadata.set("opentraces_truncated", json::parse(R"({"observations":2,"task":true})"));
    }

    std::string pick(std::vector<std::string> choices) { return choices[below(choices.size())]; }

    SeededIds m_ids;
};

}  // namespace opentraces::shard::testing
