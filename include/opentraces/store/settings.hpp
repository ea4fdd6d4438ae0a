// Every setting, a row for each file that may say it. Load, save, `config list`, `get`, `set` and `unset`,
// their help and docs/settings.md follow from the table: a new setting is a field and a row. And the one
// place that decides which of several values holds: in_force().
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "opentraces/core/environment.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/store/project.hpp"
#include "opentraces/store/user_config.hpp"

namespace opentraces::store {

struct Settings {
    ProjectConfig project;
    UserConfig user;
};

enum class SettingScope { Project, User };  // whose config.json it is in

// A lambda without captures that answers a reference to a field of Settings.
template <typename Part, typename T>
concept AnswersField = std::is_empty_v<Part> && std::is_invocable_r_v<T&, Part, Settings&>;

// A field of Settings, through a lambda without captures that answers a reference to it.
template <typename T>
struct SettingField {
    template <AnswersField<T> Part>
    constexpr SettingField(Part)
        : of([](const Settings& settings) -> const T& { return Part{}(settings); }),
          in([](Settings& settings) -> T& { return Part{}(settings); }) {}
    const T& (*of)(const Settings&);
    T& (*in)(Settings&);
};
// One of a few names; no name is the default. `choose` answers false for a name that is none of them.
struct SettingChoice {
    std::string_view names;  // "review or auto"
    std::string_view (*name)(const Settings&);
    bool (*choose)(Settings&, std::string_view name);
};
using SettingTexts = std::vector<std::string>;
using SettingKind = std::variant<SettingField<std::string>, SettingField<SettingTexts>, SettingField<bool>,
                                 SettingChoice, SettingField<std::vector<RemoteConfig>>>;

// What given words are checked against.
struct SettingInput {
    const Environment& environment;  // relative folders start in its working directory
    fs::Disk& disk;
    std::vector<std::string> agents;  // that there are
    // Error for a file that is no table of prices; asked when somebody names one, not whenever settings are
    // read. None: nobody looks.
    std::function<void(const std::string& file)> prove_prices = {};
    // The same for a file of rules.
    std::function<void(const std::string& file)> prove_rules = {};
};

enum class Shown { Value, Masked, Not };  // Masked: a list whose texts are secrets themselves

struct SettingTraits {
    bool adds = false;  // words are added to the list instead of replacing it, and levels to each other
    Shown shown = Shown::Value;
    std::string_view set_by = {};    // the command that sets it, where that is not `config set`
    std::string_view variable = {};  // of the environment, that goes before both files
    std::string_view flags = {};     // that go before everything, with their commands
    std::string_view alone = {};     // why only one file may say it, where only one may
    // Of what a person says now, besides `accept`: looks at what the word names. Throws Error.
    void (*prove)(const std::string& word, const SettingInput& input) = nullptr;
};

struct Setting {
    std::string_view key;  // unique within its scope, and the same setting in both
    SettingScope scope;
    std::string_view path;  // in config.json; one dot leads into an object
    std::string_view about;
    std::string_view example;  // not the default: words as `config set` takes them, JSON when set by others
    SettingKind kind;
    // A given word as it is kept; throws Error for one that cannot be. nullptr takes any.
    std::string (*accept)(const std::string& word, const SettingInput& input) = nullptr;
    SettingTraits traits = {};
};

std::span<const Setting> settings_table();
// nullptr if there is none.
const Setting* find_setting(std::string_view key, SettingScope scope);
// For pages and messages: "text", "texts", "true or false", "review or auto", "object".
std::string_view type_of(const Setting& setting);

// By the scope's file, or by somebody who has changed the field since.
bool is_said(const Setting& setting, const Settings& settings);
// As it stands in the file: null for no text and no choice.
json::Value setting_value(const Setting& setting, const Settings& settings);
// A secret as people may see it: where it begins and ends, if it is long enough for that to tell little.
std::string masked(std::string_view secret);
// The value as people may see it.
json::Value shown(const Setting& setting, const json::Value& value);
json::Value shown_value(const Setting& setting, const Settings& settings);

// Error BadOption (or what the row's own check throws) for words that it cannot take, or that another command
// sets; nothing is changed then.
void set_setting(const Setting& setting, Settings& settings, const SettingTexts& words,
                 const SettingInput& input);
// Back to the default, or without these words of the list: Error NotFound for one that is not in it.
// Of masked texts a word is a number as `config get` shows it, from 1, or a mask: BadOption for a mask that
// several have. What `exactly` says is the text itself.
void unset_setting(const Setting& setting, Settings& settings, const SettingTexts& words,
                   const SettingInput& input, bool exactly = false);

// A later one goes first.
enum class SettingLevel { Default, User, Project, Environment, Flag };
std::string_view name_of(SettingLevel level);  // "default", "user", …

struct SaidValue {
    SettingLevel level = SettingLevel::Default;
    std::string where;  // the file, the variable, the option; empty for the default
    json::Value value;
};

struct SettingsInForce {
    Settings settings;
    // By key, whose word it is: one, or for settings that add the words of every level that has some.
    std::map<std::string, std::vector<SaidValue>, std::less<>> origins;
};

// What the files say, each for itself; what a file does not say keeps its default.
struct SettingFiles {
    Settings own;
    std::string user_file;     // empty: no folder of the user
    std::string project_file;  // empty: no project
};
using FlagValues = std::map<std::string, SaidValue, std::less<>>;  // by key

// Reads those that there are. With `input` every word is checked as `config set` would check it. Errors
// SettingsUnreadable, ConfigInvalid (file, line, key, what is allowed).
SettingFiles read_setting_files(const std::optional<std::string>& user_folder,
                                const std::optional<std::string>& root, fs::Disk& disk,
                                const SettingInput* input = nullptr);
// Flag, environment, project, user, default: the first that says a setting is the one that holds; those that
// add are all of them together. Error ConfigInvalid (variable, what is allowed) for a variable that cannot be
// meant. `settings` has what holds in the project's part, and what only the user may say in the user's.
SettingsInForce in_force(const SettingFiles& files, const SettingInput& input, const FlagValues& flags = {});

}  // namespace opentraces::store
