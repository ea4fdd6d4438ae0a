// Drives the real binary in a private home, with nothing of the caller's environment.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::testing {

struct RunResult {
    int exit = -1;
    std::string out;
    std::string err;
    json::Value json() const;  // of out; fails the test when out is not exactly one JSON text
};

// Kept on disk with its path in the message when a test fails, removed otherwise.
class Workbench {
public:
    Workbench();
    ~Workbench();
    Workbench(const Workbench&) = delete;
    Workbench& operator=(const Workbench&) = delete;

    RunResult run(const std::vector<std::string>& arguments, const std::string& input = {});
    // run() in the project folder, expecting this exit status.
    RunResult expect(int exit, const std::vector<std::string>& arguments, const std::string& input = {});

    std::filesystem::path home() const { return m_root / "home"; }
    std::filesystem::path project() const { return m_root / "project"; }
    std::filesystem::path path(const std::string& name) const { return m_root / name; }
    void write(const std::filesystem::path& path, const std::string& text) const;
    static std::string read(const std::filesystem::path& path);
    void set(const std::string& name, const std::string& value) { m_environment[name] = value; }
    void unset(const std::string& name) { m_environment.erase(name); }
    void work_in(const std::filesystem::path& folder) { m_working_directory = folder; }

private:
    std::filesystem::path m_root;
    std::filesystem::path m_working_directory;
    std::map<std::string, std::string> m_environment;
};

// A small real session of tests/fixtures.
std::string fixture_session();

}  // namespace opentraces::testing
