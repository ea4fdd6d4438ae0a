#include "opentraces/core/environment.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces {
namespace {

// Empty if it was deleted, or lies where this process cannot get to ("(unreachable)/...").
std::string current_directory() {
    constexpr std::size_t k_longest = std::size_t{1} << 20;
    std::string buffer(PATH_MAX, '\0');
    while (::getcwd(buffer.data(), buffer.size()) == nullptr) {
        if (errno != ERANGE && errno != ENAMETOOLONG) return {};
        if (buffer.size() >= k_longest) return {};
        buffer.resize(buffer.size() * 2);
    }
    buffer.resize(buffer.find('\0'));
    return buffer.starts_with('/') ? buffer : std::string();
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

[[noreturn]] void throw_homeless(const std::string& variables) {
    throw Error(ErrorCode::ConfigInvalid, "HOME is not set to an absolute path", "Set " + variables + ".");
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

std::optional<std::string> Environment::find_home() const {
    auto home = get("HOME");
    if (home && !home->starts_with('/')) home.reset();
    return home;
}

std::optional<std::string> Environment::find_opentraces_home() const {
    if (auto set = get("OPENTRACES_HOME")) return set;
    const auto home = find_home();
    if (!home) return std::nullopt;
    return *home + "/.opentraces";
}

std::optional<std::string> Environment::find_hf_home() const {
    if (auto set = get("HF_HOME")) return set;
    if (const auto cache = get("XDG_CACHE_HOME")) return *cache + "/huggingface";
    const auto home = find_home();
    if (!home) return std::nullopt;
    return *home + "/.cache/huggingface";
}

std::string Environment::home() const {
    if (auto home = find_home()) return *std::move(home);
    throw_homeless("HOME");
}

std::string Environment::opentraces_home() const {
    if (auto folder = find_opentraces_home()) return *std::move(folder);
    throw_homeless("HOME, or OPENTRACES_HOME to the folder for opentraces' own files");
}

const std::string& Environment::need_working_directory() const {
    if (!working_directory.empty()) return working_directory;
    throw Error(ErrorCode::NotFound, "the working folder was deleted, or cannot be reached",
                "Change to a folder that exists, or name one with -C.");
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
