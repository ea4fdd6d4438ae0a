// Expected texts as files. OPENTRACES_ACCEPT=1 rewrites them, and the test says so instead of passing.
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

// `name` is a path below tests/golden.
inline void check_golden(const std::string& name, const std::string& text) {
    const auto path = std::filesystem::path(opentraces::testing::source_folder()) / "tests/golden" / name;
    if (std::getenv("OPENTRACES_ACCEPT") != nullptr) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        WARN("rewrote " << path.string());
        return;
    }
    INFO(path.string());
    CHECK(file_text(path) == text);
}

}  // namespace opentraces::testing
