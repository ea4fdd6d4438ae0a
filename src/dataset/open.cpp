#include "opentraces/dataset/open.hpp"

#include "opentraces/core/error.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/hub/remote_spec.hpp"
#include "opentraces/hub/session.hpp"

namespace opentraces::dataset {

namespace {

[[noreturn]] void refuse_file(const std::string& name) {
    throw Error(ErrorCode::BadOption, name + " is a file; a dataset is a folder, or owner/name on the Hub",
                "To read traces from a file run: opentraces import " + name);
}

bool is_file(const std::string& path, fs::Disk& disk) {
    const auto info = disk.info(path);
    return info && !info->is_directory();
}

// Throws for what is no dataset by its form.
hub::RemoteSpec understood(const std::string& name, const Environment& environment, fs::Disk& disk) {
    if (!hub::names_a_folder(name) && !environment.working_directory.empty() &&
        is_file(fs::absolute(name, environment, disk), disk))
        refuse_file(printable_line(name));
    hub::RemoteSpec spec = hub::parse_remote_spec(name, environment, disk);
    if (spec.kind == hub::RemoteKind::Folder && is_file(spec.folder, disk)) refuse_file(printable_line(name));
    return spec;
}

// A target of the settings is read as if one stood in the project's folder.
std::string configured(const std::string& target, const Spoken& spoken) {
    if (!hub::names_a_folder(target))
        return hub::parse_remote_spec(target, spoken.environment, spoken.disk).text();
    Environment there = spoken.environment;
    if (!spoken.root.empty()) there.working_directory = spoken.root;
    return understood(target, there, spoken.disk).folder;
}

}  // namespace

std::string resolve_name(std::string_view given, const Spoken& spoken) {
    const std::string name(trim(given));
    if (const store::RemoteConfig* const remote = spoken.config.find_remote(name);
        // What says whose dataset it is cannot be led elsewhere by settings.
        remote != nullptr && name.find('/') == name.npos)
        return configured(remote->target, spoken);
    if (name.empty()) return {};
    if (auto at_address = name_at_address(name, spoken.environment)) return std::move(*at_address);
    try {
        return understood(name, spoken.environment, spoken.disk).text();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::InvalidRepoId || name.find('/') != name.npos) throw;
        throw Error(error.code(), error.message(),
                    did_you_mean(name, remote_names(spoken.config), error.hint()));
    }
}

std::vector<std::string> remote_names(const store::ProjectConfig& config) {
    std::vector<std::string> names;
    for (const store::RemoteConfig& remote : config.remotes)
        names.push_back(remote.name);
    return names;
}

std::string target_of(std::string_view given, const Spoken& spoken) {
    const std::string name(trim(given));
    if (auto at_address = name_at_address(name, spoken.environment)) return std::move(*at_address);
    hub::RemoteSpec spec = understood(name, spoken.environment, spoken.disk);
    const bool stands_in_root = fs::absolute(spoken.environment.working_directory, "/") == spoken.root;
    return stands_in_root || spec.kind == hub::RemoteKind::Hub ? name : spec.folder;
}

void check_remote_name(std::string_view name) {
    const bool is_word = !name.empty() && name.find_first_of("/:@~ ") == name.npos && name.front() != '.' &&
                         name.front() != '-';
    if (!is_word)
        throw Error(
            ErrorCode::BadOption, "'" + printable_line(name) + "' cannot be the name of a remote",
            "Choose a word such as origin or team: no '/', ':', '@', '~' or space, no '.' or '-' first.");
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
