// A real repository of git, without the user's settings.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "doubles/temporary_directory.hpp"

namespace opentraces::testing {

inline bool has_git() {
    if (std::system("git --version > /dev/null 2>&1") == 0) return true;
    std::cout << "skipped: no git\n";
    return false;
}

class Repository {
public:
    explicit Repository(const std::string& name, const std::string& options = {}) : path(place.file(name)) {
        std::filesystem::create_directories(path);
        usable = run("init -q -b main " + options);
        run("config user.name me");
        run("config user.email me@example.org");
    }

    bool run(const std::string& words, int at = 0) const {
        const std::string when = std::to_string(1'700'000'000 + at) + " +0000";
        const std::string command = "cd '" + path + "' && GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_DATE='" +
                                    when + "' GIT_COMMITTER_DATE='" + when + "' git " + words + " > '" +
                                    path + ".out' 2>&1";
        return std::system(command.c_str()) == 0;
    }
    std::string said(const std::string& words) const {
        run(words);
        std::ifstream file(path + ".out");
        std::string line;
        std::getline(file, line);
        return line;
    }
    void write(const std::string& name, const std::string& text) const {
        const std::filesystem::path file = std::filesystem::path(path) / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
    }
    void commit_all(const std::string& message, int at) const {
        run("add -A");
        commit(message, at);
    }
    void commit(const std::string& message, int at) const {
        run("commit -q --allow-empty -m " + message, at);
    }

    TemporaryDirectory place;
    std::string path;
    bool usable = false;
};

}  // namespace opentraces::testing
