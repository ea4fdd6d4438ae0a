#include "opentraces/store/hook.hpp"

#include <optional>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/json/writer.hpp"
#include "store/json_insert.hpp"
#include "store/json_spans.hpp"

namespace opentraces::store {

namespace {

constexpr std::string_view k_event = "SessionEnd";
constexpr int k_timeout_seconds = 60;

[[noreturn]] void throw_unexpected(const std::string& what) {
    throw Error(ErrorCode::SettingsUnreadable, "line 1: " + what,
                "Repair the file by hand, or run: opentraces init --no-hook");
}

const JsonSpan* events_of(const JsonSpan& root) {
    if (root.kind != JsonSpan::Kind::Object) throw_unexpected("the settings are not an object");
    const JsonSpan* const hooks = root.member("hooks");
    if (hooks != nullptr && hooks->kind != JsonSpan::Kind::Object) throw_unexpected("hooks is not an object");
    return hooks;
}

const JsonSpan* groups_of(const JsonSpan& root) {
    const JsonSpan* const hooks = events_of(root);
    const JsonSpan* const groups = hooks == nullptr ? nullptr : hooks->member(k_event);
    if (groups != nullptr && groups->kind != JsonSpan::Kind::Array) {
        throw_unexpected("hooks.SessionEnd is not a list");
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
    const JsonSpan* group = nullptr;
    const JsonSpan* list = nullptr;  // the group's hooks
    const JsonSpan* hook = nullptr;
    const JsonSpan* command = nullptr;
};

void find_in_group(const JsonSpan& group, const std::string& command, std::vector<Found>& found) {
    const JsonSpan* const list = group.member("hooks");
    if (list == nullptr || list->kind != JsonSpan::Kind::Array) return;
    for (const JsonSpan& hook : list->children) {
        const JsonSpan* const text = hook.member("command");
        if (text == nullptr || text->kind != JsonSpan::Kind::String) continue;
        if (text->text == command || is_ours(text->text)) found.push_back({&group, list, &hook, text});
    }
}

std::vector<Found> find_ours(const JsonSpan& root, const std::string& command) {
    std::vector<Found> found;
    const JsonSpan* const groups = groups_of(root);
    if (groups == nullptr) return found;
    for (const JsonSpan& group : groups->children)
        find_in_group(group, command, found);
    return found;
}

std::string group_text(const JsonStyle& style, const std::string& command) {
    std::string literal;
    json::append_compact_string(literal, command);
    const std::string hook = style.deeper(3).object({R"("type": "command")", R"("command": )" + literal,
                                                     R"("timeout": )" + std::to_string(k_timeout_seconds)});
    return style.deeper(1).object({R"("hooks": )" + style.deeper(2).array(hook)});
}

// Adds the innermost thing that is missing.
std::string with_group(const std::string& settings, const JsonSpan& root, const std::string& command) {
    const JsonSpan* const hooks = events_of(root);
    if (hooks == nullptr) {
        return insert_child(settings, root, root, [&](const JsonStyle& style) {
            const JsonStyle inner = style.deeper(1);
            const std::string list =
                R"("SessionEnd": )" + inner.deeper(1).array(group_text(inner.deeper(1), command));
            return R"("hooks": )" + inner.object({list});
        });
    }
    const JsonSpan* const groups = groups_of(root);
    if (groups == nullptr) {
        return insert_child(settings, root, *hooks, [&](const JsonStyle& style) {
            return R"("SessionEnd": )" + style.deeper(1).array(group_text(style.deeper(1), command));
        });
    }
    return insert_child(settings, root, *groups,
                        [&](const JsonStyle& style) { return group_text(style, command); });
}

std::string without(const std::string& settings, const JsonSpan& root, const Found& found) {
    if (found.list->children.size() > 1) return erase_child(settings, *found.list, *found.hook);
    const JsonSpan& hooks = *events_of(root);
    const JsonSpan& groups = *groups_of(root);
    if (!is_wrapper(settings, groups)) return erase_child(settings, groups, *found.group);
    if (!is_wrapper(settings, hooks)) return erase_child(settings, hooks, groups);
    return erase_child(settings, root, hooks);
}

[[noreturn]] void rethrow_with_name(const Error& error, const std::string& path) {
    throw Error(error.code(), path + " " + error.message(), error.hint());
}

std::string apply(const std::string& path, const std::string& settings, const std::string& command) {
    try {
        return with_hook(settings, command);
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

std::string with_hook(const std::string& settings, const std::string& command) {
    const JsonSpan root = locate_json(settings);
    const std::vector<Found> found = find_ours(root, command);
    if (found.empty()) return with_group(settings, root, command);
    // More than one would capture every session as often.
    if (found.size() > 1) return with_hook(without(settings, root, found.back()), command);
    if (found.front().command->text == command) return settings;
    std::string literal;
    json::append_compact_string(literal, command);
    const JsonSpan& old = *found.front().command;
    return settings.substr(0, old.begin) + literal + settings.substr(old.end);
}

std::string without_hook(const std::string& settings) {
    const JsonSpan root = locate_json(settings);
    const std::vector<Found> found = find_ours(root, {});
    if (found.empty()) return settings;
    return without_hook(without(settings, root, found.back()));
}

HookChange install_hook(const std::string& settings_path, const std::string& command, fs::Disk& disk) {
    const auto present = disk.info(settings_path);
    const std::string before = present ? disk.read_all(settings_path) : "{}\n";
    const std::string after = apply(settings_path, before, command);
    if (present && after == before) return {};
    if (!present) disk.make_directories(fs::parent(settings_path), 0755);
    disk.replace(settings_path, after, present ? present->mode : 0644);
    return {true, !present};
}

HookChange remove_hook(const std::string& settings_path, bool created_by_us, fs::Disk& disk) {
    const auto present = disk.info(settings_path);
    if (!present) {
        // Stopped between making the folder and the file.
        if (created_by_us) remove_folder_of(settings_path, disk);
        return {};
    }
    const std::string before = disk.read_all(settings_path);
    std::string after;
    try {
        after = without_hook(before);
    } catch (const Error& error) {
        rethrow_with_name(error, settings_path);
    }
    if (created_by_us && locate_json(after).children.empty()) {
        disk.remove(settings_path);
        remove_folder_of(settings_path, disk);
        return {true, false};
    }
    if (after == before) return {};
    disk.replace(settings_path, after, present->mode);
    return {true, false};
}

HookState hook_state(const std::string& settings_path, const std::string& command, fs::Disk& disk) {
    if (!disk.info(settings_path)) return HookState::Absent;
    const std::string settings = disk.read_all(settings_path);
    if (apply(settings_path, settings, command) == settings) return HookState::Installed;
    return find_ours(locate_json(settings), command).empty() ? HookState::Absent : HookState::Outdated;
}

}  // namespace opentraces::store
