#include "formats/view/prepared.hpp"

#include "formats/imports/atif.hpp"

#include <algorithm>

#include "formats/view/pairing.hpp"
#include "formats/view/runs.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/sums.hpp"

namespace opentraces::formats {
namespace {

constexpr std::size_t k_longest_stem = 120;
constexpr std::size_t k_digest_digits = 16;

// A part cannot be larger than the whole.
bool goes_beyond_input(const trace::TokenUsage& usage) {
    return add_clamped(usage.cache_read_tokens.value(), usage.cache_write_tokens.value()) >
           usage.input_tokens.value();
}

// Which counters input_tokens includes: known for the readers of this program, whatever the agent, else read
// off the provider and the numbers.
bool counts_cache_beside_input(const trace::TraceRecord& record, std::string_view model) {
    if (record.metadata.find("opentraces_parser") != nullptr) return true;
    if (record.metadata.find(k_atif_metadata) != nullptr) return true;
    if (split_model(model).provider == "anthropic") return true;
    return std::any_of(record.steps.begin(), record.steps.end(),
                       [](const trace::Step& step) { return goes_beyond_input(step.token_usage); });
}

std::string_view main_model(const Prepared& prepared) {
    const std::string_view named = model_text(prepared.record->agent.model);
    return named.empty() ? prepared.runs.front().model : named;
}

bool stays_in_file_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

}  // namespace

Prepared prepare(const trace::TraceRecord& record) {
    Prepared prepared;
    prepared.record = &record;
    prepared.runs = split_into_runs(record);
    prepared.tools = tool_definitions(record);
    prepared.cache_beside_input = counts_cache_beside_input(record, main_model(prepared));
    return prepared;
}

std::int64_t Prepared::prompt_total(const trace::TokenUsage& usage) const {
    const std::int64_t input = usage.input_tokens.value();
    if (!cache_beside_input) return input;
    return add_clamped(input, add_clamped(usage.cache_read_tokens.value(), usage.cache_write_tokens.value()));
}

const trace::ToolCall* Prepared::spawning_call(const Run& run) const {
    if (run.parent == k_none || run.parent_step == k_none || run.parent_call == k_none) return nullptr;
    return &runs[run.parent].steps[run.parent_step].step->tool_calls[run.parent_call];
}

bool has_usage(const trace::TokenUsage& usage) {
    return usage.input_tokens.value() != 0 || usage.output_tokens.value() != 0 ||
           usage.cache_read_tokens.value() != 0 || usage.cache_write_tokens.value() != 0 ||
           usage.prefix_reuse_tokens.value() != 0;
}

std::string_view system_prompt(const trace::TraceRecord& record, const trace::OptText& hash) {
    if (!hash) return {};
    for (const auto& [key, text] : record.system_prompts) {
        if (key == *hash) return text;
    }
    return {};
}

std::string_view UniqueNames::claim(std::string_view name) {
    if (m_taken.insert(name).second) return name;
    // Numbers go on where they stopped: many equal names stay cheap.
    for (std::size_t& n = m_next[name];; ++n) {
        std::string made = std::string(name) + "#" + std::to_string(n + 2);
        if (m_taken.contains(made)) continue;
        m_made.push_back(std::move(made));
        m_taken.insert(m_made.back());
        ++n;
        return m_made.back();
    }
}

std::string file_stem(std::string_view name) {
    std::string stem(name);
    std::replace_if(
        stem.begin(), stem.end(), [](char c) { return !stays_in_file_name(c); }, '_');
    if (stem.empty() || stem.front() == '.') stem.insert(stem.begin(), '_');
    if (stem.size() > k_longest_stem) {
        stem.resize(k_longest_stem - k_digest_digits - 1);
        stem += "-" + sha256_hex(name).substr(0, k_digest_digits);
    }
    return stem;
}

}  // namespace opentraces::formats
