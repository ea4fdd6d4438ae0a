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

std::string row(const Setting& setting) {
    const json::Value standard = setting_value(setting, {});
    return "| `" + std::string(setting.key) + "` | " + std::string(setting.about) + " | " +
           std::string(type_of(setting)) + " | " +
           (standard.is_null() ? "none" : in_code(json::to_compact(standard))) + " | " +
           in_code(std::string(setting.example)) + " | " +
           in_code(
               std::string(setting.traits.set_by.empty() ? "opentraces config set" : setting.traits.set_by)) +
           (setting.traits.adds ? ", which adds" : "") + " | " + in_code(std::string(setting.path)) + " |";
}

bool is_shared(const Setting& setting) {
    return find_setting(setting.key, SettingScope::User) != nullptr &&
           find_setting(setting.key, SettingScope::Project) != nullptr;
}

constexpr std::string_view k_columns =
    "| setting | what | value | default | example | set with | in `config.json` |";

std::string shared_table() {
    std::string text =
        std::string(k_columns) + " variable | flags |\n|---|---|---|---|---|---|---|---|---|\n";
    for (const Setting& setting : settings_table())
        if (is_shared(setting) && setting.scope == SettingScope::Project)
            text += row(setting) + " " + in_code(std::string(setting.traits.variable)) + " | " +
                    in_code(std::string(setting.traits.flags)) + " |\n";
    return text;
}

std::string table(SettingScope scope) {
    std::string text = std::string(k_columns) + " only there, because |\n|---|---|---|---|---|---|---|---|\n";
    for (const Setting& setting : settings_table())
        if (setting.scope == scope && !is_shared(setting))
            text += row(setting) + " " + std::string(setting.traits.alone) + " |\n";
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
        const json::Value seen = shown_value(setting, loaded);
        CHECK((setting.traits.shown == Shown::Masked ? seen == json::Value(json::Array{"i…e"})
                                                     : seen == value));
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
        CHECK(error.message().find(home.path(setting.scope) + " line 1: " + path + " must be ") == 0);
        say("null");
        CHECK(setting_value(setting, home.load()) == setting_value(setting, {}));
    }
}

