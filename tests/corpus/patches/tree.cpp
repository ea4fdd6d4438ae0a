#include "corpus/patches/tree.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace opentraces::patches {

Lines lines_of(const std::string& text) {
    Lines lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        lines.push_back(text.substr(at, end - at));
        at = end;
    }
    return lines;
}

std::string text_at(const json& object, const char* key) {
    return has_text(object, key) ? object[key].get<std::string>() : "";
}

bool has_text(const json& object, const char* key) {
    return object.is_object() && object.contains(key) && object[key].is_string();
}

std::string inside(const std::string& path, const std::string& project) {
    std::string unix_path = path;
    std::replace(unix_path.begin(), unix_path.end(), '\\', '/');
    std::string root = project;
    std::replace(root.begin(), root.end(), '\\', '/');
    if (unix_path.find('/') != 0 && unix_path.find(':') == std::string::npos) return unix_path;
    return unix_path.starts_with(root + "/") ? unix_path.substr(root.size() + 1) : "";
}

void write_tree(const Session& session, const std::string& project, const std::filesystem::path& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    for (const auto& [path, original] : session.originals) {
        const std::string name = inside(path, project);
        if (name.empty()) continue;
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream out(folder / name, std::ios::binary);
        long next = 1;
        for (const auto& [line, text] : original) {
            for (; next < line; ++next)
                out << "(line " << next << " is not in the log)\n";
            out << text;
            ++next;
        }
    }
}

bool applies(const std::string& patch, const std::filesystem::path& folder) {
    const std::string file = folder.string() + ".patch";
    std::ofstream(file, std::ios::binary) << patch;
    const std::string command = "cd '" + folder.string() + "' && GIT_CEILING_DIRECTORIES='" +
                                folder.parent_path().string() + "' git apply --check --whitespace=nowarn '" +
                                file + "'";
    return std::system(command.c_str()) == 0;
}

}  // namespace opentraces::patches
