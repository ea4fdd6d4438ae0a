#include "opentraces/core/environment.hpp"

#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>

#include "opentraces/core/text.hpp"

namespace opentraces {
namespace {

std::string current_directory() {
    std::array<char, PATH_MAX> buffer{};
    return ::getcwd(buffer.data(), buffer.size()) != nullptr ? std::string(buffer.data()) : std::string("/");
}

std::string running_program(const char* argv0) {
    std::array<char, PATH_MAX> buffer{};
    const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size() - 1);
    if (length > 0) return {buffer.data(), static_cast<std::size_t>(length)};
    return argv0 != nullptr ? argv0 : "";
}

std::string without_trailing_slashes(std::string text) {
    while (!text.empty() && text.back() == '/')
        text.pop_back();
    return text;
}

}  // namespace

std::optional<std::string> Environment::get(std::string_view name) const {
    const auto found = variables.find(std::string(name));
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

bool Environment::truthy(std::string_view name) const {
    const std::string value = to_lower_ascii(get(name).value_or(""));
    return value == "1" || value == "on" || value == "yes" || value == "true";
}

std::string Environment::home() const {
    return get("HOME").value_or(working_directory);
}

std::string Environment::opentraces_home() const {
    return get("OPENTRACES_HOME").value_or(home() + "/.opentraces");
}

std::string Environment::hf_home() const {
    if (const auto set = get("HF_HOME")) return *set;
    return get("XDG_CACHE_HOME").value_or(home() + "/.cache") + "/huggingface";
}

std::string Environment::hub_endpoint() const {
    return without_trailing_slashes(get("HF_ENDPOINT").value_or("https://huggingface.co"));
}

Environment capture_environment(char** environ_block, const char* argv0) {
    Environment environment;
    for (char** entry = environ_block; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view pair = *entry;
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        environment.variables.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
    environment.working_directory = current_directory();
    environment.executable = running_program(argv0);
    environment.user_name = environment.get("USER").value_or(environment.get("LOGNAME").value_or(""));
    return environment;
}

}  // namespace opentraces
