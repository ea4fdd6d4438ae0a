// What people wrote and what leaves beside the traces: scrubbed like these, and what was replaced is said.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "opentraces/card/settings.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/security/scrub.hpp"

namespace opentraces::flow {

class LeavingTexts {
public:
    LeavingTexts(const security::ScrubOptions& options, Progress& progress)
        : m_options(options), m_progress(progress) {}

    // `what` is "the commit message". Error SecretsFound when something is left.
    std::string scrub(const std::string& text, const std::string& what);
    card::CardSettings scrub(card::CardSettings settings);
    // rule -> count, over all texts
    const std::map<std::string, std::int64_t>& replaced() const { return m_replaced; }

private:
    const security::ScrubOptions& m_options;
    Progress& m_progress;
    std::map<std::string, std::int64_t> m_replaced;
};

}  // namespace opentraces::flow
