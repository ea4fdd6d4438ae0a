#include "flow/git_past.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "flow/git_process.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::flow {
namespace {

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(by), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

bool is_object_name(std::string_view word) {
    return (word.size() == 40 || word.size() == 64) &&
           word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view after_last(std::string_view text, std::string_view mark) {
    const std::size_t at = text.rfind(mark);
    return at == std::string_view::npos ? std::string_view{} : text.substr(at + mark.size());
}

constexpr std::string_view k_checkout = "checkout: moving from ";
constexpr std::string_view k_rename = "Branch: renamed refs/heads/";

// Where HEAD went to, and where it came from, by the words of a reflog.
std::string_view left_branch(std::string_view what) {
    for (const auto& [start, middle] :
         {std::pair{k_checkout, std::string_view(" to ")}, std::pair{k_rename, std::string_view(" to ")}}) {
        if (what.starts_with(start)) return what.substr(start.size(), what.rfind(middle) - start.size());
    }
    return {};
}
std::string_view entered_branch(std::string_view what) {
    if (what.starts_with(k_checkout)) return after_last(what, " to ");
    if (what.starts_with(k_rename)) return after_last(what, " to refs/heads/");
    return {};
}

std::string branch_or_nothing(std::string_view name) {
    return is_object_name(name) ? std::string() : std::string(name);
}

}  // namespace

const GitReader::Known& GitReader::known(const std::string& folder) {
    const auto [place, is_new] = m_known.try_emplace(folder);
    if (!is_new) return place->second;
    Known& known = place->second;
    const std::string moves = git_answer(
        folder, {"log", "-g", "--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-patch",
                 "--date=unix", "--format=%H%x09%gd%x09%gs", "-n", "20000", "HEAD", "--"});
    for (const std::string_view line : split(moves, '\n')) {
        const std::vector<std::string_view> cells = split(line, '\t');
        if (cells.size() < 2 || !is_object_name(cells[0])) continue;
        Moved moved;
        moved.to = cells[0];
        const std::string_view second = after_last(cells[1], "@{");
        std::from_chars(second.data(), second.data() + second.size(), moved.second);
        if (cells.size() > 2) moved.what = cells[2];
        known.moves.push_back(std::move(moved));
    }
    if (known.moves.empty()) return known;
    known.branch = trim(git_answer(folder, {"symbolic-ref", "--short", "-q", "HEAD"}));
    known.repository = enrich::repository_name(
        trim(git_answer(folder, {"config", "--local", "--no-includes", "--get", "remote.origin.url"})));
    return known;
}

// The last word on it before that move, else the first one after it, else what it is now.
std::string GitReader::branch_at(const Known& known, std::size_t move) {
    for (std::size_t at = move; at < known.moves.size(); ++at) {
        const std::string_view entered = entered_branch(known.moves[at].what);
        if (!entered.empty()) return branch_or_nothing(entered);
    }
    for (std::size_t at = move; at-- > 0;) {
        const std::string_view left = left_branch(known.moves[at].what);
        if (!left.empty()) return branch_or_nothing(left);
    }
    return known.branch;
}

GitPast GitReader::at(const std::string& folder, TimePoint when) {
    const Known& here = known(folder);
    const std::int64_t second = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
    GitPast past;
    for (std::size_t move = 0; move < here.moves.size(); ++move) {
        if (here.moves[move].second > second) continue;
        past.head = here.moves[move].to;
        past.branch = branch_at(here, move);
        past.repository = here.repository;
        break;
    }
    return past;
}

void fill_from_git(trace::TraceRecord& record, const enrich::Evidence& evidence, const std::string& project,
                   fs::Disk& disk, GitReader& git) {
    const std::string& folder = evidence.working_directory;
    const bool inside = !project.empty() && (folder == project || folder.starts_with(project + "/"));
    trace::Vcs& vcs = record.environment.vcs;
    const bool complete = record.task.base_commit && record.task.repository && vcs.branch;
    const auto when = record.timestamp_start ? parse_iso8601(*record.timestamp_start) : std::nullopt;
    if (!inside || complete || !when) return;
    const auto info = disk.info(folder);
    if (!info || !info->is_directory()) return;
    const GitPast past = git.at(folder, *when);
    if (past.head.empty()) return;
    bool filled = false;
    const auto fill = [&filled](trace::OptText& field, const std::string& text) {
        if (field || text.empty()) return;
        field = text;
        filled = true;
    };
    fill(record.task.base_commit, past.head);
    if (!vcs.base_commit) vcs.base_commit = record.task.base_commit;
    fill(vcs.branch, past.branch);
    fill(record.task.repository, past.repository);
    vcs.type = trace::VcsType::Git;
    if (filled) record.metadata.set("opentraces_vcs_source", "reflog at the session's beginning");
}

}  // namespace opentraces::flow
