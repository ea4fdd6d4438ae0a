// A private folder that goes away with the test, and stays when the test failed with an exception.
#pragma once

#include <stdlib.h>

#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace opentraces::testing {

class TemporaryDirectory {
public:
    TemporaryDirectory() : TemporaryDirectory(std::filesystem::temp_directory_path().string()) {}
    explicit TemporaryDirectory(const std::string& above) {
        std::string pattern = (std::filesystem::path(above) / "opentraces-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        m_path = std::filesystem::canonical(pattern).string();
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        if (std::uncaught_exceptions() == 0) std::filesystem::remove_all(m_path, ignored);
    }

    const std::string& path() const { return m_path; }
    std::string file(const std::string& name) const { return m_path + "/" + name; }

private:
    std::string m_path;
};

}  // namespace opentraces::testing
