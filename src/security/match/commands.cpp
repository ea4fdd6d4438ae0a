// Passwords and tokens that command lines hand over: in options of well-known tools, and through pipes.
#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "security/match/assigned_value.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_command = 600;

constexpr std::string_view k_ends = "\n|;&<>";
constexpr std::string_view k_word_ends = " \t\r\n\"'`\\";

// A line of a shell, with the lines that a backslash continues: up to the end of the command.
std::string_view command_behind(std::string_view text, std::size_t at) {
    const std::string_view window = text.substr(0, std::min(text.size(), at + k_max_command));
    for (std::size_t end = window.find_first_of(k_ends, at); end != std::string_view::npos;
         end = window.find_first_of(k_ends, end + 1)) {
        const bool continued = window[end] == '\n' && end > at && window[end - 1] == '\\';
        const bool inside = std::count(window.begin() + static_cast<std::ptrdiff_t>(at),
                                       window.begin() + static_cast<std::ptrdiff_t>(end), '\'') %
                                    2 !=
                                0 ||
                            std::count(window.begin() + static_cast<std::ptrdiff_t>(at),
                                       window.begin() + static_cast<std::ptrdiff_t>(end), '"') %
                                    2 !=
                                0;
        if (!continued && !inside) return window.substr(0, end);
    }
    return window;
}

std::string_view command_before(std::string_view text, std::size_t at) {
    const std::size_t least = at < k_max_command ? 0 : at - k_max_command;
    const std::string_view window = text.substr(least, at - least);
    std::size_t from = 0;
    for (std::size_t line = window.rfind('\n'); line != std::string_view::npos && line > 0;
         line = window.rfind('\n', line - 1)) {
        if (window[line - 1] == '\\') continue;
        from = line + 1;
        break;
    }
    return window.substr(from);
}

// A password on a command line, where it stands for itself: no variable, no option.
bool is_password(std::string_view value) {
    return value.size() >= 4 && value[0] != '-' && value[0] != '$' && value[0] != '/' &&
           value.find("$(") == std::string_view::npos && value.find(' ') == std::string_view::npos &&
           is_real_password(value);
}

std::optional<Span> password_at(std::string_view text, std::size_t at) {
    const auto value = read_value(text, skip_blanks(text, at), k_word_ends);
    if (!value || !is_password(text.substr(value->span.begin, value->span.end - value->span.begin)))
        return std::nullopt;
    return value->span;
}

struct Tool {
    std::string_view name;
    std::string_view option;  // before the password
    bool glued;               // without a blank between
};

constexpr std::array<Tool, 39> k_tools = {{
    {"sshpass", "-p", true},
    {"redis-cli", "-a", false},
    {"mysql", "-p", true},
    {"mysqldump", "-p", true},
    {"mysqladmin", "-p", true},
    {"mariadb", "-p", true},
    {"mysqlimport", "-p", true},
    {"docker login", "-p", false},
    {"podman login", "-p", false},
    {"buildah login", "-p", false},
    {"skopeo login", "-p", false},
    {"crane auth login", "-p", false},
    {"helm registry login", "-p", false},
    {"oc login", "-p", false},
    {"az login", "-p", false},
    {"mongosh", "-p", false},
    {"mongo", "-p", false},
    {"mongodump", "-p", false},
    {"sqlcmd", "-P", false},
    {"bcp", "-P", false},
    {"ldapsearch", "-w", false},
    {"ldapadd", "-w", false},
    {"ldapmodify", "-w", false},
    {"mosquitto_pub", "-P", false},
    {"mosquitto_sub", "-P", false},
    {"keytool", "-storepass", false},
    {"keytool", "-keypass", false},
    {"7z", "-p", true},
    {"unzip", "-P", false},
    {"zip", "-P", false},
    {"nmcli", "password", false},
    {"gh secret set", "-b", false},
    {"beeline", "-p", false},
    {"snmpget", "-A", false},
    {"gh secret set", "--body", false},
    {"smbclient", "-U", false},
    {"add-generic-password", "-w", false},
    {"add-internet-password", "-w", false},
    {"keyvault secret set", "--value", false},
}};

// The value of an option within a command.
std::optional<Span> option_value(std::string_view command, std::size_t from, const Tool& tool) {
    for (std::size_t at = command.find(tool.option, from); at != std::string_view::npos;
         at = command.find(tool.option, at + 1)) {
        std::size_t end = at + tool.option.size();
        if (std::string_view(" \t").find(command[at - 1]) == std::string_view::npos) continue;
        // mysql wants the value glued to the option, the others apart from it.
        const bool blank = end < command.size() && (command[end] == ' ' || command[end] == '=');
        if (blank && tool.glued && tool.name.starts_with("m")) continue;
        if (!blank && !tool.glued) continue;
        if (blank) ++end;
        auto value = read_value(command, end, k_word_ends);
        if (!value) continue;
        // user%password
        const std::size_t sign = command.substr(0, value->span.end).find('%', value->span.begin);
        if (tool.name == "smbclient" && sign != std::string_view::npos) value->span.begin = sign + 1;
        if (is_password(command.substr(value->span.begin, value->span.end - value->span.begin)))
            return value->span;
    }
    return std::nullopt;
}

