// From what people call a dataset to the dataset: the one way in.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "opentraces/core/environment.hpp"
#include "opentraces/core/progress.hpp"
#include "opentraces/hub/open_remote.hpp"
#include "opentraces/hub/ports.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::dataset {

using hub::Access;

// What open() takes, of what people write: nothing (the default remote, else {username}/opentraces), the
// name of a remote of the project (nothing with a slash is one), the address of a dataset's page on the Hub,
// owner/name[@revision] or a folder. Error BadOption for any other address.
std::string resolve_name(std::string_view given, const store::ProjectConfig& config,
                         const Environment& environment);
// An https or http address as owner/name[@revision]; nullopt for what is no address. Error BadOption as
// above.
std::optional<std::string> name_at_address(std::string_view text, const Environment& environment);

// The policy: who only looks (Access::Read) needs no token for a dataset that everybody may read; who changes
// something (Access::Write) needs one, and so does who leaves the owner out. Errors of hub::open_remote.
std::unique_ptr<hub::Remote> open(hub::Ports& ports, std::string_view name, Access access,
                                  Progress& progress);

// Error NotFound when there is no such dataset.
hub::DatasetInfo existing(hub::Remote& remote);

}  // namespace opentraces::dataset
