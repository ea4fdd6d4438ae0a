// Drives the real binary in a private home, with nothing of the caller's environment.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::testing {

struct RunResult {
    int exit = -1;
    std::string out;
    std::string err;
    json::Value json() const;  // of out; fails the test when out is not exactly one JSON text
};

// A command that is still running, with open standard input. Killed if the test does not wait for it.
class Running {
public:
    Running(pid_t child, int input, std::filesystem::path out, std::filesystem::path err);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    // Returns when all but what a pipe holds has been taken.
    void feed(std::string_view text);
    void close_input();
    void send(int signal) const;
    // What it has said so far.
    std::string out() const;
    std::string err() const;
    // At most 30 s for `condition` to come true; fails the test otherwise.
    static void wait_until(const std::function<bool()>& condition);
    RunResult wait();

private:
    pid_t m_child;
    int m_input;
    std::filesystem::path m_out;
    std::filesystem::path m_err;
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

    // A script of the shell in the project folder; it finds opentraces by name. Both outputs are in `out`.
    RunResult shell(const std::string& script);

    // Standard output goes to a file of its own, or to this one.
    std::unique_ptr<Running> start(const std::vector<std::string>& arguments, std::filesystem::path out = {});

    std::filesystem::path home() const { return m_root / "home"; }
    std::filesystem::path project() const { return m_root / "project"; }
    std::filesystem::path path(const std::string& name) const { return m_root / name; }
    void write(const std::filesystem::path& path, const std::string& text) const;
    static std::string read(const std::filesystem::path& path);
    void set(const std::string& name, const std::string& value) { m_environment[name] = value; }
    void unset(const std::string& name) { m_environment.erase(name); }
    void work_in(const std::filesystem::path& folder) { m_working_directory = folder; }
    const std::map<std::string, std::string>& environment() const { return m_environment; }
    const std::filesystem::path& working_directory() const { return m_working_directory; }

private:
    RunResult run_words(const std::vector<std::string>& words, const std::string& input,
                        const std::map<std::string, std::string>& environment);

    std::filesystem::path m_root;
    std::filesystem::path m_working_directory;
    std::map<std::string, std::string> m_environment;
    int m_started = 0;
};

// A small real session of tests/fixtures.
std::string fixture_session();

}  // namespace opentraces::testing
