// What git is asked, and what it prints: read from command lines and outputs, never by running it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enrich/shell.hpp"

namespace opentraces::enrich {

struct GitCommand {
    std::string verb;  // "commit"
    Command arguments;
    std::string folder;   // of -C, empty without it
    std::string wrapper;  // what prints in git's place ("rtk"), or empty
    bool has(std::string_view option) const;
    bool is_quiet() const;  // -q, --quiet, -qm
    // The value of "-m x", "-mx", "--message=x"; the first one.
    std::optional<std::string> value_of(char letter, std::string_view word) const;
};
std::optional<GitCommand> git_command_of(const Command& command);

bool is_sha(std::string_view word);  // 7 to 64 lower-case hex digits, with at least one that is no letter

struct PrintedCommit {
    std::string sha;
    std::string branch;  // empty for a detached HEAD
    std::string subject;
};
// "[main abc1234] subject", "[feat/x (root-commit) abc1234] subject", "[detached HEAD abc1234] subject".
std::optional<PrintedCommit> printed_commit(std::string_view line);

struct LoggedCommit {
    std::string sha;
    std::string subject;  // empty when the form has none on this line
};
// "abc1234 subject", "abc1234 (HEAD -> main) subject", "commit <sha>", a sha alone.
std::optional<LoggedCommit> logged_commit(std::string_view line);

struct ReflogEntry {
    std::string sha;
    std::string action;   // "commit (amend)"
    std::string subject;  // what follows it
};
std::optional<ReflogEntry> reflog_entry(std::string_view line);

// "On branch x", "## x...origin/x", "Switched to a new branch 'x'".
std::optional<std::string> branch_in(std::string_view line);

struct PushedRange {
    std::string before;  // empty for a new branch
    std::string after;
    std::string branch;  // the remote one
    bool forced = false;
};
// "   a..b  x -> x", " + a...b x -> x (forced update)", " * [new branch]  x -> x".
std::optional<PushedRange> pushed_range(std::string_view line);

// The address in "To <address>", "From <address>", "origin <address> (push)".
std::string_view remote_in(std::string_view line);

}  // namespace opentraces::enrich
