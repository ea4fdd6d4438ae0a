#include "capture/codex/usage.hpp"

#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"

namespace opentraces::capture::codex {
namespace {

Counts counts_of(const json::Value& usage) {
    return {count_of(usage["input_tokens"]), count_of(usage["cached_input_tokens"]),
            count_of(usage["cache_write_input_tokens"]), count_of(usage["output_tokens"])};
}

std::int64_t grown(std::int64_t now, std::int64_t before) {
    return std::max<std::int64_t>(now - before, 0);
}

bool fell(const Counts& now, const Counts& before) {
    return now.input < before.input || now.output < before.output;
}

}  // namespace

void UsageReader::take_total(const json::Value& info, std::optional<std::size_t> step,
                             const std::string& model, bool copied) {
    const json::Value& total = info["total_token_usage"];
    const json::Value& last = info["last_token_usage"];
    if (total.if_object() == nullptr) return;
    const Counts now = counts_of(total);
    const std::optional<Counts> before = std::exchange(m_before, now);
    if (copied || (before && *before == now)) return;
    // An overflow of the context fills in the sum alone.
    if (last.if_object() != nullptr && last["input_tokens"].is_null()) return;
    Counts counts = counts_of(last);
    if (before && !fell(now, *before)) {
        counts = {grown(now.input, before->input), grown(now.cached, before->cached),
                  grown(now.cache_write, before->cache_write), grown(now.output, before->output)};
    }
    if (!(counts == Counts{})) m_totals.push_back({step, model, counts});
}

void UsageReader::take_record(const json::Value& payload, std::optional<std::size_t> step,
                              const std::string& model, bool copied) {
    const std::string response(payload["response_id"].string_or());
    if (copied || (!response.empty() && !m_responses.insert(response).second)) return;
    m_records.push_back({step, model, counts_of(payload["usage"])});
}

}  // namespace opentraces::capture::codex
