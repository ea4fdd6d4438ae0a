#include "dataset_option.hpp"

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/hub/session.hpp"

namespace opentraces::cli {

void add_dataset_option(OptionSet& accepted, std::string& target) {
    accepted
        .add_option("--remote,--repo", target,
                    "Dataset: a remote of the project, owner/name on the Hub, or a folder such as ./dataset")
        .type_name("R");
}

std::string dataset_name(const std::string& given, const store::ProjectConfig& config) {
    const store::RemoteConfig* remote = config.find_remote(given);
    return remote != nullptr ? remote->target : given;
}

std::string dataset_at_address(const Environment& environment, std::string_view address) {
    const std::string endpoint = hub::checked_endpoint(environment);
    const std::string page = endpoint + "/datasets/";
    if (!address.starts_with(page))
        throw Error(ErrorCode::BadOption, printable_line(address) + " is not a dataset of " + endpoint,
                    "Write owner/name, or the address of a dataset's page.");
    std::string_view rest = address.substr(page.size());
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

}  // namespace opentraces::cli
