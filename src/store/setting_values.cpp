#include "store/setting_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "opentraces/core/error.hpp"
#include "opentraces/core/overloaded.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::store {
namespace {

// Each answers false, and changes nothing, for a value of another kind.
bool assign(std::string& field, const json::Value& value) {
    if (value.if_string() == nullptr) return false;
    field = *value.if_string();
    return true;
}

bool assign(bool& field, const json::Value& value) {
    if (value.if_bool() == nullptr) return false;
    field = *value.if_bool();
    return true;
}

bool assign(SettingTexts& field, const json::Value& value) {
    if (value.if_array() == nullptr) return false;
    SettingTexts texts;
    for (const json::Value& item : *value.if_array())
        if (!assign(texts.emplace_back(), item)) return false;
    field = std::move(texts);
    return true;
}

bool assign(std::vector<RemoteConfig>& field, const json::Value& value) {
    if (value.if_object() == nullptr) return false;
    std::vector<RemoteConfig> remotes;
    for (const auto& [name, target] : *value.if_object())
        if (!assign(remotes.emplace_back(RemoteConfig{name, {}}).target, target)) return false;
    field = std::move(remotes);
    return true;
}

std::set<std::string, std::less<>>& said_by(SettingScope scope, Settings& settings) {
    return scope == SettingScope::User ? settings.user.said : settings.project.said;
}

const std::set<std::string, std::less<>>& said_by(SettingScope scope, const Settings& settings) {
    return scope == SettingScope::User ? settings.user.said : settings.project.said;
}

// Null leaves the field as it is.
bool assign(const Setting& setting, Settings& settings, const json::Value& value) {
    if (value.is_null()) return true;
    return std::visit(Overloaded{[&](const SettingChoice& choice) {
                                     return value.if_string() != nullptr &&
                                            choice.choose(settings, *value.if_string());
                                 },
                                 [&](const auto& field) { return assign(field.in(settings), value); }},
                      setting.kind);
}

void reset(const Setting& setting, Settings& settings) {
    const Settings defaults;
    std::visit(
        Overloaded{[&](const SettingChoice& choice) { choice.choose(settings, choice.name(defaults)); },
                   [&](const auto& field) { field.in(settings) = field.of(defaults); }},
        setting.kind);
}

json::Value text_or_null(std::string_view text) {
    return text.empty() ? json::Value() : json::Value(text);
}

json::Value to_json(const std::string& text) {
    return text_or_null(text);
}

json::Value to_json(bool flag) {
    return flag;
}

json::Value to_json(const SettingTexts& texts) {
    return json::Array(texts.begin(), texts.end());
}

json::Value to_json(const std::vector<RemoteConfig>& remotes) {
    json::Object object;
    for (const RemoteConfig& remote : remotes)
        object.set(remote.name, remote.target);
    return object;
}

const SettingTexts* list_of(const Setting& setting, const Settings& settings) {
    const auto* const field = std::get_if<SettingField<SettingTexts>>(&setting.kind);
    return field == nullptr ? nullptr : &field->of(settings);
}

SettingTexts accepted(const Setting& setting, SettingTexts words, const SettingInput& input) {
    if (setting.accept != nullptr)
        for (std::string& word : words)
            word = setting.accept(word, input);
    return words;
}

// Every text of it that a check can look at.
SettingTexts texts_of(const Setting& setting, const Settings& settings) {
    if (const SettingTexts* const list = list_of(setting, settings)) return *list;
    const auto* const text = std::get_if<SettingField<std::string>>(&setting.kind);
    return text == nullptr || text->of(settings).empty() ? SettingTexts() : SettingTexts{text->of(settings)};
}

[[noreturn]] void throw_no_such_value(const Setting& setting) {
    throw Error(ErrorCode::NotFound, fmt::format("{} has no such value", setting.key),
                fmt::format("Nothing was changed. Run: opentraces config get {} --{}", setting.key,
                            setting.scope == SettingScope::User ? "user" : "project"));
}

// The texts that numbers and masks stand for.
SettingTexts called_by_mask(const Setting& setting, const SettingTexts& list, const SettingTexts& words) {
    SettingTexts called;
    for (const std::string& word : words) {
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error == std::errc() && end == word.data() + word.size()) {
            if (number < 1 || number > list.size()) throw_no_such_value(setting);
            called.push_back(list[number - 1]);
            continue;
        }
        const auto has_mask = [&](const std::string& text) { return masked(text) == word; };
        const auto found = std::find_if(list.begin(), list.end(), has_mask);
        if (found == list.end()) throw_no_such_value(setting);
        if (std::count_if(list.begin(), list.end(), has_mask) > 1)
            throw Error(ErrorCode::BadOption, fmt::format("several texts of {} look like this", setting.key),
                        "Nothing was changed. Give its number.");
        called.push_back(*found);
    }
    return called;
}

