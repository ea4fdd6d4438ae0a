#include "opentraces/hub/open_remote.hpp"

#include "hub/folder_remote.hpp"
#include "hub/hub_remote.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/hub/remote_spec.hpp"

namespace opentraces::hub {
namespace {

void need_token(HubSession& session) {
    if (!session.token()) throw Error(ErrorCode::NotAuthenticated, "there is no Hub token");
}

// For who has never said which dataset: it is told which one that is.
std::unique_ptr<Remote> users_own(const RemotePorts& ports) {
    auto session = std::make_shared<HubSession>(ports);
    need_token(*session);
    const std::string repo = session->client().whoami().name + "/" + std::string(k_default_name);
    const RemoteSpec wanted = parse_remote_spec(repo, ports.environment, ports.disk);
    if (ports.notify)
        ports.notify("no remote is set: the dataset is " + wanted.text() +
                     " on the Hub (keep it with: opentraces remote set " + wanted.text() + ")");
    return hub_remote(std::move(session), wanted.repo, wanted.revision);
}

}  // namespace

std::unique_ptr<Remote> open_remote(std::string_view spec, const RemotePorts& ports, Access access) {
    if (spec.empty()) return users_own(ports);
    const RemoteSpec wanted = parse_remote_spec(spec, ports.environment, ports.disk);
    if (wanted.kind == RemoteKind::Folder)
        return folder_remote(wanted.folder, {ports.disk, ports.clock, ports.ids,
                                             ports.environment.find_opentraces_home(), ports.notify});
    auto session = std::make_shared<HubSession>(ports);
    if (access == Access::Write) need_token(*session);
    return hub_remote(std::move(session), wanted.repo, wanted.revision);
}

}  // namespace opentraces::hub