// What `echo`, `printf` or a here string writes into a command.
std::optional<Span> written_value(std::string_view before) {
    const std::size_t pipe = before.rfind('|');
    if (pipe == std::string_view::npos) return std::nullopt;
    const std::size_t echo = std::max(before.rfind("echo ", pipe) + 1, before.rfind("printf ", pipe) + 1);
    if (echo == 0) return std::nullopt;
    std::size_t at = before.find(' ', echo - 1) + 1;
    while (at < pipe) {
        at = skip_blanks(before, at);
        const auto value = read_value(before.substr(0, pipe), at, " \t\r\n\"'`\\|");
        if (!value) return std::nullopt;
        const std::string_view word = before.substr(value->span.begin, value->span.end - value->span.begin);
        if (!word.starts_with("-") && !word.starts_with("%")) return value->span;
        at = value->span.end + (value->quoted ? 1 : 0);
    }
    return std::nullopt;
}

}  // namespace

std::optional<Span> match_user_option(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin > 0 &&
        std::string_view(" \t\n'\"").find(text[anchor.begin - 1]) == std::string_view::npos)
        return std::nullopt;
    // Only where a transfer tool is called in the same command.
    const std::string_view command = command_before(text, anchor.begin);
    if (command.find("curl") == std::string_view::npos && command.find("http") == std::string_view::npos &&
        command.find("wget") == std::string_view::npos)
        return std::nullopt;
    auto value = read_value(text, skip_blanks(text, anchor.end), k_word_ends);
    if (!value) return std::nullopt;
    if (!value->quoted && value->span.end < text.size() && text[value->span.end] == ':') ++value->span.end;
    const std::string_view account = text.substr(value->span.begin, value->span.end - value->span.begin);
    const std::size_t colon = account.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view password = account.substr(colon + 1);
    if (password.starts_with("//")) return std::nullopt;
    // Services that take a key for the user want no password.
    if (password.empty() && looks_generated(account.substr(0, colon))) return value->span;
    if (!is_real_password(password)) return std::nullopt;
    return value->span;
}

std::optional<Span> match_tool_password(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin > 0 && is<'v'>(text[anchor.begin - 1])) return std::nullopt;
    const std::string_view command = command_behind(text, anchor.begin);
    const std::string_view called = text.substr(anchor.begin, anchor.end - anchor.begin);
    for (const Tool& tool : k_tools) {
        if (!called.starts_with(tool.name) || called.size() > tool.name.size() + 1) continue;
        if (const auto value = option_value(command, anchor.end, tool)) return value;
    }
    return std::nullopt;
}

std::optional<Span> match_piped_secret(const Rule&, std::string_view text, Span anchor) {
    const std::string_view before = command_before(text, anchor.begin);
    const std::size_t from = anchor.begin - before.size();
    if (auto value = written_value(before)) {
        std::string_view word = before.substr(value->begin, value->end - value->begin);
        // user:password of chpasswd
        const std::size_t colon =
            text.substr(anchor.begin).starts_with("chpasswd") ? word.find(':') : word.npos;
        if (colon != std::string_view::npos) {
            value->begin += colon + 1;
            word.remove_prefix(colon + 1);
        }
        if (is_password(word)) return Span{from + value->begin, from + value->end};
    }
    constexpr std::string_view k_here = "<<<";
    const std::string_view behind = text.substr(0, std::min(text.size(), anchor.end + 200));
    const std::size_t here = behind.find(k_here, anchor.end);
    if (here == std::string_view::npos || behind.find('\n', anchor.end) < here) return std::nullopt;
    return password_at(text, here + k_here.size());
}

std::optional<Span> match_next_word(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin > 0 && is<'v'>(text[anchor.begin - 1])) return std::nullopt;
    return password_at(text, anchor.end);
}

std::optional<Span> match_second_word(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin > 0 && is<'v'>(text[anchor.begin - 1])) return std::nullopt;
    std::size_t at = anchor.end;
    const std::string_view command = text.substr(anchor.begin, anchor.end - anchor.begin);
    int words = command.starts_with("http-") ? 2 : 1;
    if (command.starts_with("htpasswd")) {
        // -b takes the password from the command line; the file comes first, but for -n.
        const std::size_t options = anchor.end;
        at = run_end<'y'>(text, options);
        const std::string_view letters = text.substr(options, at - options);
        if (letters.find('b') == std::string_view::npos) return std::nullopt;
        words = letters.find('n') == std::string_view::npos ? 2 : 1;
    }
    for (; words > 0; --words) {
        const auto word = read_value(text, skip_blanks(text, at), k_word_ends);
        if (!word) return std::nullopt;
        at = word->span.end + (word->quoted ? 1 : 0);
        if (at >= text.size() || text[at] != ' ') return std::nullopt;
    }
    return password_at(text, at);
}

}  // namespace opentraces::security
