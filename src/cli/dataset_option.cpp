#include "cli/dataset_option.hpp"

namespace opentraces::cli {

void add_dataset_option(OptionSet& accepted, std::string& target) {
    accepted
        .add_option("--remote,--repo", target,
                    "Dataset: a remote of the project, owner/name on the Hub, or a folder such as ./dataset")
        .type_name("R");
}

}  // namespace opentraces::cli
