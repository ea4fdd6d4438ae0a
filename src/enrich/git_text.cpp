#include "enrich/git_text.hpp"

#include <algorithm>

#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

constexpr std::size_t k_shortest_sha = 7;
constexpr std::size_t k_longest_sha = 64;

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find_first_of(" \t"));
}

std::string_view quoted_in(std::string_view text) {
    const std::size_t open = text.find('\'');
    const std::size_t close = text.rfind('\'');
    return open == std::string_view::npos || close <= open ? std::string_view{}
                                                           : text.substr(open + 1, close - open - 1);
}

// "(HEAD -> main, origin/main) subject" without the names.
std::string_view without_names(std::string_view subject) {
    if (!subject.starts_with('(')) return subject;
    const std::size_t close = subject.find(')');
    const std::string_view names = subject.substr(0, close);
    const bool decorated = names.find("HEAD") != std::string_view::npos ||
                           names.find("origin/") != std::string_view::npos ||
                           names.find("tag: ") != std::string_view::npos;
    if (close == std::string_view::npos || !decorated) return subject;
    return trim(subject.substr(close + 1));
}

}  // namespace

bool GitCommand::has(std::string_view option) const {
    return std::find(arguments.begin(), arguments.end(), option) != arguments.end();
}

bool GitCommand::is_quiet() const {
    return std::any_of(arguments.begin(), arguments.end(), [](std::string_view argument) {
        if (argument == "--quiet") return true;
        if (argument.size() < 2 || argument[0] != '-' || argument[1] == '-') return false;
        // Options that take a value end a row of letters.
        return argument.substr(0, argument.find_first_of("mFCct")).find('q') != std::string_view::npos;
    });
}

std::optional<std::string> GitCommand::value_of(char letter, std::string_view word) const {
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string& argument = arguments[at];
        if (argument == word && at + 1 < arguments.size()) return arguments[at + 1];
        if (argument.starts_with(word) && argument.size() > word.size() && argument[word.size()] == '=')
            return argument.substr(word.size() + 1);
        if (argument.size() < 2 || argument[0] != '-' || argument[1] == '-') continue;
        // "-am x", "-mx"
        const std::size_t place = argument.find(letter, 1);
        if (place == std::string::npos) continue;
        const std::string_view before = std::string_view(argument).substr(1, place - 1);
        if (before.find_first_not_of("aqsvn") != std::string_view::npos) continue;
        if (place + 1 < argument.size()) return argument.substr(place + 1);
        if (at + 1 < arguments.size()) return arguments[at + 1];
    }
    return std::nullopt;
}

std::optional<GitCommand> git_command_of(const Command& command) {
    GitCommand git;
    const Command words = unwrapped(command, &git.wrapper);
    if (words.empty() || (words.front() != "git" && words.front() != "git.exe")) return std::nullopt;
    std::size_t at = 1;
    for (; at < words.size() && words[at].starts_with('-'); ++at) {
        if (words[at] == "-C" && at + 1 < words.size())
            git.folder = words[++at];
        else if (words[at] == "-c")
            ++at;
    }
    if (at >= words.size()) return std::nullopt;
    git.verb = words[at];
    git.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
    return git;
}

