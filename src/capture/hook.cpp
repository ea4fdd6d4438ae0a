#include "opentraces/capture/hook.hpp"

#include <optional>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/core/shell.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/edit.hpp"

namespace opentraces::capture {

namespace {

using json::EditStyle;
using json::Span;

constexpr std::string_view k_words = " capture --hook --quiet";
constexpr std::string_view k_by_name =
    "if command -v opentraces >/dev/null 2>&1; then opentraces capture --hook --quiet";
constexpr std::string_view k_by_path = "; elif [ -x ";

Span located(const std::string& settings) {
    try {
        return json::locate(settings);
    } catch (const json::SyntaxError& error) {
        throw Error(ErrorCode::SettingsUnreadable,
                    "line " + std::to_string(json::line_of(settings, error.offset())) + ": " + error.what());
    }
}

[[noreturn]] void throw_unexpected(const std::string& what) {
    throw Error(ErrorCode::SettingsUnreadable, "line 1: " + what,
                "Repair the file by hand, or run: opentraces init --no-hook");
}

const Span* events_of(const Span& root) {
    if (root.kind != Span::Kind::Object) throw_unexpected("the settings are not an object");
    const Span* const hooks = root.member("hooks");
    if (hooks != nullptr && hooks->kind != Span::Kind::Object) throw_unexpected("hooks is not an object");
    return hooks;
}

const Span* groups_of(const HookSpec& spec, const Span& root) {
    const Span* const hooks = events_of(root);
    const Span* const groups = hooks == nullptr ? nullptr : hooks->member(spec.event);
    if (groups != nullptr && groups->kind != Span::Kind::Array) {
        throw_unexpected("hooks." + std::string(spec.event) + " is not a list");
    }
    return groups;
}

// Also the form that the Python tool installed, which never worked.
bool is_ours(std::string_view command) {
    if (command.find("opentraces") == std::string_view::npos) return false;
    return command.find(" capture --hook") != std::string_view::npos ||
           command.find(" _capture") != std::string_view::npos;
}

struct Found {
    const Span* group = nullptr;
    const Span* list = nullptr;  // the group's hooks
    const Span* hook = nullptr;
    const Span* command = nullptr;
};

void find_in_group(const Span& group, const std::string& command, std::vector<Found>& found) {
    const Span* const list = group.member("hooks");
    if (list == nullptr || list->kind != Span::Kind::Array) return;
    for (const Span& hook : list->children) {
        const Span* const text = hook.member("command");
        if (text == nullptr || text->kind != Span::Kind::String) continue;
        if (text->text == command || is_ours(text->text)) found.push_back({&group, list, &hook, text});
    }
}

std::vector<Found> find_ours(const HookSpec& spec, const Span& root, const std::string& command) {
    std::vector<Found> found;
    const Span* const groups = groups_of(spec, root);
    if (groups == nullptr) return found;
    for (const Span& group : groups->children)
        find_in_group(group, command, found);
    return found;
}

std::string group_text(const HookSpec& spec, const EditStyle& style, const std::string& command) {
    const std::string literal = json::write_document(json::Value(command));
    const std::string hook =
        style.deeper(3).object({R"("type": "command")", R"("command": )" + literal,
                                R"("timeout": )" + std::to_string(spec.timeout_seconds)});
    return style.deeper(1).object({R"("hooks": )" + style.deeper(2).array(hook)});
}

// Adds the innermost thing that is missing.
std::string with_group(const HookSpec& spec, const std::string& settings, const Span& root,
                       const std::string& command) {
    const std::string event = "\"" + std::string(spec.event) + "\": ";
    const Span* const hooks = events_of(root);
    if (hooks == nullptr) {
        return json::insert_child(settings, root, root, [&](const EditStyle& style) {
            const EditStyle inner = style.deeper(1);
            const std::string list =
                event + inner.deeper(1).array(group_text(spec, inner.deeper(1), command));
            return R"("hooks": )" + inner.object({list});
        });
    }
    const Span* const groups = groups_of(spec, root);
    if (groups == nullptr) {
        return json::insert_child(settings, root, *hooks, [&](const EditStyle& style) {
            return event + style.deeper(1).array(group_text(spec, style.deeper(1), command));
        });
    }
    return json::insert_child(settings, root, *groups,
                              [&](const EditStyle& style) { return group_text(spec, style, command); });
}

std::string without(const HookSpec& spec, const std::string& settings, const Span& root, const Found& found) {
    if (found.list->children.size() > 1) return json::erase_child(settings, *found.list, *found.hook);
    const Span& hooks = *events_of(root);
    const Span& groups = *groups_of(spec, root);
    if (!json::is_wrapper(settings, groups)) return json::erase_child(settings, groups, *found.group);
    if (!json::is_wrapper(settings, hooks)) return json::erase_child(settings, hooks, groups);
    return json::erase_child(settings, root, hooks);
}

[[noreturn]] void rethrow_with_name(const Error& error, const std::string& path) {
    throw Error(error.code(), path + " " + error.message(), error.hint());
}

std::string apply(const HookSpec& spec, const std::string& path, const std::string& settings,
                  const std::string& command, const MayStay& may_stay) {
    try {
        return with_hook(spec, settings, command, may_stay);
    } catch (const Error& error) {
        rethrow_with_name(error, path);
    }
}

// If nothing is in it but what a crash left of writing the file.
void remove_folder_of(const std::string& settings_path, fs::Disk& disk) {
    const std::string beginning = "." + fs::file_name(settings_path) + ".";
    disk.remove_matching(fs::parent(settings_path), [&](std::string_view name) {
        return name.starts_with(beginning) && fs::is_temporary_name(name);
    });
}

}  // namespace

std::string user_settings_of(const HookSpec& spec, const Environment& environment) {
    const auto set = environment.get(std::string(spec.user_variable));
    return fs::join(set ? *set : fs::join(environment.home(), spec.user_folder), spec.user_settings);
}

std::string hook_command(const std::string& program) {
    std::string command(k_by_name);
    if (!program.empty())
        command += std::string(k_by_path) + shell_quoted(program) + " ]; then " + shell_quoted(program) +
                   std::string(k_words);
    return command + "; fi";
}

bool goes_by_name(std::string_view command) {
    return command.starts_with(k_by_name);
}

std::string program_in(std::string_view command) {
    const std::size_t end = command.rfind(k_words.substr(0, k_words.find(" --quiet")));
    if (end == std::string_view::npos) return {};
    std::size_t begin = command.rfind("]; then ", end);
    begin = begin == std::string_view::npos ? 0 : begin + std::string_view("]; then ").size();
    if (begin == 0 && goes_by_name(command)) return {};
    const std::string word = shell_unquoted(command.substr(begin, end - begin));
    return word.starts_with('/') ? word : std::string();
}

std::string with_hook(const HookSpec& spec, const std::string& settings, const std::string& command,
                      const MayStay& may_stay) {
    const Span root = located(settings);
    const std::vector<Found> found = find_ours(spec, root, command);
    if (found.empty()) return with_group(spec, settings, root, command);
    // More than one would capture every session as often.
    if (found.size() > 1)
        return with_hook(spec, without(spec, settings, root, found.back()), command, may_stay);
    const Span& old = *found.front().command;
    if (old.text == command || (may_stay && may_stay(old.text))) return settings;
    const std::string literal = json::write_document(json::Value(command));
    return settings.substr(0, old.begin) + literal + settings.substr(old.end);
}

std::string without_hook(const HookSpec& spec, const std::string& settings) {
    const Span root = located(settings);
    const std::vector<Found> found = find_ours(spec, root, {});
    if (found.empty()) return settings;
    return without_hook(spec, without(spec, settings, root, found.back()));
}

HookChange install_hook(const HookSpec& spec, const std::string& settings_path, const std::string& command,
                        fs::Disk& disk, const MayStay& may_stay) {
    const auto present = disk.info(settings_path);
    const std::string before = present ? disk.read_all(settings_path) : "{}\n";
    const std::string after = apply(spec, settings_path, before, command, may_stay);
    if (present && after == before) return {};
    if (!present) disk.make_directories(fs::parent(settings_path), 0755);
    disk.replace(settings_path, after, present ? present->mode : 0644);
    return {true, !present};
}

HookChange remove_hook(const HookSpec& spec, const std::string& settings_path, bool created_by_us,
                       fs::Disk& disk) {
    const auto present = disk.info(settings_path);
    if (!present) {
        // Stopped between making the folder and the file.
        if (created_by_us) remove_folder_of(settings_path, disk);
        return {};
    }
    const std::string before = disk.read_all(settings_path);
    std::string after;
    try {
        after = without_hook(spec, before);
    } catch (const Error& error) {
        rethrow_with_name(error, settings_path);
    }
    if (created_by_us && located(after).children.empty()) {
        disk.remove(settings_path);
        remove_folder_of(settings_path, disk);
        return {true, false};
    }
    if (after == before) return {};
    disk.replace(settings_path, after, present->mode);
    return {true, false};
}

HookFound find_hook(const HookSpec& spec, const std::string& settings_path, const std::string& command,
                    fs::Disk& disk, const MayStay& may_stay) {
    if (!disk.info(settings_path)) return {};
    const std::string settings = disk.read_all(settings_path);
    const bool stays = apply(spec, settings_path, settings, command, may_stay) == settings;
    const Span root = located(settings);
    const std::vector<Found> found = find_ours(spec, root, command);
    if (found.empty()) return {};
    return {stays ? HookState::Installed : HookState::Outdated, found.front().command->text};
}

}  // namespace opentraces::capture
