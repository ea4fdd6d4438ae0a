#include "opentraces/hub/open_remote.hpp"

#include "hub/folder_remote.hpp"
#include "hub/hub_remote.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/hub/remote_spec.hpp"

namespace opentraces::hub {
namespace {

constexpr std::string_view k_default_name = "opentraces";

}  // namespace

std::unique_ptr<Remote> open_remote(std::string_view spec, const RemotePorts& ports, Access access) {
    RemoteSpec wanted =
        parse_remote_spec(spec.empty() ? k_default_name : spec, ports.environment, ports.disk);
    if (wanted.kind == RemoteKind::Folder)
        return folder_remote(wanted.folder, {ports.disk, ports.clock, ports.ids,
                                             ports.environment.find_opentraces_home(), ports.notify});
    auto session = std::make_shared<HubSession>(ports);
    const bool anonymous = access == Access::Read && wanted.has_owner();
    if (!session->token() && !anonymous) throw Error(ErrorCode::NotAuthenticated, "there is no Hub token");
    if (!wanted.has_owner()) wanted.repo = session->client().whoami().name + "/" + wanted.repo;
    return hub_remote(std::move(session), wanted.repo, wanted.revision);
}

}  // namespace opentraces::hub
