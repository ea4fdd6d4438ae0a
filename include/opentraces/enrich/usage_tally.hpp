// Tokens by model, each reply once, whoever repeats it.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "opentraces/enrich/evidence.hpp"

namespace opentraces::enrich {

inline bool is_empty(const ModelUsage& usage) {
    return usage.input_tokens + usage.output_tokens + usage.cache_read_tokens + usage.cache_write_tokens == 0;
}

class UsageTally {
public:
    explicit UsageTally(std::vector<ModelUsage>& usage) : m_usage(usage) {}

    // False for a reply that was told before, in this or another file.
    bool is_new(const std::string& reply) { return m_replies.insert(reply).second; }
    // One reply. Models stay in the order of their first use.
    void add(const ModelUsage& one);

private:
    std::vector<ModelUsage>& m_usage;
    std::unordered_set<std::string> m_replies;
};

}  // namespace opentraces::enrich
