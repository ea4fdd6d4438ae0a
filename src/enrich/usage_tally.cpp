#include "opentraces/enrich/usage_tally.hpp"

#include <algorithm>

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
}

}  // namespace opentraces::enrich
