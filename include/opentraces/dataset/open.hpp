// From what people call a dataset to the dataset: the one way in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/environment.hpp"
#include "opentraces/core/progress.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/open_remote.hpp"
#include "opentraces/hub/ports.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::dataset {

using hub::Access;

// Where a name is written: what it means depends on the project and on the working directory.
struct Spoken {
    const store::ProjectConfig& config;
    std::string_view root;  // of the project; empty: there is none
    const Environment& environment;
    fs::Disk& disk;
};

// What open() takes, of what people write, in this order: nothing (the default remote, else an empty text),
// the name of a remote of the project (nothing with a slash is one), a folder (./x, ../x, /x, ~/x, file:x),
// the address of a dataset's page on the Hub, owner/name[@revision]. A relative folder that the settings name
// is below the project, wherever one stands in it. Error BadOption for any other address and for a file;
// InvalidRepoId for what is none of these.
std::string resolve_name(std::string_view given, const Spoken& spoken);
// What the settings of a project keep of a folder, an address or owner/name. Errors as above.
std::string target_of(std::string_view given, const Spoken& spoken);
// Error BadOption for what could not be told from a folder, an address or owner/name.
void check_remote_name(std::string_view name);
std::vector<std::string> remote_names(const store::ProjectConfig& config);
// An https or http address as owner/name[@revision]; nullopt for what is no address. Error BadOption as
// above.
std::optional<std::string> name_at_address(std::string_view text, const Environment& environment);

// The policy: who only looks (Access::Read) needs no token for a dataset that everybody may read; who changes
// something (Access::Write) needs one, and so does who names none. Errors of hub::open_remote.
std::unique_ptr<hub::Remote> open(hub::Ports& ports, std::string_view name, Access access,
                                  Progress& progress);

// Error NotFound when there is no such dataset.
hub::DatasetInfo existing(hub::Remote& remote);

}  // namespace opentraces::dataset
