// config list, get, set, unset: what holds here and who says so, and the files of project and user.
// store/settings.hpp has the table.
#include <fmt/format.h>

#include <algorithm>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/secret_texts.hpp"
#include "cli/setting_level.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/json/visible.hpp"

namespace opentraces::cli {
namespace {

using store::SaidValue;
using store::Setting;
using store::SettingLevel;
using store::SettingScope;

struct Options {
    std::string key;
    store::SettingTexts values;
    LevelOptions level;
    bool origin = false;
};

bool is_secret(const Setting& setting) {
    return setting.traits.shown == store::Shown::Masked;
}

// What holds here, or with a level what that file says: then nothing has a default.
store::SettingsInForce look(Context& context, std::optional<SettingScope> level, std::string& project) {
    const bool users = level == SettingScope::User;
    const std::optional<std::string> root = users ? std::nullopt : present_project(context);
    if (level == SettingScope::Project && !root) project_root(context);
    project = root.value_or("");
    if (!level) return settings_in_force(context, root);
    const LevelFile file(context, *level);
    const store::Settings settings = file.load();
    store::SettingsInForce said;
    for (const Setting& setting : store::settings_table())
        if (setting.scope == *level && store::is_said(setting, settings))
            said.origins[std::string(setting.key)] = {{users ? SettingLevel::User : SettingLevel::Project,
                                                       file.path(), store::setting_value(setting, settings)}};
    return said;
}

// A list of texts as one, for one line.
std::string on_one_line(const json::Value& value) {
    if (value.is_null()) return {};
    if (const std::string* const text = value.if_string()) return printable_line(*text);
    if (value.if_array() == nullptr) return json::to_visible(value);
    std::string line;
    for (const json::Value& text : *value.if_array())
        line += (line.empty() ? "" : ", ") + printable_line(text.string_or());
    return line;
}

std::string source_text(const SaidValue& said) {
    std::string text(store::name_of(said.level));
    if (!said.where.empty()) text += ", " + printable_line(said.where);
    return text;
}

json::Object origin_object(const Setting& setting, const SaidValue& said) {
    json::Object object;
    object.append("level", std::string(store::name_of(said.level)));
    object.append("where", text_or_null(said.where));
    object.append("value", store::shown(setting, said.value));
    return object;
}

// Of settings that add, all of them.
json::Value whole_value(const Setting& setting, const std::vector<SaidValue>& origins) {
    if (!setting.traits.adds || origins.size() == 1) return store::shown(setting, origins.back().value);
    json::Array all;
    for (const SaidValue& said : origins)
        for (const json::Value& text : *said.value.if_array())
            if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
    return store::shown(setting, all);
}

json::Object setting_object(const Setting& setting, const std::vector<SaidValue>& origins) {
    json::Array sources;
    for (const SaidValue& said : origins)
        sources.emplace_back(origin_object(setting, said));
    json::Object object;
    object.append("key", std::string(setting.key));
    object.append("value", whole_value(setting, origins));
    object.append("origins", std::move(sources));
    return object;
}

std::string line_of(const Setting& setting, const std::vector<SaidValue>& origins, bool with_origin) {
    std::string text = fmt::format("{} = {}", setting.key, on_one_line(whole_value(setting, origins)));
    if (with_origin) {
        std::string sources;
        for (const SaidValue& said : origins)
            sources += (sources.empty() ? "" : "; ") + source_text(said);
        text += (text.ends_with(' ') ? " (" : "  (") + sources + ")";
    }
    while (text.ends_with(' '))
        text.pop_back();
    return text + "\n";
}

Answer list(Context& context, const Options& options) {
    std::string project;
    const store::SettingsInForce found = look(context, level_of(options.level), project);
    Answer answer;
    json::Array settings;
    std::vector<std::string_view> done;
    for (const Setting& setting : store::settings_table()) {
        const auto at = found.origins.find(setting.key);
        if (at == found.origins.end() || setting.traits.shown == store::Shown::Not ||
            std::find(done.begin(), done.end(), setting.key) != done.end())
            continue;
        done.push_back(setting.key);
        settings.emplace_back(setting_object(setting, at->second));
        answer.text += line_of(setting, at->second, options.origin);
    }
    answer.fields.append("project", text_or_null(project));
    answer.fields.append("settings", std::move(settings));
    if (answer.text.empty()) answer.text = "Nothing is set there. What holds: opentraces config list\n";
    return answer;
}

// Numbers are those that unset takes, in each file for itself.
std::string secrets_text(const std::vector<SaidValue>& origins, bool with_origin) {
    std::string text;
    for (const SaidValue& said : origins) {
        int number = 0;
        for (const json::Value& secret : *said.value.if_array())
            text +=
                fmt::format("{} {}  {}, {}{}\n", store::name_of(said.level), ++number,
                            printable_line(store::masked(secret.string_or())),
                            counted(static_cast<std::int64_t>(code_points(secret.string_or())), "character"),
                            with_origin ? "  (" + printable_line(said.where) + ")" : "");
    }
    return text;
}

std::string value_text(const Setting& setting, const std::vector<SaidValue>& origins, bool with_origin) {
    if (is_secret(setting)) return secrets_text(origins, with_origin);
    std::string text;
    for (const SaidValue& said : origins) {
        const std::string source = with_origin ? "  (" + source_text(said) + ")" : "";
        if (const json::Array* const items = said.value.if_array()) {
            for (const json::Value& item : *items)
                text += printable_line(item.string_or()) + source + "\n";
            if (items->empty() && with_origin) text += "(" + source_text(said) + ")\n";
        } else {
            text += on_one_line(said.value) + source + "\n";
        }
    }
    return text;
}

Answer get(Context& context, const Options& options) {
    const auto level = level_of(options.level);
    const Setting& setting = setting_called(options.key, level);
    std::string project;
    const store::SettingsInForce found = look(context, level, project);
    const auto at = found.origins.find(setting.key);
    if (at == found.origins.end())
        throw Error(ErrorCode::NotFound,
                    fmt::format("{} is not set by the {}", setting.key,
                                *level == SettingScope::User ? "user" : "project"),
                    fmt::format("What holds: opentraces config get {} --show-origin", setting.key));
    Answer answer;
    answer.fields = setting_object(setting, at->second);
    answer.text = value_text(setting, at->second, options.origin);
    return answer;
}

SettingScope level_to_change(const Options& options) {
    return level_of(options.level).value_or(setting_called(options.key, {}).scope);
}

// What goes first here, if that is not what was just changed. What is wrong elsewhere is said, and takes
// nothing back.
std::optional<SaidValue> overriding(Context& context, const Setting& setting) {
    const auto own = setting.scope == SettingScope::User ? SettingLevel::User : SettingLevel::Project;
    if (setting.traits.adds) return std::nullopt;
    try {
        const SaidValue said =
            settings_in_force(context, present_project(context)).origins.find(setting.key)->second.back();
        return said.level > own ? std::optional(said) : std::nullopt;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::Config && error.kind() != ErrorKind::Corrupt) throw;
        context.progress.warning(error.message());
        return std::nullopt;
    }
}

Answer changed(Context& context, const LevelFile& file, const Setting& setting, std::string_view done) {
    const std::string_view level = file.scope() == SettingScope::User ? "user" : "project";
    const std::string before = fmt::format("{} is {} for {}\n", setting.key, done,
                                           level == "user" ? "all projects" : "this project");
    Answer answer;
    answer.fields.append("key", std::string(setting.key));
    answer.fields.append("level", std::string(level));
    answer.fields.append("path", file.path());
    answer.text = before;
    const std::optional<SaidValue> first = overriding(context, setting);
    answer.fields.append("overridden_by",
                         first ? json::Value(origin_object(setting, *first)) : json::Value());
    if (first)
        answer.text += fmt::format("Note: {} goes first here and says {}.\n", source_text(*first),
                                   on_one_line(store::shown(setting, first->value)));
    return answer;
}

store::SettingInput input_of(Context& context, const LevelFile& file) {
    return flow::setting_input(context.ports.environment, context.ports.disk, file.root());
}

std::string masks_of(const store::SettingTexts& texts) {
    std::string masks;
    for (const std::string& text : texts)
        masks += fmt::format("  {}, {}\n", printable_line(store::masked(text)),
                             counted(static_cast<std::int64_t>(code_points(text)), "character"));
    return masks;
}

Answer set(Context& context, const Options& options) {
    const Setting& setting = setting_called(options.key, level_to_change(options));
    LevelFile file(context, setting.scope);
    const bool secret = is_secret(setting);
    const store::SettingTexts words =
        secret ? secret_texts(context, "Text that must never be stored or published") : options.values;
    {
        const auto lock = file.lock();
        store::Settings settings = file.load();
        store::set_setting(setting, settings, words, input_of(context, file));
        file.save(settings);
    }
    Answer answer = changed(context, file, setting, "set");
    if (secret) answer.text += masks_of(words);
    return answer;
}

Answer unset(Context& context, const Options& options) {
    const Setting& setting = setting_called(options.key, level_to_change(options));
    LevelFile file(context, setting.scope);
    const bool exactly = is_secret(setting) && options.values == store::SettingTexts{"-"};
    const store::SettingTexts words =
        exactly ? secret_texts(context, "Text that is to be redacted no more") : options.values;
    {
        const auto lock = file.lock();
        store::Settings settings = file.load();
        store::unset_setting(setting, settings, words, input_of(context, file), exactly);
        file.save(settings);
    }
    return changed(context, file, setting, words.empty() ? "unset" : "changed");
}

// A command line is kept in the shell's history, and everybody on the machine can see it.
void refuse_secret_words(const Options& options) {
    if (!is_secret(setting_called(options.key, {}))) return;
    if (options.values.empty() || options.values == store::SettingTexts{"-"}) return;
    throw Error(
        ErrorCode::BadOption,
        fmt::format("{} takes no value on the command line: it would stay in the shell's history",
                    options.key),
        fmt::format("Run: opentraces config set {}, which asks, or pipe it in, one on a line", options.key));
}

void need_values(const Options& options) {
    const Setting& setting = setting_called(options.key, {});
    if (options.values.empty() && !is_secret(setting) && setting.traits.set_by.empty())
        throw Error(ErrorCode::BadOption, fmt::format("{} needs a value: {}", setting.key, type_of(setting)),
                    fmt::format("Run: opentraces config set {} VALUE", setting.key));
}

void add_origin(OptionSet& accepted, Options& options) {
    accepted.add_flag("--show-origin", options.origin,
                      "Say who says so: default, user, project (with the file), environment");
}

// What get, set and unset have in common.
std::shared_ptr<Options> declare_key(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("KEY", options->key, "Name of the setting")
        .required()
        .completes(Candidates::Settings);
    add_level_options(accepted, options->level);
    accepted.footer(setting_help());
    accepted.check([options] { setting_called(options->key, level_of(options->level)); });
    return options;
}

}  // namespace

