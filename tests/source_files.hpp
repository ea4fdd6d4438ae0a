// The repository's own text, for tests that hold a list against it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "golden.hpp"
#include "where.hpp"

namespace opentraces::testing {

struct SourceFile {
    std::string path;  // relative to the source tree
    std::string text;
};

// C++ files of a folder and of all below it.
inline std::vector<SourceFile> source_files(const std::string& folder) {
    const std::filesystem::path root = source_folder();
    std::vector<SourceFile> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
        const auto kind = entry.path().extension();
        if (kind == ".cpp" || kind == ".hpp")
            files.push_back(
                {entry.path().lexically_relative(root).generic_string(), file_text(entry.path())});
    }
    return files;
}

}  // namespace opentraces::testing
