// Every setting, one row each. Load, save, `config show`, `get`, `set` and `unset`, their help and
// docs/settings.md follow from the table: a new setting is a field and a row.
#pragma once

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
};

enum class Shown { Value, Number, Not };  // Number: of a list whose texts are secrets themselves

struct SettingTraits {
    bool adds = false;  // words are added to the list instead of replacing it
    Shown shown = Shown::Value;
    std::string_view set_by = {};  // the command that sets it, where that is not `config set`
};

struct Setting {
    std::string_view key;  // unique within its scope
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

// As it stands in the file: null for no text and no choice.
json::Value setting_value(const Setting& setting, const Settings& settings);
// As people may see it.
json::Value shown_value(const Setting& setting, const Settings& settings);

// Error BadOption (or what the row's own check throws) for words that it cannot take, or that another command
// sets; nothing is changed then.
void set_setting(const Setting& setting, Settings& settings, const SettingTexts& words,
                 const SettingInput& input);
// Back to the default, or without these words of the list: Error NotFound for one that is not in it.
void unset_setting(const Setting& setting, Settings& settings, const SettingTexts& words,
                   const SettingInput& input);

}  // namespace opentraces::store
