#include "flow/leaving_text.hpp"

#include <fmt/format.h>

#include <utility>

#include "opentraces/security/plain_text.hpp"

namespace opentraces::flow {

std::string LeavingTexts::scrub(const std::string& text, const std::string& what) {
    security::ScrubbedText scrubbed = security::scrub_text(text, what, m_options);
    if (scrubbed.replaced.empty()) return std::move(scrubbed.text);
    m_progress.warning(fmt::format("replaced in {}: {}", what, security::counted_rules(scrubbed.replaced)));
    for (const auto& [rule, count] : scrubbed.replaced)
        m_replaced[rule] += count;
    return std::move(scrubbed.text);
}

card::CardSettings LeavingTexts::scrub(card::CardSettings settings) {
    settings.pretty_name = scrub(settings.pretty_name, "the card's pretty_name");
    for (std::string& tag : settings.tags)
        tag = scrub(tag, "the card's tags");
    return settings;
}

}  // namespace opentraces::flow
