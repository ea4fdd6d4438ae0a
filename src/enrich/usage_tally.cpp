#include "opentraces/enrich/usage_tally.hpp"

#include <algorithm>
#include <cmath>

namespace opentraces::enrich {
namespace {

std::int64_t input_size(const ModelUsage& reply) {
    const double tokens = static_cast<double>(reply.input_tokens) +
                          static_cast<double>(reply.cache_read_tokens) +
                          static_cast<double>(reply.cache_write_tokens);
    return static_cast<std::int64_t>(std::ceil(std::max(tokens, 0.0) / 1000));
}

}  // namespace

void UsageTally::add(const ModelUsage& one) {
    auto known = std::find_if(m_usage.begin(), m_usage.end(),
                              [&one](const ModelUsage& usage) { return usage.model == one.model; });
    if (known == m_usage.end()) {
        m_usage.push_back({one.model});
        known = m_usage.end() - 1;
    }
    known->replies += one.replies;
    known->input_tokens += one.input_tokens;
    known->output_tokens += one.output_tokens;
    known->cache_read_tokens += one.cache_read_tokens;
    known->cache_write_tokens += one.cache_write_tokens;
    known->long_cache_write_tokens += one.long_cache_write_tokens;
    SizedUsage& sized = known->by_input_size[input_size(one)];
    sized.input_tokens += one.input_tokens;
    sized.output_tokens += one.output_tokens;
    sized.cache_read_tokens += one.cache_read_tokens;
    sized.cache_write_tokens += one.cache_write_tokens;
}

}  // namespace opentraces::enrich
