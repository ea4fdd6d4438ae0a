#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "opentraces/core/error.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/store/settings.hpp"
#include "store/git_ignore.hpp"

namespace opentraces::store {
namespace {

using Text = SettingField<std::string>;
using Texts = SettingField<SettingTexts>;
using Flag = SettingField<bool>;
using Remotes = SettingField<std::vector<RemoteConfig>>;

bool choose_policy(Settings& settings, std::string_view name) {
    // The Python tool's names are read too.
    const bool automatic = name == "auto" || name == "auto-ready" || name == "auto_ready";
    if (!automatic && name != "review" && name != "manual" && !name.empty()) return false;
    settings.project.review_policy = automatic ? ReviewPolicy::Auto : ReviewPolicy::Review;
    return true;
}

std::string_view visibility_name(const Settings& settings) {
    const auto& visibility = settings.project.visibility;
    return visibility ? hub::name_of(*visibility) : std::string_view();
}

bool choose_visibility(Settings& settings, std::string_view name) {
    auto& visibility = settings.project.visibility;
    visibility.reset();
    for (const hub::Visibility known : {hub::Visibility::Private, hub::Visibility::Public})
        if (hub::name_of(known) == name) visibility = known;
    return visibility || name.empty();
}

// `remove` takes these bytes out of the project's .gitignore: nothing else than init adds may be said here.
bool choose_ignored(Settings& settings, std::string_view added) {
    if (!is_ignore_addition(std::string(added))) return false;
    settings.project.written.gitignore_added = added;
    return true;
}

std::string list_of(const SettingTexts& names) {
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ", ") + name;
    return list;
}

std::string accept_agent(const std::string& word, const SettingInput& input) {
    if (std::find(input.agents.begin(), input.agents.end(), word) != input.agents.end()) return word;
    throw Error(ErrorCode::UnknownAgent, fmt::format("no agent is called '{}'", printable_line(word)),
                did_you_mean(word, input.agents, "Known agents: " + list_of(input.agents)));
}

std::string accept_any(const std::string& word, const SettingInput&) {
    if (word.empty()) throw Error(ErrorCode::BadOption, "an empty text cannot be redacted");
    return word;
}

std::string accept_folder(const std::string& word, const SettingInput& input) {
    if (word.empty()) throw Error(ErrorCode::BadOption, "an empty text is no folder");
    return fs::absolute(word, input.environment, input.disk);
}

// One word at a time, under the card's own rules.
template <auto Field>
std::string accept_card(const std::string& word, const SettingInput&) {
    card::CardSettings card;
    if constexpr (std::is_same_v<decltype(card.*Field), std::string&>) {
        card.*Field = word;
    } else {
        card.*Field = {word};
    }
    card::validate_settings(card);
    return word;
}

constexpr auto k_project = SettingScope::Project;
constexpr auto k_user = SettingScope::User;

// In the order of a new config.json.
constexpr std::array k_rows{
    Setting{"agents", k_project, "agents", "agents whose sessions are captured", "claude-code codex",
            Texts([](auto& s) -> auto& { return s.project.agents; }), accept_agent},
    Setting{"review_policy", k_project, "review_policy", "review or auto", "auto",
            SettingChoice{"review or auto",
                          [](const Settings& s) { return name_of(s.project.review_policy); }, choose_policy}},
    Setting{"remotes",
            k_project,
            "remotes",
            "datasets to push to, by name",
            R"({"backup": "./backup"})",
            Remotes([](auto& s) -> auto& { return s.project.remotes; }),
            nullptr,
            {.set_by = "opentraces remote"}},
    Setting{"default_remote",
            k_project,
            "default_remote",
            "the one that is meant when none is named",
            R"("backup")",
            Text([](auto& s) -> auto& { return s.project.default_remote; }),
            nullptr,
            {.set_by = "opentraces remote"}},
    Setting{"visibility", k_project, "visibility", "of new datasets: private (also when not set) or public",
            "public", SettingChoice{"private or public", visibility_name, choose_visibility}},
    Setting{"excluded", k_project, "excluded", "true: nothing of this project is captured", "true",
            Flag([](auto& s) -> auto& { return s.project.excluded; })},
    Setting{"hook",
            k_project,
            "hook",
            "true: sessions are captured when they end",
            "false",
            Flag([](auto& s) -> auto& { return s.project.hook; }),
            nullptr,
            {.set_by = "opentraces init"}},
    Setting{"capture.keep_raw", k_project, "capture.keep_raw",
            "true: captured sessions are also kept as their agents wrote them, on this machine only", "false",
            Flag([](auto& s) -> auto& { return s.project.keep_raw; })},
    Setting{"redact",
            k_project,
            "custom_redact_strings",
            "texts that must never be stored or published",
            "internal-name",
            Texts([](auto& s) -> auto& { return s.project.custom_redact_strings; }),
            accept_any,
            {.adds = true, .shown = Shown::Number}},
    Setting{"card.license", k_project, "card.license", "licence id of the Hub", "mit",
            Text([](auto& s) -> auto& { return s.project.card.license; }),
            accept_card<&card::CardSettings::license>},
    Setting{"card.pretty_name", k_project, "card.pretty_name", "title of the dataset", "Our sessions",
            Text([](auto& s) -> auto& { return s.project.card.pretty_name; }),
            accept_card<&card::CardSettings::pretty_name>},
    Setting{"card.language", k_project, "card.languages", "language codes", "en de",
            Texts([](auto& s) -> auto& { return s.project.card.languages; }),
            accept_card<&card::CardSettings::languages>},
    Setting{"card.tags", k_project, "card.tags", "extra tags", "rust compilers",
            Texts([](auto& s) -> auto& { return s.project.card.tags; }),
            accept_card<&card::CardSettings::tags>},
    Setting{"written_by_init.gitignore_created",
            k_project,
            "written_by_init.gitignore_created",
            "init made the .gitignore",
            "true",
            Flag([](auto& s) -> auto& { return s.project.written.gitignore_created; }),
            nullptr,
            {.shown = Shown::Not, .set_by = "opentraces init"}},
    Setting{
        "written_by_init.gitignore_added",
        k_project,
        "written_by_init.gitignore_added",
        "what init added to it",
        R"(".opentraces/\n")",
        SettingChoice{"what init added",
                      [](const Settings& s) { return std::string_view(s.project.written.gitignore_added); },
                      choose_ignored},
        nullptr,
        {.shown = Shown::Not, .set_by = "opentraces init"}},
    Setting{"written_by_init.hook_installed",
            k_project,
            "written_by_init.hook_installed",
            "init installed the session-end hook",
            "true",
            Flag([](auto& s) -> auto& { return s.project.written.hook_installed; }),
            nullptr,
            {.shown = Shown::Not, .set_by = "opentraces init"}},
    Setting{"written_by_init.settings_created",
            k_project,
            "written_by_init.settings_created",
            "init made the agent's settings file",
            "true",
            Flag([](auto& s) -> auto& { return s.project.written.settings_created; }),
            nullptr,
            {.shown = Shown::Not, .set_by = "opentraces init"}},
    Setting{"redact",
            k_user,
            "custom_redact_strings",
            "texts that must never be stored or published",
            "internal-name",
            Texts([](auto& s) -> auto& { return s.user.custom_redact_strings; }),
            accept_any,
            {.adds = true, .shown = Shown::Number}},
    Setting{"exclude",
            k_user,
            "excluded_projects",
            "project folders that are never captured",
            "/home/alice/private",
            Texts([](auto& s) -> auto& { return s.user.excluded_projects; }),
            accept_folder,
            {.adds = true}},
};

}  // namespace

std::span<const Setting> settings_table() {
    return k_rows;
}

}  // namespace opentraces::store
