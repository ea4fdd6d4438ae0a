#include "cli/dataset_option.hpp"

#include "opentraces/dataset/open.hpp"

namespace opentraces::cli {
namespace {

constexpr const char* k_about =
    "Dataset: a remote of the project, a folder such as ./dataset, owner/name on the Hub, or its address";

}  // namespace

void add_repo_option(OptionSet& accepted, std::string& target, const std::string& about) {
    accepted.add_option("--repo", target, about, "--remote,--dataset")
        .type_name("DATASET")
        .completes(Candidates::Remotes);
}

void add_dataset(OptionSet& accepted, std::string& target) {
    auto by_place = std::make_shared<std::string>();
    accepted.add_option("DATASET", *by_place, std::string(k_about) + "; without it, the default remote")
        .completes(Candidates::Remotes);
    add_repo_option(accepted, target, "The same as DATASET");
    accepted.check([by_place, &target] {
        if (by_place->empty()) return;
        if (!target.empty()) throw Error(ErrorCode::BadOption, "DATASET and --repo exclude each other");
        target = *by_place;
    });
}

std::string dataset_named(Context& context, const std::string& given, const Project& project) {
    return dataset::resolve_name(
        given, {project.config, project.root, context.ports.environment, context.ports.disk});
}

std::string dataset_named(Context& context, const std::string& given, const DatasetMemory& memory) {
    return dataset::resolve_name(
        given, {memory.config, memory.root(), context.ports.environment, context.ports.disk});
}

}  // namespace opentraces::cli
