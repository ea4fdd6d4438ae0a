#include "capture/provider_usage.hpp"

#include <algorithm>
#include <cstdint>

#include "capture/blocks.hpp"

namespace opentraces::capture {

enrich::ModelUsage usage_of_provider(const json::Value& usage) {
    enrich::ModelUsage tokens;
    const bool chat = usage["prompt_tokens"].integer().has_value();
    const bool responses = usage["input_tokens_details"].if_object() != nullptr;
    const json::Value& details = usage[chat ? "prompt_tokens_details" : "input_tokens_details"];
    tokens.input_tokens = count_of(usage[chat ? "prompt_tokens" : "input_tokens"]);
    tokens.output_tokens = count_of(usage[chat ? "completion_tokens" : "output_tokens"]);
    tokens.cache_read_tokens =
        std::max(count_of(details["cached_tokens"]), count_of(usage["cache_read_input_tokens"]));
    tokens.cache_write_tokens =
        std::max(count_of(usage["cache_creation_input_tokens"]), count_of(details["cache_write_tokens"]));
    const std::int64_t cached = tokens.cache_read_tokens + tokens.cache_write_tokens;
    // More than all input is no part of it: somebody has put Anthropic's counts into the shape of OpenAI's.
    if ((chat || responses) && cached <= tokens.input_tokens) tokens.input_tokens -= cached;
    return tokens;
}

}  // namespace opentraces::capture