void need_config_set(const Setting& setting) {
    if (setting.traits.set_by.empty()) return;
    throw Error(ErrorCode::BadOption, fmt::format("{} is not set here", setting.key),
                fmt::format("Run: {} --help", setting.traits.set_by));
}

// What the words say as the file would say it; a single word that cannot be meant stays a text, for the
// error.
json::Value meaning(const Setting& setting, const Settings& settings, const SettingTexts& words) {
    if (const SettingTexts* const list = list_of(setting, settings)) {
        SettingTexts whole = setting.traits.adds ? *list : SettingTexts();
        for (const std::string& word : words)
            if (!setting.traits.adds || std::find(whole.begin(), whole.end(), word) == whole.end())
                whole.push_back(word);
        return to_json(whole);
    }
    if (words.size() != 1) throw Error(ErrorCode::BadOption, fmt::format("{} takes one value", setting.key));
    const std::string& word = words.front();
    const bool flag = std::holds_alternative<SettingField<bool>>(setting.kind);
    return flag && (word == "true" || word == "false") ? json::Value(word == "true") : json::Value(word);
}

// The same error, with the place in the file.
[[noreturn]] void refuse_value(const Setting& setting, const SettingsFile& file, const Error& error) {
    std::string_view why = error.message();
    const std::string named = std::string(setting.key) + ": ";
    if (why.starts_with(named)) why.remove_prefix(named.size());
    file.throw_invalid(setting.path, fmt::format("cannot be this: {}", why), error.hint());
}

}  // namespace

const Setting* find_setting(std::string_view key, SettingScope scope) {
    for (const Setting& setting : settings_table())
        if (setting.scope == scope && setting.key == key) return &setting;
    return nullptr;
}

std::string_view type_of(const Setting& setting) {
    using namespace std::string_view_literals;
    return std::visit(
        Overloaded{[](const SettingField<std::string>&) { return "a text"sv; },
                   [](const SettingField<SettingTexts>&) { return "a list of texts"sv; },
                   [](const SettingField<bool>&) { return "true or false"sv; },
                   [](const SettingChoice& choice) { return choice.names; },
                   [](const SettingField<std::vector<RemoteConfig>>&) { return "an object of texts"sv; }},
        setting.kind);
}

json::Value setting_value(const Setting& setting, const Settings& settings) {
    return std::visit(
        Overloaded{[&](const SettingChoice& choice) { return text_or_null(choice.name(settings)); },
                   [&](const auto& field) { return to_json(field.of(settings)); }},
        setting.kind);
}

std::string masked(std::string_view secret) {
    constexpr std::size_t k_tells_one = 8;
    constexpr std::size_t k_tells_two = 16;
    const std::size_t length = code_points(secret);
    const std::size_t ends = length >= k_tells_two ? 2 : length >= k_tells_one ? 1 : 0;
    return std::string(first_code_points(secret, ends)) + "…" +
           std::string(secret.substr(first_code_points(secret, length - ends).size()));
}

json::Value shown(const Setting& setting, const json::Value& value) {
    if (setting.traits.shown != Shown::Masked || value.if_array() == nullptr) return value;
    json::Array masks;
    for (const json::Value& text : *value.if_array())
        masks.emplace_back(masked(text.string_or()));
    return masks;
}

