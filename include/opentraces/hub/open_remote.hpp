// From the name of a dataset to the dataset.
#pragma once

#include <memory>
#include <string_view>

#include "opentraces/hub/remote.hpp"
#include "opentraces/hub/session.hpp"

namespace opentraces::hub {

// Of the dataset that is meant when none is named: {username}/opentraces.
inline constexpr std::string_view k_default_name = "opentraces";

// Datasets that everybody may read need no token.
enum class Access { Write, Read };

// Empty `spec`: {username}/opentraces, which asks the Hub who the token belongs to, and notifies of the name.
// Errors: InvalidRepoId; for Hub datasets NotAuthenticated when there is no token, unless one that was named
// is only read.
std::unique_ptr<Remote> open_remote(std::string_view spec, const RemotePorts& ports,
                                    Access access = Access::Write);

}  // namespace opentraces::hub
