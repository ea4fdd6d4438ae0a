#include <algorithm>

#include "enrich/shell.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

constexpr std::size_t k_shortest_sha = 7;
constexpr std::size_t k_longest_sha = 40;

bool is_sha(std::string_view word) {
    return word.size() >= k_shortest_sha && word.size() <= k_longest_sha &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// `git commit`, also with options of git before the verb: `git -C dir -c k=v commit`.
bool makes_commit(const Command& command) {
    if (command.front() != "git") return false;
    for (std::size_t at = 1; at < command.size(); ++at) {
        const std::string& word = command[at];
        if (word == "-C" || word == "-c") {
            ++at;
        } else if (!word.starts_with('-')) {
            return word == "commit";
        }
    }
    return false;
}

bool line_makes_commit(std::string_view line) {
    const auto commands = commands_of(line);
    return std::any_of(commands.begin(), commands.end(), makes_commit);
}

// "[main abc1234] message", "[feat/x (root-commit) abc1234] message", "[detached HEAD abc1234] message".
std::optional<Commit> commit_in(std::string_view line) {
    if (!line.starts_with('[')) return std::nullopt;
    const std::size_t close = line.find("] ");
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view head = line.substr(1, close - 1);
    const std::size_t space = head.rfind(' ');
    if (space == std::string_view::npos || !is_sha(head.substr(space + 1))) return std::nullopt;
    return Commit{std::string(head.substr(space + 1)), std::string(trim(line.substr(close + 2)))};
}

std::optional<Commit> last_commit_in(std::string_view output) {
    std::optional<Commit> last;
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        if (auto commit = commit_in(output.substr(0, end))) last = std::move(commit);
        output.remove_prefix(std::min(end + 1, output.size()));
    }
    return last;
}

const std::string* recorded_sha(const Evidence& evidence, const std::string& call_id) {
    for (const RecordedCommit& commit : evidence.commits) {
        if (commit.call_id == call_id) return &commit.sha;
    }
    return nullptr;
}

std::optional<Commit> commit_of(const Evidence& evidence, const trace::ToolCall& call,
                                const trace::Observation& observation) {
    const std::string* recorded = recorded_sha(evidence, call.tool_call_id);
    if (recorded == nullptr && !line_makes_commit(shell_line(call))) return std::nullopt;
    // A commit stands even when a later command of the line fails: its own output says that it was made.
    auto printed = last_commit_in(observation.content.value_or(""));
    if (printed || recorded == nullptr) return printed;
    return Commit{*recorded, {}};
}

}  // namespace

std::optional<Commit> last_commit(const trace::TraceRecord& record, const Evidence& evidence) {
    std::optional<Commit> last;
    for (const trace::Step& step : record.steps) {
        for (std::size_t at = 0; at < step.tool_calls.size() && at < step.observations.size(); ++at) {
            if (auto commit = commit_of(evidence, step.tool_calls[at], step.observations[at]))
                last = std::move(commit);
        }
    }
    return last;
}

}  // namespace opentraces::enrich
