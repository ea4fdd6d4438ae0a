// Names of people in home directories, prompts and listings become keyed pseudonyms.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "security/match/literal_set.hpp"

namespace opentraces::security {

class Pseudonyms {
public:
    // `user_name` counts as a person's name unless it is short or names a role ("root", "dev").
    Pseudonyms(std::string key, std::string_view user_name);

    // Learns the names that the text's home directories give away.
    void learn(std::string_view text);
    // Replaces names in the text; true if it changed. Doing it twice changes nothing more. What home
    // directories gave away also goes from branches and remotes ("jane/fix", "github.com/jane/app") and git
    // identities.
    bool anonymise(std::string& text) const;

    std::string pseudonym(std::string_view name) const;
    const std::set<std::string, std::less<>>& names() const { return m_names; }  // lower case

private:
    void add(std::string_view name);

    std::string m_key;
    std::set<std::string, std::less<>> m_names;
    std::vector<std::string> m_logins;  // those of m_names that are long enough
    LiteralSet m_literals;              // what may stand before or after a name, and m_logins
};

// Could be somebody's login: not a role, a placeholder or already a pseudonym.
bool is_personal_name(std::string_view name);

}  // namespace opentraces::security
