// What a person has decided. Texts that are looked for are not known: they are found by a hash that rolls
// over the bytes, and a keyed digest where it fits.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/decided.hpp"
#include "security/own/regex.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {

class HiddenTexts {
public:
    // Errors as with_decisions().
    explicit HiddenTexts(const DecidedTexts& decided);
    // `place`: path of the text in its record.
    void find(std::string_view text, std::string_view place, std::vector<Hit>& hits) const;
    // Drops the hits that somebody has allowed.
    void keep_forbidden(std::string_view text, std::vector<Hit>& hits) const;

private:
    struct Sought {
        std::string key;
        std::uint64_t base = 0;
        std::map<std::uint64_t, std::vector<HiddenForm>> by_length;
        std::optional<Regex> pattern;
        std::optional<std::int64_t> step;
        std::string field;
    };
    static bool is_meant(const Sought& sought, std::string_view place);
    static void find_forms(const Sought& sought, std::string_view text, std::vector<Hit>& hits);
    static void find_matches(const Regex& pattern, std::string_view text, std::vector<Hit>& hits);

    bool is_allowed(std::string_view rule, std::string_view found) const;

    std::vector<Sought> m_sought;
    std::string m_key;
    std::set<std::string, std::less<>> m_allowed_fingerprints;
    std::set<std::string, std::less<>> m_allowed_rules;
};

}  // namespace opentraces::security
