#include "quality/rubric_1/home_paths.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"
#include "quality/each_text.hpp"

namespace opentraces::quality {
namespace {

constexpr std::array<std::string_view, 3> k_parents{"/Users/", "/home/", "\\Users\\"};
constexpr std::array<std::string_view, 24> k_roles{
    "root",   "runner", "shared", "public",  "default", "guest",  "lib",   "admin",
    "vscode", "ubuntu", "node",   "user",    "users",   "you",    "me",    "username",
    "app",    "dev",    "name",   "example", "vagrant", "debian", "agent", "redacted"};

bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_pseudonym(std::string_view name) {
    return name.starts_with('u') && is_lower_hex(name.substr(1), 8);
}

bool is_personal(std::string_view name) {
    const bool letters = std::any_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    });
    if (name.size() < 2 || !letters || is_pseudonym(name)) return false;
    return std::find(k_roles.begin(), k_roles.end(), to_lower_ascii(name)) == k_roles.end();
}

std::size_t count_in(std::string_view text, std::string_view parent) {
    std::size_t count = 0;
    for (std::size_t at = text.find(parent); at != std::string_view::npos; at = text.find(parent, at + 1)) {
        const std::string_view rest = text.substr(at + parent.size());
        const auto end = std::find_if_not(rest.begin(), rest.end(), is_name_char);
        if (is_personal(rest.substr(0, static_cast<std::size_t>(end - rest.begin())))) ++count;
    }
    return count;
}

}  // namespace

std::size_t count_personal_homes(const trace::TraceRecord& record) {
    std::size_t count = 0;
    each_text(record, [&](std::string_view text) {
        for (const std::string_view parent : k_parents)
            count += count_in(text, parent);
    });
    return count;
}

}  // namespace opentraces::quality