TEST_CASE("settings: every field has its row") {
    // A new field does not compile here until it is named: give it a row in settings_table.cpp, then name it.
    const Settings settings;
    const SharedConfig& shared = settings.user;
    [[maybe_unused]] const auto& [agents, review_policy, visibility, keep_raw, max_observation, episodes,
                                  pricing_file, redact, rule_files, personal, card, said] = shared;
    [[maybe_unused]] const auto& [names, hosts, emails, ips, phones, repos] = personal;
    [[maybe_unused]] const auto& [license, pretty_name, languages, tags] = card;
    [[maybe_unused]] const auto& [gitignore_created, gitignore_added, hooks, hook_files, hook_installed,
                                  settings_created] = settings.project.written;
    constexpr std::size_t k_shared = 9 + 6 + 4;
    // A base cannot be taken apart with what is derived from it: these add to its size.
    struct Project : SharedConfig {
        std::vector<RemoteConfig> remotes;
        std::string default_remote;
        bool excluded, hook;
        std::vector<std::string> hooks_refused;
        WrittenByInit written;
    };
    struct User : SharedConfig {
        std::vector<std::string> exclude;
    };
    static_assert(sizeof(Project) == sizeof(ProjectConfig) && sizeof(User) == sizeof(UserConfig));
    CHECK(settings_table().size() == 2 * k_shared + 5 + 6 + 1);
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
    for (const char* text : {"", "xy", "    ", "[RED", "ACT", "acted-", "...", "more char", "\xff\xff\xff"})
        CHECK(refused("redact", {"a whole name", text}) == ErrorCode::BadOption);
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

namespace {

// Both files and the environment, each as it is given.
struct Levels {
    Home home;
    std::string user_file = home.path(SettingScope::User);
    std::string project_file = home.path(SettingScope::Project);

    void user(const std::string& text) {
        home.disk.make_directories(std::string(k_user), 0700), home.disk.replace(user_file, text);
    }
    void project(const std::string& text) { home.disk.replace(project_file, text); }
    SettingsInForce look(const FlagValues& flags = {}) {
        const SettingInput input = home.input();
        return in_force(read_setting_files(std::string(k_user), std::string(k_root), home.disk, &input),
                        input, flags);
    }
};

std::string origin(const SettingsInForce& found, std::string_view key) {
    std::string text;
    for (const SaidValue& said : found.origins.find(key)->second)
        text +=
            std::string(name_of(said.level)) + " " + said.where + " " + json::to_compact(said.value) + "\n";
    return text;
}

}  // namespace

TEST_CASE("settings: a flag goes before the environment, that before the project, the user and the default") {
    Levels levels;
    levels.project("{\"remotes\": {}}");
    CHECK(origin(levels.look(), "agents") == "default  []\n");
    levels.user(R"({"agents": ["codex"]})");
    CHECK(origin(levels.look(), "agents") == "user " + levels.user_file + " [\"codex\"]\n");
    levels.project(R"({"remotes": {}, "agents": ["claude-code", "codex"]})");
    CHECK(origin(levels.look(), "agents") ==
          "project " + levels.project_file + " [\"claude-code\",\"codex\"]\n");
    levels.home.environment.variables["OPENTRACES_AGENTS"] = "codex, claude-code";
    CHECK(origin(levels.look(), "agents") == "environment OPENTRACES_AGENTS [\"codex\",\"claude-code\"]\n");
    const SettingsInForce found =
        levels.look({{"agents", {SettingLevel::Flag, "--agent", json::Array{"codex"}}}});
    CHECK(origin(found, "agents") == "flag --agent [\"codex\"]\n");
    CHECK(found.settings.project.agents == SettingTexts{"codex"});
}

TEST_CASE("settings: texts to be redacted are those of all levels, and none can take another's away") {
    Levels levels;
    levels.user(R"({"custom_redact_strings": ["of the user"]})");
    levels.project(R"({"remotes": {}, "custom_redact_strings": ["of the project", "of the user"]})");
    levels.home.environment.variables["OPENTRACES_REDACT"] = "of the run, once\nof the project\n";
    const SettingsInForce found = levels.look();
    CHECK(found.settings.project.custom_redact_strings ==
          SettingTexts{"of the user", "of the project", "of the run, once"});
    CHECK(found.origins.find("redact")->second.size() == 3);
    levels.project(R"({"remotes": {}, "custom_redact_strings": []})");
    CHECK(levels.look().settings.project.custom_redact_strings.size() == 3);
}

TEST_CASE("settings: what holds in a project is not written into its file") {
    Levels levels;
    levels.user(R"({"review_policy": "auto", "card": {"tags": ["x"]}})");
    levels.project(R"({"remotes": {}, "later": 1})");
    ProjectConfig own = load_project(std::string(k_root), levels.home.disk);
    own.set_remote("origin", "./dataset");
    save_project(std::string(k_root), own, levels.home.disk);
    const std::string text = levels.home.disk.read_all(levels.project_file);
    CHECK(text.find("review_policy") == std::string::npos);
    CHECK(text.find("card") == std::string::npos);
    CHECK(text.find("later") != std::string::npos);
    const ProjectConfig holds = levels.look().settings.project;
    CHECK(holds.review_policy == ReviewPolicy::Auto);
    CHECK(holds.card.tags == SettingTexts{"x"});
    CHECK(holds.find_remote() != nullptr);
}

TEST_CASE("settings: the default is written where somebody has said it, and gone where it is unset") {
    Levels levels;
    levels.user(R"({"review_policy": "auto"})");
    levels.project("{\"remotes\": {}}");
    const Setting& policy = *find_setting("review_policy", SettingScope::Project);
    Settings own{load_project(std::string(k_root), levels.home.disk), {}};
    set_setting(policy, own, {"review"}, levels.home.input());
    save_project(std::string(k_root), own.project, levels.home.disk);
    CHECK(levels.look().settings.project.review_policy == ReviewPolicy::Review);
    unset_setting(policy, own, {}, levels.home.input());
    save_project(std::string(k_root), own.project, levels.home.disk);
    CHECK(levels.look().settings.project.review_policy == ReviewPolicy::Auto);
    const Setting& tags = *find_setting("card.tags", SettingScope::Project);
    set_setting(tags, own, {"one"}, levels.home.input());
    unset_setting(tags, own, {"one"}, levels.home.input());
    save_project(std::string(k_root), own.project, levels.home.disk);
    CHECK(levels.home.disk.read_all(levels.project_file).find("card") == std::string::npos);
}

TEST_CASE("settings: what config set would refuse is refused in a file with its line, and in a variable") {
    Levels levels;
    levels.project("{\n  \"remotes\": {},\n  \"agents\": [\"claude-cod\"]\n}\n");
    const Error file = error_of([&] { levels.look(); });
    CHECK(file.code() == ErrorCode::ConfigInvalid);
    CHECK(file.message() ==
          levels.project_file + " line 3: agents cannot be this: no agent is called 'claude-cod'");
    CHECK(file.hint().find("'claude-code'") != std::string::npos);
    CHECK_NOTHROW(load_project(std::string(k_root), levels.home.disk));  // so that it can be mended
    levels.project("{\n\"remotes\": {},\n\"card\": {\n\"license\": \"apache-9\"}}");
    CHECK(error_of([&] { levels.look(); }).message().find(" line 4: card.license ") != std::string::npos);
    levels.project("{\"remotes\": {}, \"custom_redact_strings\": [\"qz\"]}");
    const Error secret = error_of([&] { levels.look(); });
    CHECK(secret.message().find("qz") == std::string::npos);
    levels.project("{\"remotes\": {}}");
    levels.home.environment.variables["OPENTRACES_VISIBILITY"] = "secret";
    const Error variable = error_of([&] { levels.look(); });
    CHECK(variable.code() == ErrorCode::ConfigInvalid);
    CHECK(variable.message() == "OPENTRACES_VISIBILITY: visibility is private or public");
}

TEST_CASE("settings: masks tell little, and texts leave by number or mask") {
    CHECK(masked("1234567") == "…");
    CHECK(masked("12345678") == "1…8");
    CHECK(masked("123456789012345") == "1…5");
    CHECK(masked("ä23456789012345ö6") == "ä2…ö6");
    Home home;
    Settings settings;
    const Setting& redact = *find_setting("redact", SettingScope::User);
    SettingTexts& texts = settings.user.custom_redact_strings;
    set_setting(redact, settings, {"one name", "one bake", "two", "a longer name of four"}, home.input());
    const auto refused = [&](const std::string& word) {
        return error_of([&] { unset_setting(redact, settings, {word}, home.input()); }).code();
    };
    CHECK(refused("o…e") == ErrorCode::BadOption);
    CHECK(refused("5") == ErrorCode::NotFound);
    CHECK(refused("0") == ErrorCode::NotFound);
    CHECK(refused("two") == ErrorCode::NotFound);
    CHECK(texts.size() == 4);
    unset_setting(redact, settings, {"2", "a …ur"}, home.input());
    CHECK(texts == SettingTexts{"one name", "two"});
    unset_setting(redact, settings, {"two"}, home.input(), true);
    CHECK(texts == SettingTexts{"one name"});
}

TEST_CASE("settings: the page has every setting and every variable") {
    std::string page = source_text("docs/settings.md");
    page = with_block(page, "both", shared_table());
    page = with_block(page, "project", table(SettingScope::Project));
    page = with_block(page, "user", table(SettingScope::User));
    page = with_block(page, "environment", variables());
    check_file("docs/settings.md", page);
}
