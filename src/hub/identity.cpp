#include "opentraces/hub/identity.hpp"

#include <algorithm>

namespace opentraces::hub {

std::optional<bool> may_write(const Identity& identity, std::string_view repo) {
    const std::string_view owner = repo.substr(0, repo.find('/'));
    if (identity.token_role == "read") return false;
    if (identity.token_role == "fineGrained") {
        const bool covered =
            std::any_of(identity.writable.begin(), identity.writable.end(),
                        [&](const std::string& name) { return name == owner || name == repo; });
        if (covered) return true;
        return std::nullopt;
    }
    if (owner == identity.name && identity.token_role == "write") return true;
    return std::nullopt;
}

}  // namespace opentraces::hub
