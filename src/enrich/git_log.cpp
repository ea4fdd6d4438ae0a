#include "enrich/git_log.hpp"

#include <algorithm>
#include <initializer_list>

#include "enrich/shell_runs.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

constexpr std::size_t k_most_entries = 200;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool selects_others(std::string_view option) {
    for (const std::string_view part :
         {"--all",    "--author",    "--committer",    "--grep",    "--reverse",
          "--merges", "--no-merges", "--branches",     "--remotes", "--tags",
          "--graph",  "--skip",      "--since",        "--until",   "--after",
          "--before", "--follow",    "--diff-filter",  "-S",        "-G",
          "-L",       "-g",          "--walk-reflogs", "--cherry",  "--left-right"}) {
        if (option.starts_with(part)) return true;
    }
    return false;
}

bool is_head(std::string_view revision, std::string_view branch) {
    if (revision == "HEAD" || revision == "@" || (!branch.empty() && revision == branch)) return true;
    const std::size_t dots = revision.find("..");
    if (dots == std::string_view::npos || revision.find("...") != std::string_view::npos) return false;
    const std::string_view end = revision.substr(dots + 2);
    return end.empty() || is_head(end, branch);
}

bool passes_first_lines(const std::vector<ShellCommand>& commands, std::size_t at) {
    for (std::size_t next = at + 1; next < commands.size() && commands[next].joint == Joint::Pipe; ++next) {
        const Command& words = commands[next].words;
        if (words.empty() || !is_one_of(words.front(), {"head", "cat"})) return false;
    }
    return true;
}

}  // namespace

std::vector<LoggedCommit> logged_in(std::string_view output) {
    std::vector<LoggedCommit> listed;
    bool in_head = false;  // of the long form: author and date, then the subject
    each_line(output, [&](std::string_view line) {
        if (listed.size() == k_most_entries) return;
        if (in_head) {
            const bool more = line.empty() || line.starts_with("Author:") || line.starts_with("Date:") ||
                              line.starts_with("Merge:") || line.starts_with("Commit:") ||
                              line.starts_with("AuthorDate:") || line.starts_with("CommitDate:");
            if (more) return;
            in_head = false;
            if (line.starts_with("    ")) {
                listed.back().subject = trim(line);
                return;
            }
        }
        if (auto commit = logged_commit(line)) {
            in_head = line.starts_with("commit ");
            if (in_head) commit->subject.clear();
            listed.push_back(std::move(*commit));
        }
    });
    return listed;
}

bool shows_head(const GitCommand& git, const std::vector<ShellCommand>& commands, std::size_t at,
                std::string_view branch) {
    if (!passes_first_lines(commands, at)) return false;
    bool named = false;
    for (std::size_t place = 0; place < git.arguments.size(); ++place) {
        const std::string& argument = git.arguments[place];
        if (argument == "--") return false;
        if (argument == "-n" || argument == "--max-count") {
            ++place;
        } else if (argument.starts_with('-')) {
            if (selects_others(argument)) return false;
        } else if (named || !is_head(argument, branch)) {
            return false;
        } else {
            named = true;
        }
    }
    return git.verb != "rev-parse" || named;
}

}  // namespace opentraces::enrich
