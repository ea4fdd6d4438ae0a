// Names of people in home directories, prompts and listings become keyed pseudonyms.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace opentraces::security {

class Pseudonyms {
public:
    // `user_name` counts as a person's name unless it is short or names a role ("root", "dev").
    Pseudonyms(std::string key, std::string_view user_name);

    // Learns the names that the text's home directories give away.
    void learn(std::string_view text);
    // Replaces names in the text; true if it changed. Doing it twice changes nothing more.
    bool anonymise(std::string& text) const;

    std::string pseudonym(std::string_view name) const;
    const std::set<std::string, std::less<>>& names() const { return m_names; }  // lower case

private:
    std::string m_key;
    std::set<std::string, std::less<>> m_names;
};

// Could be somebody's login: not a role, a placeholder or already a pseudonym.
bool is_personal_name(std::string_view name);

}  // namespace opentraces::security
