// What is on the other side: the token, the remotes, and what time it is there.
#include <fmt/format.h>

#include <chrono>

#include "flow/doctor/examination.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/flow/auth.hpp"
#include "opentraces/hub/remote_spec.hpp"
#include "opentraces/net/http_date.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::flow::doctor {
namespace {

using namespace std::chrono_literals;

constexpr auto k_small_difference = 5min;  // signed uploads are refused beyond a quarter of an hour
constexpr auto k_large_difference = 15min;
constexpr auto k_patience = 10s;

bool is_hub(const Examination& examination, const std::string& target) {
    return hub::parse_remote_spec(target, examination.ports.environment, examination.ports.disk).kind ==
           hub::RemoteKind::Hub;
}

void check_folder(Examination& examination, const std::string& name, hub::Remote& remote) {
    const auto folder = examination.ports.disk.info(remote.name());
    const std::string words = name + ", " + remote.name();
    if (!folder) return examination.ok(words + ": not there yet; the first push makes it");
    constexpr unsigned k_writers = 0222;
    if (!folder->is_directory() || (folder->mode & k_writers) == 0)
        return examination.fail(words + " cannot be written", "Change its mode, or choose another folder.");
    examination.ok(words);
}

void check_dataset(Examination& examination, const std::string& name, const std::string& target) {
    const auto remote = dataset::open(examination.ports, target, dataset::Access::Read, examination.progress);
    if (!is_hub(examination, target)) return check_folder(examination, name, *remote);
    const std::string words = fmt::format("{}, {}", name, remote->name());
    const hub::DatasetInfo info = remote->info();
    if (!info.exists) return examination.ok(words + ": not there yet; the first push makes it");
    const AuthStatus status = auth_status(examination.ports);
    if (status.identity && hub::may_write(*status.identity, info.name) == false)
        return examination.warn(
            words + ": the token may not write there",
            "If the dataset is somebody else's: opentraces push --create-pr. " + status.remedy);
    examination.ok(words + (info.visibility ? fmt::format(" ({})", hub::name_of(*info.visibility)) : ""));
}

void check_remote(Examination& examination, const store::RemoteConfig& remote) {
    try {
        const dataset::Spoken spoken{*examination.config, examination.root, examination.ports.environment,
                                     examination.ports.disk};
        const std::string target = dataset::resolve_name(remote.name, spoken);
        if (examination.options.offline && is_hub(examination, target))
            return examination.ok(fmt::format("{}, {}: not asked (--offline)", remote.name, remote.target));
        check_dataset(examination, remote.name, target);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
        examination.fail(fmt::format("{}, {}: {}", remote.name, remote.target, error.message()),
                         error.hint());
    }
}

}  // namespace

void check_token(Examination& examination) {
    if (examination.options.offline) {
        const auto token = hub::find_token(examination.ports.environment, examination.ports.disk);
        return examination.ok(
            token ? fmt::format("token from {}; the Hub was not asked (--offline)", token->where)
                  : "no token; only folders can be pushed to");
    }
    const AuthStatus status = auth_status(examination.ports);
    switch (status.state) {
        case AuthState::NoToken:
            return examination.warn("no token: only folders can be pushed to", "opentraces login");
        case AuthState::TokenRefused:
            return examination.fail(
                fmt::format("{} refuses the token from {}", status.endpoint, status.token_from),
                status.remedy);
        case AuthState::Unknown:
            return examination.fail(fmt::format("{} did not answer: {}", status.endpoint, status.detail),
                                    "Look at the network, HTTPS_PROXY and HF_ENDPOINT; or use --offline.");
        case AuthState::LoggedIn:
            break;
    }
    const std::string words =
        fmt::format("{} at {}, token from {}", status.identity->name, status.endpoint, status.token_from);
    if (status.identity->token_role == "read")
        return examination.warn(words + ": it may only read", status.remedy);
    examination.ok(words);
}

void check_remotes(Examination& examination) {
    if (!examination.config) return;
    if (examination.config->remotes.empty())
        return examination.warn("none is set", "opentraces remote set OWNER/NAME, or ./folder");
    for (const store::RemoteConfig& remote : examination.config->remotes)
        check_remote(examination, remote);
}

void check_clock(Examination& examination) {
    if (examination.options.offline) return examination.ok("not compared (--offline)");
    net::Request request;
    request.url = examination.ports.environment.hub_endpoint() + "/api/whoami-v2";
    request.connect_timeout = k_patience;
    request.total_timeout = k_patience;
    std::optional<TimePoint> there;
    try {
        // Whatever the answer is: only its date counts, and no token is sent for it.
        const net::Response response = examination.ports.transport.send(request);
        if (const auto date = response.header("date")) there = net::parse_http_date(*date);
    } catch (const net::TransportError&) {
        // The token's line says that nobody answers.
    }
    if (!there) return examination.ok("not compared: the Hub did not say what time it is");
    const auto difference = std::chrono::abs(examination.ports.clock.now() - *there);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(difference).count();
    const std::string words = fmt::format("{} seconds from the Hub's", seconds);
    if (difference > k_large_difference)
        return examination.fail(words, "Set the clock: uploads would be refused.");
    if (difference > k_small_difference) return examination.warn(words, "Set the clock.");
    examination.ok(words);
}

}  // namespace opentraces::flow::doctor
