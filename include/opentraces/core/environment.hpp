// What the program takes from its process environment, read once in main and then passed as a value.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace opentraces {

struct Environment {
    std::map<std::string, std::string> variables;
    std::string working_directory;  // absolute; empty if it was deleted, see need_working_directory()
    std::string executable;         // absolute path of this program, may be empty
    std::string user_name;          // login name from the password database or USER, may be empty

    // Unset and empty are the same.
    std::optional<std::string> get(std::string_view name) const;
    // "1", "on", "yes", "true" in any case (the Hub clients' rule).
    bool truthy(std::string_view name) const;
    // HOME, if it is an absolute path.
    std::optional<std::string> find_home() const;
    // OPENTRACES_HOME, else ~/.opentraces.
    std::optional<std::string> find_opentraces_home() const;
    // HF_HOME, else $XDG_CACHE_HOME/huggingface, else ~/.cache/huggingface.
    std::optional<std::string> find_hf_home() const;
    // The same, for what cannot do without: Error ConfigInvalid names the variable to set. Never the working
    // directory, which belongs to whoever made it.
    std::string home() const;
    std::string opentraces_home() const;
    // Error NotFound if the folder that the program was started in is gone.
    const std::string& need_working_directory() const;
    std::string hub_endpoint() const;  // HF_ENDPOINT without trailing slashes, else https://huggingface.co
};

Environment capture_environment(char** environ_block, const char* argv0);

}  // namespace opentraces
