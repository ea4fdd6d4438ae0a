#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "opentraces/core/error.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/settings.hpp"
#include "opentraces/trace/limits.hpp"
#include "store/git_ignore.hpp"

namespace opentraces::store {
namespace {

using Text = SettingField<std::string>;
using Texts = SettingField<SettingTexts>;
using Flag = SettingField<bool>;
using Remotes = SettingField<std::vector<RemoteConfig>>;

// The part of the settings that a scope's file says.
template <SettingScope Scope, typename Any>
constexpr auto& part(Any& settings) {
    if constexpr (Scope == SettingScope::User) {
        return settings.user;
    } else {
        return settings.project;
    }
}

template <SettingScope Scope>
std::string_view policy_name(const Settings& settings) {
    return name_of(part<Scope>(settings).review_policy);
}

template <SettingScope Scope>
bool choose_policy(Settings& settings, std::string_view name) {
    // The Python tool's names are read too.
    const bool automatic = name == "auto" || name == "auto-ready" || name == "auto_ready";
    if (!automatic && name != "review" && name != "manual" && !name.empty()) return false;
    part<Scope>(settings).review_policy = automatic ? ReviewPolicy::Auto : ReviewPolicy::Review;
    return true;
}

template <SettingScope Scope>
std::string_view visibility_name(const Settings& settings) {
    const auto& visibility = part<Scope>(settings).visibility;
    return visibility ? hub::name_of(*visibility) : std::string_view();
}

template <SettingScope Scope>
bool choose_visibility(Settings& settings, std::string_view name) {
    auto& visibility = part<Scope>(settings).visibility;
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

constexpr std::size_t k_shortest_secret = 3;

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

// A text that is in what takes the place of redacted and cut texts could never be removed, and every capture
// would stop at it.
bool can_be_removed(const std::string& text) {
    security::ScrubOptions options;
    options.custom_strings = {text};
    if (!security::scan_text(security::redact_text(text, options).text, options).empty()) return false;
    constexpr std::array k_written{security::k_replaced_id, trace::k_end_marker_begin,
                                   trace::k_end_marker_end, trace::k_more};
    return std::none_of(k_written.begin(), k_written.end(),
                        [&](std::string_view mark) { return mark.find(text) != mark.npos; });
}

// The text is a secret: no message has it.
std::string accept_secret(const std::string& text, const SettingInput&) {
    const std::string hint = "Nothing was changed. Give the whole name or key, not a part of it.";
    if (!is_valid_utf8(text)) throw Error(ErrorCode::BadOption, "a text to be redacted is UTF-8", hint);
    if (code_points(trim(text)) < k_shortest_secret)
        throw Error(ErrorCode::BadOption,
                    fmt::format("a text to be redacted has {} characters or more: a shorter one is in "
                                "everything that is captured",
                                k_shortest_secret),
                    hint);
    if (!can_be_removed(text))
        throw Error(ErrorCode::BadOption,
                    "a text to be redacted cannot be a part of what opentraces writes in its place", hint);
    return text;
}

std::string accept_count(const std::string& word, const SettingInput&) {
    constexpr std::size_t k_most_digits = 9;
    const bool digits = word.find_first_not_of("0123456789") == std::string::npos;
    if (word.empty() || word.size() > k_most_digits || !digits)
        throw Error(ErrorCode::BadOption,
                    fmt::format("'{}' is no number of characters", printable_line(word)),
                    "Give a whole number of at most nine digits; 0 keeps everything.");
    return word;
}

std::string accept_folder(const std::string& word, const SettingInput& input) {
    if (word.empty()) throw Error(ErrorCode::BadOption, "an empty text is no folder");
    return fs::absolute(word, input.environment, input.disk);
}

// What the user says for all projects is not relative to where they are now.
template <SettingScope Scope>
std::string accept_file(const std::string& word, const SettingInput& input) {
    if (word.empty()) throw Error(ErrorCode::BadOption, "an empty text is no file");
    return Scope == SettingScope::User ? fs::absolute(word, input.environment, input.disk) : word;
}

void prove_price_file(const std::string& word, const SettingInput& input) {
    if (input.prove_prices) input.prove_prices(word);
}

void prove_rule_file(const std::string& word, const SettingInput& input) {
    if (input.prove_rules) input.prove_rules(word);
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

// A kind of personal data that goes.
template <SettingScope Scope, auto Kind>
constexpr Setting personal_row(std::string_view key, std::string_view about, std::string_view example) {
    return Setting{key,   Scope,   key,
                   about, example, Flag([](auto& s) -> auto& { return part<Scope>(s).personal.*Kind; })};
}

// What both files may say, in the order of a new config.json.
template <SettingScope Scope>
constexpr auto shared_rows() {
    return std::array{
        Setting{"agents",
                Scope,
                "agents",
                "agents whose sessions are captured; none named: all",
                "claude-code codex",
                Texts([](auto& s) -> auto& { return part<Scope>(s).agents; }),
                accept_agent,
                {.variable = "OPENTRACES_AGENTS", .flags = "capture --agent"}},
        Setting{"review_policy",
                Scope,
                "review_policy",
                "review or auto",
                "auto",
                SettingChoice{"review or auto", policy_name<Scope>, choose_policy<Scope>},
                nullptr,
                {.variable = "OPENTRACES_REVIEW_POLICY"}},
        Setting{"visibility",
                Scope,
                "visibility",
                "of new datasets: private (also when not set) or public",
                "public",
                SettingChoice{"private or public", visibility_name<Scope>, choose_visibility<Scope>},
                nullptr,
                {.variable = "OPENTRACES_VISIBILITY", .flags = "push --private, push --public"}},
        Setting{"capture.keep_raw",
                Scope,
                "capture.keep_raw",
                "true: captured sessions are also kept as their agents wrote them, on this machine only",
                "false",
                Flag([](auto& s) -> auto& { return part<Scope>(s).keep_raw; }),
                nullptr,
                {.variable = "OPENTRACES_KEEP_RAW"}},
        Setting{"capture.max_observation",
                Scope,
                "capture.max_observation",
                "characters that are kept of a tool's result, 0 for all of them; 10000 when not set",
                "50000",
                Text([](auto& s) -> auto& { return part<Scope>(s).max_observation; }),
                accept_count,
                {.flags = "parse --max-observation"}},
        Setting{"capture.episodes",
                Scope,
                "capture.episodes",
                "true: a session becomes a trace for each task that was begun in it",
                "true",
                Flag([](auto& s) -> auto& { return part<Scope>(s).episodes; }),
                nullptr,
                {.flags = "parse --episodes"}},
        Setting{"pricing_file",
                Scope,
                "pricing_file",
                "file of prices that go before the program's own; a relative path starts at the project",
                "prices.tsv",
                Text([](auto& s) -> auto& { return part<Scope>(s).pricing_file; }),
                accept_file<Scope>,
                {.prove = prove_price_file}},
        Setting{"redact",
                Scope,
                "custom_redact_strings",
                "texts that must never be stored or published",
                "internal-name",
                Texts([](auto& s) -> auto& { return part<Scope>(s).custom_redact_strings; }),
                accept_secret,
                {.adds = true, .shown = Shown::Masked, .variable = "OPENTRACES_REDACT"}},
        Setting{
            "scan.rules",
            Scope,
            "scan.rules",
            "files of rules that are looked for beside the program's; a relative path starts at the project",
            "gitleaks.toml",
            Texts([](auto& s) -> auto& { return part<Scope>(s).rule_files; }),
            accept_file<Scope>,
            {.adds = true, .prove = prove_rule_file}},
        personal_row<Scope, &security::PersonalData::names>(
            "pii.names", "true: logins and full names become pseudonyms", "false"),
        personal_row<Scope, &security::PersonalData::hosts>(
            "pii.hosts", "true: names of machines become pseudonyms", "false"),
        personal_row<Scope, &security::PersonalData::emails>("pii.emails",
                                                             "true: e-mail addresses are redacted", "false"),
        personal_row<Scope, &security::PersonalData::ips>(
            "pii.ips", "true: public network addresses are redacted", "false"),
        personal_row<Scope, &security::PersonalData::phones>("pii.phones", "true: phone numbers are redacted",
                                                             "false"),
        personal_row<Scope, &security::PersonalData::repos>(
            "pii.repos", "true: owner and name of the repository become pseudonyms, and its commits go",
            "true"),
        Setting{"card.license", Scope, "card.license", "licence id of the Hub", "mit",
                Text([](auto& s) -> auto& { return part<Scope>(s).card.license; }),
                accept_card<&card::CardSettings::license>},
        Setting{"card.pretty_name", Scope, "card.pretty_name", "title of the dataset", "Our sessions",
                Text([](auto& s) -> auto& { return part<Scope>(s).card.pretty_name; }),
                accept_card<&card::CardSettings::pretty_name>},
        Setting{"card.language", Scope, "card.languages", "language codes", "en de",
                Texts([](auto& s) -> auto& { return part<Scope>(s).card.languages; }),
                accept_card<&card::CardSettings::languages>},
        Setting{"card.tags", Scope, "card.tags", "extra tags", "rust compilers",
                Texts([](auto& s) -> auto& { return part<Scope>(s).card.tags; }),
                accept_card<&card::CardSettings::tags>},
    };
}

constexpr std::array k_project_rows{
    Setting{"remotes",
            k_project,
            "remotes",
            "datasets to push to, by name",
            R"({"backup": "./backup"})",
            Remotes([](auto& s) -> auto& { return s.project.remotes; }),
            nullptr,
            {.set_by = "opentraces remote", .alone = "every project has datasets of its own"}},
    Setting{"default_remote",
            k_project,
            "default_remote",
            "the one that is meant when none is named",
            R"("backup")",
            Text([](auto& s) -> auto& { return s.project.default_remote; }),
            nullptr,
            {.set_by = "opentraces remote", .alone = "every project has datasets of its own"}},
    Setting{"excluded",
            k_project,
            "excluded",
            "true: nothing of this project is captured",
            "true",
            Flag([](auto& s) -> auto& { return s.project.excluded; }),
            nullptr,
            {.alone = "the user has a list instead, exclude"}},
    Setting{"hook",
            k_project,
            "hook",
            "true: sessions are captured when they end",
            "false",
            Flag([](auto& s) -> auto& { return s.project.hook; }),
            nullptr,
            {.set_by = "opentraces hooks", .alone = "a user has hooks install --user instead"}},
    Setting{"hooks_refused",
            k_project,
            "hooks_refused",
            "agents that get no hook here",
            R"(["codex"])",
            Texts([](auto& s) -> auto& { return s.project.hooks_refused; }),
            nullptr,
            {.set_by = "opentraces hooks", .alone = "a user has hooks uninstall --user instead"}},
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
    Setting{"written_by_init.hooks",
            k_project,
            "written_by_init.hooks",
            "agents that were given a hook",
            R"(["claude-code"])",
            Texts([](auto& s) -> auto& { return s.project.written.hooks; }),
            nullptr,
            {.shown = Shown::Not, .set_by = "opentraces init"}},
    Setting{"written_by_init.hook_files",
            k_project,
            "written_by_init.hook_files",
            "of these, those whose settings file was made",
            R"(["codex"])",
            Texts([](auto& s) -> auto& { return s.project.written.hook_files; }),
            nullptr,
            {.shown = Shown::Not, .set_by = "opentraces init"}},
    Setting{"written_by_init.hook_installed",
            k_project,
            "written_by_init.hook_installed",
            "an earlier version installed Claude Code's hook",
            "true",
            Flag([](auto& s) -> auto& { return s.project.written.hook_installed; }),
            nullptr,
            {.shown = Shown::Not, .set_by = "opentraces init"}},
    Setting{"written_by_init.settings_created",
            k_project,
            "written_by_init.settings_created",
            "an earlier version made Claude Code's settings file",
            "true",
            Flag([](auto& s) -> auto& { return s.project.written.settings_created; }),
            nullptr,
            {.shown = Shown::Not, .set_by = "opentraces init"}},
};

constexpr std::array k_user_rows{
    Setting{"exclude",
            k_user,
            "excluded_projects",
            "project folders that are never captured",
            "/home/alice/private",
            Texts([](auto& s) -> auto& { return s.user.excluded_projects; }),
            accept_folder,
            {.adds = true, .alone = "no project says what is captured of other folders"}},
};

template <std::size_t... Sizes>
constexpr auto joined(const std::array<Setting, Sizes>&... parts) {
    // In the order of the parts; there is no empty Setting to begin with.
    return std::apply([](const auto&... rows) { return std::array{rows...}; }, std::tuple_cat(parts...));
}

constexpr auto k_rows = joined(shared_rows<k_project>(), k_project_rows, shared_rows<k_user>(), k_user_rows);

}  // namespace

std::span<const Setting> settings_table() {
    return k_rows;
}

}  // namespace opentraces::store
