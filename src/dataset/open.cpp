#include "opentraces/dataset/open.hpp"

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/hub/session.hpp"

namespace opentraces::dataset {

std::string resolve_name(std::string_view given, const store::ProjectConfig& config,
                         const Environment& environment) {
    if (auto name = name_at_address(given, environment)) return std::move(*name);
    // What says whose dataset it is cannot be led elsewhere by settings.
    if (given.find('/') != given.npos) return std::string(given);
    const store::RemoteConfig* remote = config.find_remote(given);
    return remote != nullptr ? remote->target : std::string(given);
}

std::optional<std::string> name_at_address(std::string_view text, const Environment& environment) {
    if (!text.starts_with("https://") && !text.starts_with("http://")) return std::nullopt;
    const std::string endpoint = hub::checked_endpoint(environment);
    const std::string page = endpoint + "/datasets/";
    if (!text.starts_with(page))
        throw Error(ErrorCode::BadOption, printable_line(text) + " is not a dataset of " + endpoint,
                    "Write owner/name, or the address of a dataset's page.");
    std::string_view rest = text.substr(page.size());
    rest = rest.substr(0, rest.find_first_of("?#"));
    while (rest.ends_with('/'))
        rest.remove_suffix(1);
    // owner/name, owner/name/tree/<revision>
    const std::size_t name = rest.find('/');
    const std::size_t more = name == rest.npos ? name : rest.find('/', name + 1);
    std::string dataset(rest.substr(0, more));
    constexpr std::string_view k_tree = "/tree/";
    if (more != rest.npos && rest.substr(more).starts_with(k_tree))
        dataset += "@" + std::string(rest.substr(more + k_tree.size()));
    return dataset;
}

std::unique_ptr<hub::Remote> open(hub::Ports& ports, std::string_view name, Access access,
                                  Progress& progress) {
    return hub::open_remote(name, {ports, [&progress](std::string_view text) { progress.note(text); }},
                            access);
}

hub::DatasetInfo existing(hub::Remote& remote) {
    hub::DatasetInfo info = remote.info();
    if (!info.exists)
        throw Error(ErrorCode::NotFound, "there is no dataset " + remote.name(),
                    "Check the name; a private dataset needs a token with access to it.");
    return info;
}

}  // namespace opentraces::dataset
