// What most commands need first: the project that the working directory belongs to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/project.hpp"
#include "opentraces/store/settings.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

// The user's own folder is kept from others; says so when it was not.
void guard_user_folder(Context& context);

// The nearest folder upwards with .opentraces in it. Error UntrustedProject if its user did not make it a
// project, also when a folder further up is one: what is nearest decides, and never in silence.
std::optional<std::string> present_project(Context& context);
// The same; Error NotInitialized if there is none.
std::string project_root(Context& context);

// Settings in force here: in the project, if this is one. With what an option says of them.
store::SettingsInForce settings_in_force(Context& context, const std::optional<std::string>& root,
                                         const store::FlagValues& flags = {});

struct Project {
    std::string root;
    store::ProjectConfig config;  // in force; not what its own file says, and not to be saved
    std::unique_ptr<store::Store> store;
};
Project open_project(Context& context, const store::FlagValues& flags = {});
// For commands that only read: works on a full disk and without permission to write.
Project open_project_for_reading(Context& context);
// Of the project at `root`, wherever the user is. Error UntrustedProject as present_project().
Project open_project_at(Context& context, const std::string& root);
Project open_project_for_reading_at(Context& context, const std::string& root);

// Excluded by the project's settings or by the user's.
bool is_excluded(Context& context, const Project& project);

// "200MB", "64MiB", "1000": bytes. Error BadOption for anything else.
std::uint64_t parse_size(const std::string& text);

// User and project settings for scrubbing; without a project only the user's. `root` is the project's folder.
// Errors as flow::own_rules(); says what of such files is not followed.
security::ScrubOptions scrub_options(Context& context, const store::ProjectConfig* config = nullptr,
                                     const std::string& root = {});
// For what captures in the project at `root`.
flow::CaptureOptions capture_options(Context& context, const store::ProjectConfig& config,
                                     const std::string& root);
// The user's own prices; without a project only what the user says for all of them. Errors as
// flow::own_prices().
flow::OwnPricesPtr own_prices(Context& context, const Project* project);
// To look and not to change: works without the user's folder, where the key of pseudonyms is.
security::ScrubOptions scan_options(Context& context, const store::ProjectConfig* config = nullptr,
                                    const std::string& root = {});
// Rules from these files, which are seen from where the user is; null for none. Errors and what is said as
// for those of settings.
security::OwnRulesPtr rules_of_files(Context& context, const std::vector<std::string>& files);

}  // namespace opentraces::cli
