// What people may choose about the card: licence, name, languages, tags. Nothing of it is claimed that nobody
// has chosen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace opentraces::card {

struct CardSettings {
    std::string license;                 // id of the Hub; empty = nobody has chosen one
    std::string pretty_name;             // empty = none
    std::vector<std::string> languages;  // empty = not known
    std::vector<std::string> tags;       // extra ones
};

// The Hub's closed list of licence ids (Hub documentation, "Licenses").
bool is_known_license(std::string_view id);
// Throws Error ConfigInvalid naming the setting, what is wrong, and near names.
void validate_settings(const CardSettings& settings);

}  // namespace opentraces::card
