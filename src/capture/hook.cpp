#include "opentraces/capture/hook.hpp"

#include <algorithm>

#include "capture/hooks/format.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::capture {

namespace {

// With the file's name in the errors of what is done to its text.
template <class Work>
auto named(const std::string& path, const Work& work) {
    try {
        return work();
    } catch (const Error& error) {
        throw Error(error.code(), path + " " + error.message(), error.hint());
    }
}

// If nothing is in it but what a crash left of writing the file; then those above it, up to the project.
void remove_folders_of(const HookSpec& spec, const std::string& settings_path, fs::Disk& disk) {
    const std::string beginning = "." + fs::file_name(settings_path) + ".";
    std::string folder = fs::parent(settings_path);
    const auto is_left_over = [&](std::string_view name) {
        return name.starts_with(beginning) && fs::is_temporary_name(name);
    };
    if (!disk.remove_matching(folder, is_left_over).empty()) return;
    if (!settings_path.ends_with("/" + std::string(spec.settings))) return;
    for (auto above = std::count(spec.settings.begin(), spec.settings.end(), '/'); above > 1; --above) {
        folder = fs::parent(folder);
        if (!disk.remove_matching(folder, [](std::string_view) { return false; }).empty()) return;
    }
}

}  // namespace

[[noreturn]] void throw_unexpected_hooks(std::size_t line, const std::string& what) {
    throw Error(ErrorCode::SettingsUnreadable, "line " + std::to_string(line) + ": " + what,
                "Repair the file by hand, or run: opentraces init --no-hook");
}

std::string user_settings_of(const HookSpec& spec, const Environment& environment) {
    const auto set =
        spec.user_variable.empty() ? std::nullopt : environment.get(std::string(spec.user_variable));
    const std::string home = set ? *set : environment.home();
    const std::string folder = set || spec.user_folder.empty() ? home : fs::join(home, spec.user_folder);
    return fs::join(folder, spec.user_settings);
}

std::string with_hook(const HookSpec& spec, const std::string& settings, const std::string& command,
                      const MayStay& may_stay) {
    return spec.format->with(spec, settings, command, may_stay);
}

std::string without_hook(const HookSpec& spec, const std::string& settings) {
    return spec.format->without(spec, settings);
}

HookChange install_hook(const HookSpec& spec, const std::string& settings_path, const std::string& command,
                        fs::Disk& disk, const MayStay& may_stay) {
    const auto present = disk.info(settings_path);
    const std::string before = present ? disk.read_all(settings_path) : std::string(spec.format->beginning);
    const std::string after =
        named(settings_path, [&] { return with_hook(spec, before, command, may_stay); });
    if (present && after == before) return {};
    if (!present) disk.make_directories(fs::parent(settings_path), 0755);
    disk.replace(settings_path, after, present ? present->mode : spec.format->mode);
    return {true, !present};
}

HookChange remove_hook(const HookSpec& spec, const std::string& settings_path, bool created_by_us,
                       fs::Disk& disk) {
    const auto present = disk.info(settings_path);
    if (!present) {
        // Stopped between making the folder and the file.
        if (created_by_us) remove_folders_of(spec, settings_path, disk);
        return {};
    }
    const std::string before = disk.read_all(settings_path);
    const auto [after, bare] = named(settings_path, [&] {
        std::string text = without_hook(spec, before);
        const bool empty = spec.format->is_bare(text);
        return std::pair(std::move(text), empty);
    });
    if (bare && (created_by_us || (spec.own_file && after != before))) {
        disk.remove(settings_path);
        remove_folders_of(spec, settings_path, disk);
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
    return named(settings_path, [&]() -> HookFound {
        const bool stays = with_hook(spec, settings, command, may_stay) == settings;
        std::optional<std::string> found = spec.format->find(spec, settings, command);
        if (!found) return {};
        return {stays ? HookState::Installed : HookState::Outdated, std::move(*found)};
    });
}

}  // namespace opentraces::capture
