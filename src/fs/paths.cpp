#include <vector>

#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

namespace {

std::string_view without_trailing_slashes(std::string_view path) {
    while (path.size() > 1 && path.back() == '/')
        path.remove_suffix(1);
    return path;
}

void append_parts(std::string_view path, std::vector<std::string_view>& parts) {
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            parts.push_back(part);
        } else if (!parts.empty()) {
            parts.pop_back();
        }
    }
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
    std::vector<std::string_view> parts;
    if (path.empty() || path.front() != '/') append_parts(working_directory, parts);
    append_parts(path, parts);
    std::string text;
    for (const std::string_view part : parts)
        text.append("/").append(part);
    return text.empty() ? "/" : text;
}

}  // namespace opentraces::fs
