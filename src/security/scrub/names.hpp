// What a name is worth: could it be somebody's, and may it be looked for wherever it stands?
#pragma once

#include <string>
#include <string_view>

namespace opentraces::security {

// "u" for people, "h" for machines, "r" for repositories and their owners, and 8 hex digits.
bool is_pseudonym(std::string_view name);

// Could be somebody's login: not a role, a service, a placeholder or already a pseudonym.
bool is_personal_name(std::string_view name);
// Could be somebody's full name: words of which none says that a program or nobody is meant.
bool is_personal_full_name(std::string_view name);
// Could be the name of somebody's machine: not a kind of machine, an address or the id of a container.
bool is_personal_host(std::string_view name);

// So unlike words of the language and of the trade, and so long, that it means the same wherever it stands
// alone. Lower case.
bool is_distinctive_name(std::string_view name);

// Between letters and digits in a name.
bool is_name_char(char c);

}  // namespace opentraces::security
