#include <algorithm>
#include <cerrno>
#include <vector>

#include "fs/system_error.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

namespace {

std::string_view without_trailing_slashes(std::string_view path) {
    while (path.size() > 1 && path.back() == '/')
        path.remove_suffix(1);
    return path;
}

// Without empty parts and "."; ".." stays.
void append_parts(std::string_view path, std::vector<std::string>& parts) {
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
        if (!part.empty() && part != ".") parts.emplace_back(part);
    }
}

std::vector<std::string> parts_of(std::string_view path, std::string_view working_directory) {
    std::vector<std::string> parts;
    if (path.empty() || path.front() != '/') append_parts(working_directory, parts);
    append_parts(path, parts);
    return parts;
}

std::string from_root(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts)
        text.append("/").append(part);
    return text.empty() ? "/" : text;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string join(std::string_view folder, std::string_view name) {
    if (folder.empty()) return std::string(name);
    std::string path(folder);
    if (path.back() != '/') path.push_back('/');
    return path.append(name);
}

std::string parent(std::string_view path) {
    path = without_trailing_slashes(path);
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return slash == 0 ? "/" : std::string(without_trailing_slashes(path.substr(0, slash)));
}

std::string file_name(std::string_view path) {
    path = without_trailing_slashes(path);
    const std::size_t slash = path.rfind('/');
    return std::string(slash == std::string_view::npos || path.size() == 1 ? path : path.substr(slash + 1));
}

std::string stem(std::string_view path) {
    std::string name = file_name(path);
    const std::size_t dot = name.rfind('.');
    if (dot != std::string::npos && dot != 0) name.resize(dot);
    return name;
}

std::string absolute(std::string_view path, std::string_view working_directory) {
    std::vector<std::string> found;
    for (std::string& part : parts_of(path, working_directory)) {
        if (part != "..") {
            found.push_back(std::move(part));
        } else if (!found.empty()) {
            found.pop_back();
        }
    }
    return from_root(found);
}

std::string absolute(std::string_view path, std::string_view working_directory, Disk& disk) {
    constexpr int k_most_links = 40;  // the system's own limit
    std::vector<std::string> found;
    std::vector<std::string> ahead = parts_of(path, working_directory);
    std::reverse(ahead.begin(), ahead.end());
    for (int links = 0; !ahead.empty();) {
        std::string part = std::move(ahead.back());
        ahead.pop_back();
        if (part != "..") {
            found.push_back(std::move(part));
            continue;
        }
        if (found.empty()) continue;
        const std::optional<std::string> target = disk.link_target(from_root(found));
        found.pop_back();
        if (!target) continue;
        // The link's text takes its place, and ".." is looked at again behind it.
        if (++links > k_most_links) throw_system_error(ELOOP, "looking at", std::string(path));
        if (target->starts_with('/')) found.clear();
        ahead.emplace_back("..");
        std::vector<std::string> behind;
        append_parts(*target, behind);
        ahead.insert(ahead.end(), behind.rbegin(), behind.rend());
    }
    return from_root(found);
}

std::string absolute(std::string_view path, const Environment& environment, Disk& disk) {
    const bool whole = path.starts_with('/');
    return absolute(path, whole ? std::string_view() : environment.need_working_directory(), disk);
}

bool names_own_descriptor(std::string_view path) {
    if (path == "/dev/stdin") return true;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (path.starts_with(folder)) return is_number(path.substr(folder.size()));
    }
    return false;
}

}  // namespace opentraces::fs
