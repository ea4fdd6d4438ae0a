// Texts of people that are no trace but are stored or leave like one: messages, titles, names of the card.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "opentraces/security/scrub.hpp"

namespace opentraces::security {

// How replaced names of people in paths are counted, beside the names of the rules.
inline constexpr std::string_view k_name_in_path = "name_in_path";

struct ScrubbedText {
    std::string text;
    std::map<std::string, std::int64_t> replaced;  // rule -> count; empty: nothing had to go
};

// What scrub() does to the texts of a record: values are redacted, names in paths become pseudonyms, and the
// result is scanned once more. Scrubbing the result changes nothing. `what` names the text in Error
// SecretsFound, which says that something is left.
ScrubbedText scrub_text(std::string_view text, std::string_view what, const ScrubOptions& options);

// For texts that cannot be changed because they are addresses, such as the name of a branch. Error
// SecretsFound when something is in it.
void refuse_findings(std::string_view text, std::string_view what, const ScrubOptions& options);

// "2 x email, 1 x github_token"
std::string counted_rules(const std::map<std::string, std::int64_t>& counts);

}  // namespace opentraces::security
