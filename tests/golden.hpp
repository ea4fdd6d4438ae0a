// Expected texts as files. OPENTRACES_ACCEPT=1 rewrites those that differ; ctest then reports the test as
// skipped (tests/CMakeLists.txt), so that nothing passes by being rewritten.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "catch.hpp"
#include "where.hpp"

namespace opentraces::testing {

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Paths of these are relative to the source tree.
inline std::string source_text(const std::string& path) {
    return file_text(std::filesystem::path(source_folder()) / path);
}

inline void check_file(const std::string& path, const std::string& text) {
    INFO(path << " differs: OPENTRACES_ACCEPT=1 rewrites it");
    if (std::getenv("OPENTRACES_ACCEPT") == nullptr || source_text(path) == text) {
        CHECK(source_text(path) == text);
        return;
    }
    const auto file = std::filesystem::path(source_folder()) / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    // ctest looks for the first word.
    WARN("REWRITTEN: " << path);
}

// `name` is a path below tests/golden.
inline void check_golden(const std::string& name, const std::string& text) {
    check_file("tests/golden/" + name, text);
}

// The page with this text between its marks "<!-- name -->" and "<!-- /name -->", at its end when it has
// none.
inline std::string with_block(std::string page, const std::string& name, const std::string& block) {
    const std::string begin = "<!-- " + name + " -->\n";
    const std::string end = "<!-- /" + name + " -->\n";
    const std::size_t from = page.find(begin);
    const std::size_t to = page.find(end);
    if (from == std::string::npos || to == std::string::npos) return page + "\n" + begin + block + end;
    return page.substr(0, from) + begin + block + page.substr(to);
}

}  // namespace opentraces::testing
