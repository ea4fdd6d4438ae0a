// Every row of the table of settings is set, saved, loaded, shown and unset: a setting that is forgotten
// somewhere cannot exist.
#include "opentraces/store/settings.hpp"

#include <set>

#include "catch.hpp"
#include "doubles/in_memory_disk.hpp"
#include "golden.hpp"
#include "opentraces/core/environment_variables.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/store/layout.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

constexpr std::string_view k_root = "/home/alice/work";
constexpr std::string_view k_user = "/home/alice/.opentraces";

struct Home {
    Home() {
        disk.make_directories(project_folder(std::string(k_root)), 0700);
        environment.working_directory = k_root;
        environment.variables["HOME"] = "/home/alice";
    }
    std::string path(SettingScope scope) const {
        return scope == SettingScope::User ? fs::join(k_user, "config.json")
                                           : in_project(std::string(k_root), "config.json");
    }
    void save(const Settings& settings) {
        save_project(std::string(k_root), settings.project, disk);
        save_user_config(std::string(k_user), settings.user, disk);
    }
    Settings load() {
        return {load_project(std::string(k_root), disk), load_user_config(std::string(k_user), disk)};
    }
    SettingInput input() { return {environment, disk, {"claude-code", "codex"}}; }

    InMemoryDisk disk;
    Environment environment;
};

SettingTexts words_of(const Setting& setting) {
    const std::string example(setting.example);
    if (!std::holds_alternative<SettingField<SettingTexts>>(setting.kind)) return {example};
    SettingTexts words;
    std::size_t from = 0;
    for (std::size_t to = 0; to != std::string::npos; from = to + 1) {
        to = example.find(' ', from);
        words.push_back(example.substr(from, to - from));
    }
    return words;
}

// As a person would, or as the file says it.
void give_example(const Setting& setting, Home& home) {
    home.save({});
    if (setting.traits.set_by.empty()) {
        Settings settings;
        set_setting(setting, settings, words_of(setting), home.input());
        home.save(settings);
        return;
    }
    const std::string path(setting.path);
    const std::size_t dot = path.find('.');
    std::string text = "{\"" + path.substr(dot == std::string::npos ? 0 : dot + 1) +
                       "\": " + std::string(setting.example) + "}";
    if (dot != std::string::npos) text = "{\"" + path.substr(0, dot) + "\": " + text + "}";
    home.disk.replace(home.path(setting.scope), text);
    home.save(home.load());
}

std::string_view name_of(SettingScope scope) {
    return scope == SettingScope::User ? "user" : "project";
}

std::string in_code(const std::string& text) {
    return text.empty() ? "" : "`" + text + "`";
}

std::string table(SettingScope scope) {
    std::string text =
        "| setting | what | value | default | example | set with | in `config.json` "
        "|\n|---|---|---|---|---|---|---|\n";
    for (const Setting& setting : settings_table()) {
        if (setting.scope != scope) continue;
        const json::Value standard = setting_value(setting, {});
        text += "| `" + std::string(setting.key) + "` | " + std::string(setting.about) + " | " +
                std::string(type_of(setting)) + " | " +
                (standard.is_null() ? "none" : in_code(json::to_compact(standard))) + " | " +
                in_code(std::string(setting.example)) + " | " +
                in_code(std::string(setting.traits.set_by.empty() ? "opentraces config set"
                                                                  : setting.traits.set_by)) +
                (setting.traits.adds ? ", which adds" : "") + " | " + in_code(std::string(setting.path)) +
                " |\n";
    }
    return text;
}

std::string variables() {
    std::string text = "| variable | what |\n|---|---|\n";
    for (const EnvironmentVariable& variable : environment_variables())
        text += "| `" + std::string(variable.name) + "` | " + std::string(variable.about) + " |\n";
    return text;
}

}  // namespace

TEST_CASE("settings: each is set, saved, loaded, shown and unset") {
    std::set<std::pair<SettingScope, std::string_view>> keys;
    for (const Setting& setting : settings_table()) {
        INFO(name_of(setting.scope) << " " << setting.key);
        CHECK(keys.emplace(setting.scope, setting.key).second);
        CHECK(find_setting(setting.key, setting.scope) == &setting);
        CHECK_FALSE(setting.about.empty());
        Home home;
        give_example(setting, home);
        const json::Value standard = setting_value(setting, {});
        Settings loaded = home.load();
        const json::Value value = setting_value(setting, loaded);
        CHECK(value != standard);
        for (const Setting& other : settings_table())
            if (&other != &setting) CHECK(setting_value(other, loaded) == setting_value(other, {}));
        const json::Value shown = shown_value(setting, loaded);
        CHECK((setting.traits.shown == Shown::Number ? shown == json::Value(1) : shown == value));
        if (setting.traits.set_by.empty()) {
            unset_setting(setting, loaded, {}, home.input());
            home.save(loaded);
            CHECK(setting_value(setting, home.load()) == standard);
        } else {
            CHECK_THROWS_AS(set_setting(setting, loaded, words_of(setting), home.input()), Error);
            CHECK_THROWS_AS(unset_setting(setting, loaded, {}, home.input()), Error);
            CHECK(setting_value(setting, loaded) == value);
        }
    }
}