Run declare_config_list(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    add_level_options(accepted, options->level);
    add_origin(accepted, *options);
    accepted.footer(setting_help());
    accepted.example("opentraces config list --show-origin", "What holds here, and who says so");
    accepted.example("opentraces config list --user", "Only what the user says for all projects");
    return [options](Context& context) { return list(context, *options); };
}

Run declare_config_get(OptionSet& accepted) {
    auto options = declare_key(accepted);
    add_origin(accepted, *options);
    accepted.example("opentraces config get review_policy", "One value");
    accepted.example("opentraces config get redact", "Masked, with the numbers that unset takes");
    return [options](Context& context) { return get(context, *options); };
}

Run declare_config_set(OptionSet& accepted) {
    auto options = declare_key(accepted);
    accepted.add_option("VALUE", options->values,
                        "One value, or several for a list; those of redact are asked for or piped in");
    accepted.check([options] {
        refuse_secret_words(*options);
        need_values(*options);
    });
    accepted.example("opentraces config set --user review_policy auto",
                     "Commit clean traces without asking, in every project");
    accepted.example("opentraces config set card.license mit", "What the card says");
    accepted.example("opentraces config set redact < names.txt",
                     "Texts to be redacted, one on a line; without < it asks");
    return [options](Context& context) { return set(context, *options); };
}

Run declare_config_unset(OptionSet& accepted) {
    auto options = declare_key(accepted);
    accepted.add_option("VALUE", options->values,
                        "What to take out of a list; of redact the number or mask that get shows, or - to "
                        "give the text itself; without, the default comes back");
    accepted.example("opentraces config unset review_policy", "Back to what the user says, or the default");
    accepted.example("opentraces config unset --user redact 1", "The first of them");
    return [options](Context& context) { return unset(context, *options); };
}

}  // namespace opentraces::cli
