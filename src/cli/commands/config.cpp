// config show, config get, config set: the project's settings, and with --user the user's.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "../command.hpp"
#include "../project_context.hpp"
#include "../trace_fields.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/visible.hpp"
#include "opentraces/store/user_config.hpp"

namespace opentraces::cli {
namespace {

using store::ProjectConfig;
using Texts = std::vector<std::string>;

struct Setting {
    std::string_view key;
    std::string_view about;
    json::Value (*get)(const ProjectConfig&);
    void (*set)(ProjectConfig&, const Texts&);
};

json::Value array_of(const Texts& texts) {
    json::Array array;
    for (const std::string& text : texts)
        array.emplace_back(text);
    return array;
}

const std::string& single(const Texts& values) {
    if (values.size() != 1) throw Error(ErrorCode::BadOption, "this setting takes one value");
    return values.front();
}

void set_agents(ProjectConfig& config, const Texts& values) {
    for (const std::string& name : values) {
        if (capture::find_agent(name) == nullptr) {
            throw Error(ErrorCode::UnknownAgent, fmt::format("no agent is called '{}'", printable_line(name)),
                        "Known agents: " + capture::agent_names());
        }
    }
    config.agents = values;
}

void set_policy(ProjectConfig& config, const Texts& values) {
    const std::string& value = single(values);
    if (value != "review" && value != "auto")
        throw Error(ErrorCode::BadOption, "review_policy is review or auto");
    config.review_policy = value == "auto" ? store::ReviewPolicy::Auto : store::ReviewPolicy::Review;
}

void set_visibility(ProjectConfig& config, const Texts& values) {
    const std::string& value = single(values);
    if (value != "private" && value != "public")
        throw Error(ErrorCode::BadOption, "visibility is private or public");
    config.visibility = value == "public" ? hub::Visibility::Public : hub::Visibility::Private;
}

void set_excluded(ProjectConfig& config, const Texts& values) {
    const std::string& value = single(values);
    if (value != "true" && value != "false") throw Error(ErrorCode::BadOption, "excluded is true or false");
    config.excluded = value == "true";
}

constexpr std::array k_settings{
    Setting{"agents", "agents whose sessions are captured",
            [](const ProjectConfig& c) { return array_of(c.agents); }, set_agents},
    Setting{"review_policy", "review or auto",
            [](const ProjectConfig& c) { return json::Value(store::name_of(c.review_policy)); }, set_policy},
    Setting{"visibility", "of new datasets: private or public",
            [](const ProjectConfig& c) {
                return c.visibility ? json::Value(hub::name_of(*c.visibility)) : json::Value();
            },
            set_visibility},
    Setting{"excluded", "true: nothing of this project is captured",
            [](const ProjectConfig& c) { return json::Value(c.excluded); }, set_excluded},
    Setting{"card.license", "licence id of the Hub",
            [](const ProjectConfig& c) { return json::Value(c.card.license); },
            [](ProjectConfig& c, const Texts& v) { c.card.license = single(v); }},
    Setting{"card.pretty_name", "title of the dataset",
            [](const ProjectConfig& c) { return text_or_null(c.card.pretty_name); },
            [](ProjectConfig& c, const Texts& v) { c.card.pretty_name = single(v); }},
    Setting{"card.language", "language codes",
            [](const ProjectConfig& c) { return array_of(c.card.languages); },
            [](ProjectConfig& c, const Texts& v) { c.card.languages = v; }},
    Setting{"card.tags", "extra tags", [](const ProjectConfig& c) { return array_of(c.card.tags); },
            [](ProjectConfig& c, const Texts& v) { c.card.tags = v; }},
};

const Setting& setting_called(const std::string& key) {
    std::string known;
    for (const Setting& setting : k_settings) {
        if (setting.key == key) return setting;
        known += (known.empty() ? "" : ", ") + std::string(setting.key);
    }
    throw Error(ErrorCode::BadOption, fmt::format("no setting is called '{}'", printable_line(key)),
                "Settings: " + known + ", and redact and exclude");
}

// Literals to redact are secrets themselves: their number is shown, never the text.
json::Value hidden(const Texts& texts) {
    return static_cast<std::int64_t>(texts.size());
}

Answer show(Context& context) {
    const std::string root = project_root(context);
    const ProjectConfig config = store::load_project(root, context.ports.disk);
    const auto user =
        store::load_user_config(context.ports.environment.opentraces_home(), context.ports.disk);
    Answer answer;
    answer.fields.append("project", root);
    for (const Setting& setting : k_settings)
        answer.fields.append(std::string(setting.key), setting.get(config));
    json::Object remotes;
    for (const store::RemoteConfig& remote : config.remotes)
        remotes.append(remote.name, remote.target);
    answer.fields.append("remotes", std::move(remotes));
    answer.fields.append("default_remote", text_or_null(config.default_remote));
    answer.fields.append("hook", config.hook);
    answer.fields.append("redact", hidden(config.custom_redact_strings));
    json::Object user_object;
    user_object.append("redact", hidden(user.custom_redact_strings));
    user_object.append("exclude", array_of(user.excluded_projects));
    answer.fields.append("user", std::move(user_object));
    for (const json::Member& member : answer.fields) {
        answer.text += fmt::format("{} = {}\n", member.first, json::to_visible(member.second));
    }
    return answer;
}

Answer get(Context& context, const std::string& key) {
    const Setting& setting = setting_called(key);
    const ProjectConfig config = store::load_project(project_root(context), context.ports.disk);
    const json::Value value = setting.get(config);
    Answer answer;
    answer.fields.append("key", key);
    answer.fields.append("value", value);
    const std::string* text = value.if_string();
    answer.text = (text != nullptr ? *text : json::to_visible(value)) + "\n";
    return answer;
}

void add_once(Texts& texts, const Texts& added) {
    for (const std::string& text : added) {
        if (text.empty()) throw Error(ErrorCode::BadOption, "an empty text cannot be redacted or excluded");
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
    }
}

void set_user(Context& context, const std::string& key, const Texts& values) {
    const std::string folder = context.ports.environment.opentraces_home();
    auto user = store::load_user_config(folder, context.ports.disk);
    if (key == "redact") {
        add_once(user.custom_redact_strings, values);
    } else {
        Texts paths;
        for (const std::string& path : values)
            paths.push_back(fs::absolute(path, context.ports.environment, context.ports.disk));
        add_once(user.excluded_projects, paths);
    }
    store::save_user_config(folder, user, context.ports.disk);
}

Answer set(Context& context, const std::string& key, const Texts& values, bool for_user) {
    if (for_user && key != "redact" && key != "exclude") {
        throw Error(ErrorCode::BadOption, "only redact and exclude are settings of the user");
    }
    if (for_user || key == "exclude") {
        set_user(context, key, values);
    } else {
        const std::string root = project_root(context);
        ProjectConfig config = store::load_project(root, context.ports.disk);
        if (key == "redact") {
            add_once(config.custom_redact_strings, values);
        } else {
            setting_called(key).set(config, values);
        }
        card::validate_settings(config.card);
        store::save_project(root, config, context.ports.disk);
    }
    Answer answer;
    answer.fields.append("key", key);
    answer.text = key + " is set\n";
    return answer;
}

std::string setting_help() {
    std::string text = "Settings:\n";
    for (const Setting& setting : k_settings)
        text += fmt::format("  {:<17} {}\n", setting.key, setting.about);
    return text +
           "  redact            adds a text that must never be stored or published (--user: in any project)\n"
           "  exclude           adds a project folder that is never captured\n";
}

}  // namespace

Run declare_config_show(OptionSet& accepted) {
    accepted.footer(setting_help());
    return show;
}

Run declare_config_get(OptionSet& accepted) {
    auto key = std::make_shared<std::string>();
    accepted.add_option("KEY", *key, "Name of the setting").required();
    accepted.footer(setting_help());
    return [key](Context& context) { return get(context, *key); };
}

Run declare_config_set(OptionSet& accepted) {
    struct Options {
        std::string key;
        Texts values;
        bool user = false;
    };
    auto options = std::make_shared<Options>();
    accepted.add_option("KEY", options->key, "Name of the setting").required();
    accepted.add_option("VALUE", options->values, "One value, or several for a list").required();
    accepted.add_flag("--user", options->user, "For all projects of this user (redact, exclude)");
    accepted.footer(setting_help());
    return [options](Context& context) { return set(context, options->key, options->values, options->user); };
}

}  // namespace opentraces::cli
