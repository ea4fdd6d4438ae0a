// Published lists of the formats of credentials, where a row's vendor has no page of its own about them.
#pragma once

#include <string_view>

namespace opentraces::security {

inline constexpr std::string_view k_gitleaks =
    "https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml";
inline constexpr std::string_view k_betterleaks =
    "https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml";
inline constexpr std::string_view k_kingfisher =
    "https://github.com/mongodb/kingfisher/tree/main/crates/kingfisher-rules/data/rules";
inline constexpr std::string_view k_trufflehog =
    "https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors";
inline constexpr std::string_view k_github =
    "https://docs.github.com/en/code-security/secret-scanning/introduction/"
    "supported-secret-scanning-patterns";

}  // namespace opentraces::security
