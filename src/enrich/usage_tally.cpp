#include "opentraces/enrich/usage_tally.hpp"

#include <algorithm>

#include "opentraces/enrich/prices.hpp"

namespace opentraces::enrich {

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
    const auto [price, is_new] = m_tiers.try_emplace(one.model, 0);
    if (is_new) {
        const ModelPrice* row = PriceTable::standard().find(one.model);
        price->second = row == nullptr ? 0 : row->tier_above;
    }
    const double prompt = static_cast<double>(one.input_tokens) + static_cast<double>(one.cache_read_tokens) +
                          static_cast<double>(one.cache_write_tokens);
    const bool beyond = price->second > 0 && prompt > static_cast<double>(price->second);
    if (!beyond) return;
    known->long_context.input_tokens += one.input_tokens;
    known->long_context.output_tokens += one.output_tokens;
    known->long_context.cache_read_tokens += one.cache_read_tokens;
    known->long_context.cache_write_tokens += one.cache_write_tokens;
}

}  // namespace opentraces::enrich
