// What the program takes from its process environment, read once in main and then passed as a value.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace opentraces {

struct Environment {
    std::map<std::string, std::string> variables;
    std::string working_directory;  // absolute
    std::string executable;         // absolute path of this program, may be empty
    std::string user_name;          // login name from the password database or USER, may be empty

    // Unset and empty are the same.
    std::optional<std::string> get(std::string_view name) const;
    // "1", "on", "yes", "true" in any case (the Hub clients' rule).
    bool truthy(std::string_view name) const;
    std::string home() const;             // HOME, else the working directory
    std::string opentraces_home() const;  // OPENTRACES_HOME, else ~/.opentraces
    std::string hf_home() const;       // HF_HOME, else $XDG_CACHE_HOME/huggingface, else ~/.cache/huggingface
    std::string hub_endpoint() const;  // HF_ENDPOINT without trailing slashes, else https://huggingface.co
};

Environment capture_environment(char** environ_block, const char* argv0);

}  // namespace opentraces
