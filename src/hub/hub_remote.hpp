// A dataset repository on the Hub.
#pragma once

#include <memory>
#include <string>

#include "opentraces/hub/remote.hpp"
#include "opentraces/hub/session.hpp"

namespace opentraces::hub {

// `repo` is owner/name; `revision` a branch or refs/pr/N.
std::unique_ptr<Remote> hub_remote(std::shared_ptr<HubSession> session, const std::string& repo,
                                   const std::string& revision);

}  // namespace opentraces::hub