TEST_CASE("settings: a value of another kind is refused with the file and the key, null is the default") {
    for (const Setting& setting : settings_table()) {
        INFO(setting.key);
        Home home;
        home.save({});
        const std::string path(setting.path);
        const std::size_t dot = path.find('.');
        const auto say = [&](const std::string& value) {
            home.disk.replace(home.path(setting.scope),
                              dot == std::string::npos ? "{\"" + path + "\": " + value + "}"
                                                       : "{\"" + path.substr(0, dot) + "\": {\"" +
                                                             path.substr(dot + 1) + "\": " + value + "}}");
        };
        say("12");
        const Error error = error_of([&] { home.load(); });
        CHECK(error.code() == ErrorCode::ConfigInvalid);
        CHECK(error.message().find(home.path(setting.scope) + ": " + path + " must be ") == 0);
        say("null");
        CHECK(setting_value(setting, home.load()) == setting_value(setting, {}));
    }
}

TEST_CASE("settings: every field has its row") {
    // A new field does not compile here until it is named: give it a row in settings_table.cpp, then name it.
    const Settings settings;
    [[maybe_unused]] const auto& [agents, review_policy, remotes, default_remote, visibility, excluded, hook,
                                  keep_raw, redact, card, written] = settings.project;
    [[maybe_unused]] const auto& [license, pretty_name, languages, tags] = card;
    [[maybe_unused]] const auto& [gitignore_created, gitignore_added, hook_installed, settings_created] =
        written;
    [[maybe_unused]] const auto& [user_redact, user_exclude] = settings.user;
    constexpr std::size_t k_fields = 9 + 4 + 4 + 2;
    CHECK(settings_table().size() == k_fields);
}

TEST_CASE("settings: words that cannot be meant change nothing") {
    Home home;
    Settings settings;
    const auto refused = [&](std::string_view key, const SettingTexts& words) {
        const Setting& setting = *find_setting(key, SettingScope::Project);
        const json::Value before = setting_value(setting, settings);
        const Error error = error_of([&] { set_setting(setting, settings, words, home.input()); });
        CHECK(setting_value(setting, settings) == before);
        return error.code();
    };
    CHECK(refused("review_policy", {"manual"}) == ErrorCode::BadOption);
    CHECK(refused("review_policy", {"review", "auto"}) == ErrorCode::BadOption);
    CHECK(refused("visibility", {"internal"}) == ErrorCode::BadOption);
    CHECK(refused("visibility", {""}) == ErrorCode::BadOption);
    CHECK(refused("excluded", {"yes"}) == ErrorCode::BadOption);
    CHECK(refused("redact", {"", "x"}) == ErrorCode::BadOption);
    CHECK(refused("card.license", {"apache-9"}) == ErrorCode::ConfigInvalid);
    CHECK(refused("card.language", {"en", "english"}) == ErrorCode::ConfigInvalid);
    CHECK(refused("card.tags", {" x"}) == ErrorCode::ConfigInvalid);
    SettingInput strict = home.input();
    strict.agents = {};
    CHECK(error_of([&] {
              set_setting(*find_setting("agents", SettingScope::Project), settings, {"nobody"}, strict);
          }).code() == ErrorCode::UnknownAgent);
}

TEST_CASE("settings: lists grow by what is new, and lose what is taken out") {
    Home home;
    Settings settings;
    const Setting& exclude = *find_setting("exclude", SettingScope::User);
    set_setting(exclude, settings, {"a", "/home/alice/work/a", "../b"}, home.input());
    set_setting(exclude, settings, {"/c"}, home.input());
    CHECK(settings.user.excluded_projects == SettingTexts{"/home/alice/work/a", "/home/alice/b", "/c"});
    CHECK(error_of([&] {
              unset_setting(exclude, settings, {"/c", "/d"}, home.input());
          }).code() == ErrorCode::NotFound);
    CHECK(settings.user.excluded_projects.size() == 3);
    unset_setting(exclude, settings, {"../b", "/c"}, home.input());
    CHECK(settings.user.excluded_projects == SettingTexts{"/home/alice/work/a"});
    const Setting& tags = *find_setting("card.tags", SettingScope::Project);
    set_setting(tags, settings, {"a", "b"}, home.input());
    set_setting(tags, settings, {"c"}, home.input());
    CHECK(settings.project.card.tags == SettingTexts{"c"});
    CHECK(error_of([&] {
              unset_setting(*find_setting("excluded", SettingScope::Project), settings, {"true"},
                            home.input());
          }).code() == ErrorCode::BadOption);
}

TEST_CASE("settings: the page has every setting and every variable") {
    std::string page = source_text("docs/settings.md");
    page = with_block(page, "project", table(SettingScope::Project));
    page = with_block(page, "user", table(SettingScope::User));
    page = with_block(page, "environment", variables());
    check_file("docs/settings.md", page);
}
