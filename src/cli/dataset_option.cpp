#include "dataset_option.hpp"

namespace opentraces::cli {

void add_dataset_option(CLI::App& app, std::string& target) {
    app.add_option("--remote,--repo", target,
                   "Dataset: a remote of the project, owner/name on the Hub, or a folder such as ./dataset")
        ->type_name("R");
}

std::string dataset_name(const std::string& given, const store::ProjectConfig& config) {
    const store::RemoteConfig* remote = config.find_remote(given);
    return remote != nullptr ? remote->target : given;
}

}  // namespace opentraces::cli