bool is_sha(std::string_view word) {
    return word.size() >= k_shortest_sha && word.size() <= k_longest_sha &&
           std::all_of(word.begin(), word.end(), is_hex) &&
           std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<PrintedCommit> printed_commit(std::string_view line) {
    if (!line.starts_with('[')) return std::nullopt;
    const std::size_t close = line.find("] ");
    if (close == std::string_view::npos) return std::nullopt;
    std::string_view head = line.substr(1, close - 1);
    const std::size_t space = head.rfind(' ');
    if (space == std::string_view::npos || !is_sha(head.substr(space + 1))) return std::nullopt;
    PrintedCommit commit;
    commit.sha = head.substr(space + 1);
    head = head.substr(0, space);
    if (head.ends_with(" (root-commit)")) head.remove_suffix(std::string_view(" (root-commit)").size());
    if (head != "detached HEAD") commit.branch = head;
    commit.subject = trim(line.substr(close + 2));
    return commit;
}

std::optional<LoggedCommit> logged_commit(std::string_view line) {
    if (line.starts_with("commit ")) line.remove_prefix(7);
    const std::string_view sha = first_word(line);
    if (!is_sha(sha)) return std::nullopt;
    const std::string_view rest = trim(line.substr(sha.size()));
    return LoggedCommit{std::string(sha), std::string(without_names(rest))};
}

std::optional<ReflogEntry> reflog_entry(std::string_view line) {
    const std::string_view sha = first_word(line);
    const std::size_t brace = line.find("@{");
    const std::size_t colon = line.find("}: ");
    if (!is_sha(sha) || brace == std::string_view::npos || colon == std::string_view::npos || colon < brace)
        return std::nullopt;
    const std::string_view rest = line.substr(colon + 3);
    const std::size_t end = std::min(rest.find(": "), rest.size());
    return ReflogEntry{std::string(sha), std::string(rest.substr(0, end)),
                       std::string(rest.substr(std::min(end + 2, rest.size())))};
}

std::optional<std::string> branch_in(std::string_view line) {
    if (line.starts_with("On branch ")) return std::string(trim(line.substr(10)));
    if (line.starts_with("Switched to ") || line.starts_with("Already on ")) {
        const std::string_view name = quoted_in(line);
        if (!name.empty()) return std::string(name);
    }
    for (const std::string_view mark : {"## ", "📌 "}) {
        if (!line.starts_with(mark)) continue;
        std::string_view name = first_word(line.substr(mark.size()));
        name = name.substr(0, name.find("..."));
        if (!name.empty() && name != "HEAD" && name != "No") return std::string(name);
    }
    return std::nullopt;
}

std::optional<PushedRange> pushed_range(std::string_view line) {
    const std::size_t arrow = line.find(" -> ");
    if (arrow == std::string_view::npos || line.size() < 4 || line[0] != ' ') return std::nullopt;
    PushedRange range;
    range.branch = first_word(line.substr(arrow + 4));
    std::string_view rest = trim(line.substr(1));
    range.forced = rest.starts_with('+');
    if (range.forced) rest = trim(rest.substr(1));
    if (rest.starts_with("* [new branch]")) return range;
    const std::string_view sides = first_word(rest);
    const std::size_t dots = sides.find("..");
    if (dots == std::string_view::npos) return std::nullopt;
    range.before = sides.substr(0, dots);
    std::string_view after = sides.substr(dots);
    after.remove_prefix(std::min(after.find_first_not_of('.'), after.size()));
    range.after = after;
    if (!is_sha(range.before) || !is_sha(range.after)) return std::nullopt;
    return range;
}

std::string repository_name(std::string_view address) {
    const bool has_host =
        address.find("://") != std::string_view::npos || address.find(':') != std::string_view::npos;
    if (!has_host || address.starts_with("file:") || (address.size() > 1 && address[1] == ':')) return {};
    while (address.ends_with('/'))
        address.remove_suffix(1);
    if (address.ends_with(".git")) address.remove_suffix(4);
    const std::size_t last = address.rfind('/');
    if (last == std::string_view::npos || last == 0) return {};
    const std::size_t before = address.find_last_of("/:", last - 1);
    if (before == std::string_view::npos || before + 1 == last || last + 1 == address.size()) return {};
    return std::string(address.substr(before + 1));
}

std::string_view remote_in(std::string_view line) {
    for (const std::string_view mark : {"To ", "From "}) {
        if (line.starts_with(mark)) {
            const std::string_view address = trim(line.substr(mark.size()));
            return address.find(' ') == std::string_view::npos ? address : std::string_view{};
        }
    }
    if (line.ends_with("(push)") || line.ends_with("(fetch)")) {
        const std::size_t tab = line.find_first_of(" \t");
        if (tab != std::string_view::npos && line.starts_with("origin"))
            return first_word(trim(line.substr(tab)));
    }
    return {};
}

}  // namespace opentraces::enrich
