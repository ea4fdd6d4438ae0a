// Who a token belongs to, as the Hub says (GET /api/whoami-v2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::hub {

struct Organisation {
    std::string name;
    std::string role;  // of the user in it; empty if the Hub did not say
};

struct Identity {
    std::string name;
    std::string kind;        // "user", "org", "app"
    std::string token_name;  // may be empty
    std::string token_role;  // "read", "write", "fineGrained", …; empty if unknown
    std::vector<Organisation> organisations;
    std::vector<std::string>
        writable;  // fine-grained tokens: names of users, orgs and datasets with repo.write
};

// What the token says about writing to owner/name. nullopt: only the Hub can tell.
std::optional<bool> may_write(const Identity& identity, std::string_view repo);

}  // namespace opentraces::hub