json::Value shown_value(const Setting& setting, const Settings& settings) {
    return shown(setting, setting_value(setting, settings));
}

void set_setting(const Setting& setting, Settings& settings, const SettingTexts& words,
                 const SettingInput& input) {
    need_config_set(setting);
    const json::Value value = meaning(setting, settings, accepted(setting, words, input));
    Settings changed = settings;
    // A file may say a choice by older names, a person not.
    if (!assign(setting, changed, value) ||
        (std::holds_alternative<SettingChoice>(setting.kind) && setting_value(setting, changed) != value))
        throw Error(ErrorCode::BadOption, fmt::format("{} is {}", setting.key, type_of(setting)));
    if (setting.traits.prove != nullptr)
        for (const std::string& word : texts_of(setting, changed))
            setting.traits.prove(word, input);
    said_by(setting.scope, changed).emplace(setting.key);
    settings = std::move(changed);
}

void unset_setting(const Setting& setting, Settings& settings, const SettingTexts& words,
                   const SettingInput& input, bool exactly) {
    need_config_set(setting);
    const SettingTexts* const list = list_of(setting, settings);
    SettingTexts rest;
    if (!words.empty()) {
        if (list == nullptr)
            throw Error(ErrorCode::BadOption, fmt::format("{} is no list to take a value from", setting.key),
                        fmt::format("Run: opentraces config unset {}", setting.key));
        const bool by_mask = setting.traits.shown == Shown::Masked && !exactly;
        const SettingTexts leaving = by_mask ? called_by_mask(setting, *list, words)
                                     : setting.traits.shown == Shown::Masked
                                         ? words
                                         : accepted(setting, words, input);
        rest = *list;
        for (const std::string& word : leaving)
            if (std::erase(rest, word) == 0) throw_no_such_value(setting);
    }
    reset(setting, settings);
    said_by(setting.scope, settings).erase(std::string(setting.key));
    if (rest.empty()) return;
    assign(setting, settings, to_json(rest));
    said_by(setting.scope, settings).emplace(setting.key);
}

void read_settings(SettingScope scope, const SettingsFile& file, Settings& settings,
                   const SettingInput* input) {
    for (const Setting& setting : settings_table()) {
        if (setting.scope != scope) continue;
        const json::Value* const value = file.at(setting.path);
        if (value == nullptr || value->is_null()) continue;
        if (!assign(setting, settings, *value))
            file.throw_invalid(setting.path, fmt::format("must be {}", type_of(setting)));
        said_by(scope, settings).emplace(setting.key);
        if (input == nullptr) continue;
        try {
            accepted(setting, texts_of(setting, settings), *input);
        } catch (const Error& error) {
            refuse_value(setting, file, error);
        }
    }
}

void prove_settings(SettingScope scope, const SettingsFile& file, const Settings& settings,
                    const SettingInput& input) {
    for (const Setting& setting : settings_table()) {
        if (setting.scope != scope || setting.traits.prove == nullptr) continue;
        try {
            for (const std::string& word : texts_of(setting, settings))
                setting.traits.prove(word, input);
        } catch (const Error& error) {
            file.throw_invalid(setting.path, fmt::format("cannot be this: {}", error.message()),
                               error.hint());
        }
    }
}

bool is_said(const Setting& setting, const Settings& settings) {
    return said_by(setting.scope, settings).contains(setting.key) ||
           setting_value(setting, settings) != setting_value(setting, {});
}

void put_value(const Setting& setting, Settings& settings, const json::Value& value) {
    assign(setting, settings, value);
}

void write_settings(SettingScope scope, SettingsFile& file, const Settings& settings) {
    for (const Setting& setting : settings_table()) {
        if (setting.scope != scope) continue;
        if (is_said(setting, settings) || !setting.traits.set_by.empty()) {
            file.put(setting.path, setting_value(setting, settings));
        } else {
            file.erase(setting.path);
        }
    }
}

}  // namespace opentraces::store
