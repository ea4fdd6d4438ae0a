// config show, get, set, unset: the project's settings, and with --user the user's. store/settings.hpp has
// the table.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/setting_input.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/visible.hpp"
#include "opentraces/store/settings.hpp"

namespace opentraces::cli {
namespace {

using store::Setting;
using store::SettingScope;

struct Options {
    std::string key;
    store::SettingTexts values;
    bool user = false;
};
using Change = void (*)(const Setting&, store::Settings&, const store::SettingTexts&,
                        const store::SettingInput&);

std::string known_keys() {
    std::string known;
    for (const Setting& setting : store::settings_table())
        if (setting.traits.set_by.empty() && known.find(setting.key) == std::string::npos)
            known += (known.empty() ? "" : ", ") + std::string(setting.key);
    return known;
}

std::vector<std::string> setting_keys() {
    std::vector<std::string> keys;
    for (const Setting& setting : store::settings_table())
        if (setting.traits.set_by.empty()) keys.emplace_back(setting.key);
    return keys;
}

// --user means the user's own; without it a setting that only the user has is found too.
const Setting& setting_called(const Options& options) {
    const Setting* const users = store::find_setting(options.key, SettingScope::User);
    const Setting* const projects = store::find_setting(options.key, SettingScope::Project);
    if (options.user && users == nullptr && projects != nullptr)
        throw Error(ErrorCode::BadOption, fmt::format("{} is a setting of projects", options.key),
                    "Leave --user out.");
    const Setting* const found = options.user || projects == nullptr ? users : projects;
    if (found == nullptr || found->traits.shown == store::Shown::Not)
        throw Error(ErrorCode::BadOption,
                    fmt::format("no setting is called '{}'", printable_line(options.key)),
                    did_you_mean(options.key, setting_keys(), "Settings: " + known_keys()));
    return *found;
}

// Only what the setting's scope needs: the user's settings have no need of a project.
store::Settings load(Context& context, SettingScope scope, std::string& folder) {
    store::Settings settings;
    if (scope == SettingScope::User) {
        folder = context.ports.environment.opentraces_home();
        settings.user = store::load_user_config(folder, context.ports.disk);
    } else {
        folder = project_root(context);
        settings.project = store::load_project(folder, context.ports.disk);
    }
    return settings;
}

Answer show(Context& context) {
    std::string root;
    store::Settings settings = load(context, SettingScope::Project, root);
    std::string ignored;
    settings.user = load(context, SettingScope::User, ignored).user;
    Answer answer;
    answer.fields.append("project", root);
    json::Object users;
    for (const Setting& setting : store::settings_table()) {
        if (setting.traits.shown == store::Shown::Not) continue;
        json::Object& scope = setting.scope == SettingScope::User ? users : answer.fields;
        scope.append(std::string(setting.key), store::shown_value(setting, settings));
    }
    answer.fields.append("user", std::move(users));
    for (const json::Member& member : answer.fields)
        answer.text += fmt::format("{} = {}\n", member.first, json::to_visible(member.second));
    return answer;
}

Answer get(Context& context, const Options& options) {
    const Setting& setting = setting_called(options);
    std::string folder;
    const json::Value value = store::shown_value(setting, load(context, setting.scope, folder));
    Answer answer;
    answer.fields.append("key", options.key);
    answer.fields.append("value", value);
    const std::string* const text = value.if_string();
    answer.text = (text != nullptr ? *text : json::to_visible(value)) + "\n";
    return answer;
}

Answer change(Context& context, const Options& options, Change apply, std::string_view done) {
    const Setting& setting = setting_called(options);
    std::string folder;
    store::Settings settings = load(context, setting.scope, folder);
    apply(setting, settings, options.values, setting_input(context));
    if (setting.scope == SettingScope::User) {
        store::save_user_config(folder, settings.user, context.ports.disk);
    } else {
        store::save_project(folder, settings.project, context.ports.disk);
    }
    Answer answer;
    answer.fields.append("key", options.key);
    answer.text = fmt::format("{} is {}\n", options.key, done);
    return answer;
}

std::string rows_of(SettingScope scope) {
    std::string text;
    for (const Setting& setting : store::settings_table())
        if (setting.scope == scope && setting.traits.set_by.empty())
            text += fmt::format("  {:<17} {}{}\n", setting.key, setting.about,
                                setting.traits.adds ? " (set adds)" : "");
    return text;
}

std::string setting_help() {
    return "Settings of a project:\n" + rows_of(SettingScope::Project) +
           "\nSettings of the user, for all projects (--user):\n" + rows_of(SettingScope::User);
}

// What get, set and unset have in common.
std::shared_ptr<Options> declare_key(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("KEY", options->key, "Name of the setting")
        .required()
        .completes(Candidates::Settings);
    accepted.add_flag("--user", options->user, "For all projects of this user");
    accepted.footer(setting_help());
    accepted.check([options] { setting_called(*options); });
    return options;
}

}  // namespace

Run declare_config_show(OptionSet& accepted) {
    accepted.footer(setting_help());
    accepted.example("opentraces config show", "Settings of the project and of the user");
    return show;
}

Run declare_config_get(OptionSet& accepted) {
    auto options = declare_key(accepted);
    accepted.example("opentraces config get review_policy", "One value");
    return [options](Context& context) { return get(context, *options); };
}

Run declare_config_set(OptionSet& accepted) {
    auto options = declare_key(accepted);
    accepted.add_option("VALUE", options->values, "One value, or several for a list").required();
    accepted.example("opentraces config set review_policy auto", "Commit clean traces without asking");
    accepted.example("opentraces config set card.license mit", "What the card says");
    return [options](Context& context) { return change(context, *options, store::set_setting, "set"); };
}

Run declare_config_unset(OptionSet& accepted) {
    auto options = declare_key(accepted);
    accepted.add_option("VALUE", options->values,
                        "What to take out of a list; without, the default comes back");
    accepted.example("opentraces config unset review_policy", "Back to the default");
    return [options](Context& context) { return change(context, *options, store::unset_setting, "unset"); };
}

}  // namespace opentraces::cli
