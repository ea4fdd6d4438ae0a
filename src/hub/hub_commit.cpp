#include "hub/hub_commit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "hub/git_attributes.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/net/retry.hpp"

namespace opentraces::hub {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view k_attributes_path = ".gitattributes";
constexpr std::size_t k_sample = 512;
constexpr int k_max_tries = 8;
constexpr int k_max_uploads = 3;
constexpr milliseconds k_base{1000};
constexpr milliseconds k_cap{20'000};
constexpr std::size_t k_history = 50;
constexpr std::size_t k_longest_history = 10'000;
// More than this in regular files and they travel as large ones: git history keeps regular content for ever.
constexpr std::uint64_t k_max_regular_total = std::uint64_t{16} << 20;

std::string sample_of(const FileChange& change, fs::Disk& disk) {
    if (change.local_path.empty()) return change.content.substr(0, k_sample);
    std::string bytes(k_sample, '\0');
    const auto file = disk.open(change.local_path);
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const std::size_t got = file->read(bytes.data() + filled, bytes.size() - filled);
        if (got == 0) break;
        filled += got;
    }
    bytes.resize(filled);
    return bytes;
}

std::uint64_t size_of(const FileChange& change) {
    return change.local_path.empty() ? change.content.size() : change.size;
}

std::string digest_of(const FileChange& change) {
    return change.local_path.empty() ? sha256_hex(change.content) : change.sha256;
}

}  // namespace

HubCommit::HubCommit(HubSession& session, const std::string& repo, const std::string& revision,
                     const CommitRequest& request, const std::function<void(const UploadProgress&)>& progress)
    : m_client(session.client()),
      m_ports(session.ports()),
      m_repo(repo),
      m_revision(revision),
      m_request(request),
      m_progress(progress) {}

CommitOutcome HubCommit::run() {
    plan();
    m_client.upload(m_repo, m_revision, large_files(), m_progress);
    ++m_uploads;
    CommitOutcome outcome = send();
    if (m_attributes) outcome.receipt.added.push_back(m_request.changes.back());
    return outcome;
}

void HubCommit::plan() {
    ask_for_plans();
    const bool any_large = std::any_of(m_plans.begin(), m_plans.end(), [](const auto& plan) {
        return plan.second.large && plan.first.starts_with("data/");
    });
    if (any_large || regular_bytes_from_disk() > k_max_regular_total) cover_with_attributes();
}

void HubCommit::ask_for_plans() {
    std::vector<UploadCandidate> candidates;
    for (const FileChange& change : m_request.changes)
        if (!change.remove)
            candidates.push_back({change.path, size_of(change), sample_of(change, m_ports.disk)});
    m_plans = m_client.preupload(m_repo, m_revision, candidates, m_attributes);
    for (const auto& [path, plan] : m_plans) {
        if (plan.ignored)
            throw Error(ErrorCode::UploadFailed,
                        fmt::format("the .gitignore of {} excludes {}", m_repo, path),
                        "Change the dataset's .gitignore, then push again.");
    }
}

std::uint64_t HubCommit::regular_bytes_from_disk() const {
    std::uint64_t total = 0;
    for (const FileChange& change : m_request.changes) {
        const auto plan = m_plans.find(change.path);
        if (plan != m_plans.end() && !plan->second.large && !change.local_path.empty()) total += change.size;
    }
    return total;
}

std::string HubCommit::read_attributes() const {
    if (m_request.attributes) return m_request.attributes();
    const auto found = m_client.paths_info(m_repo, m_request.parent, {std::string(k_attributes_path)});
    std::string text;
    if (!found.empty())
        m_client.download(m_repo, m_request.parent, found.front(), 0,
                          [&](std::string_view bytes) { text += bytes; });
    return text;
}

void HubCommit::cover_with_attributes() {
    const std::string text = read_attributes();
    if (covers_shards(text)) return;
    m_attributes = with_shard_attributes(text);
    FileChange change;
    change.path = k_attributes_path;
    change.content = *m_attributes;
    m_request.changes.push_back(std::move(change));
    // The new text may make other files of this commit large.
    ask_for_plans();
}

bool HubCommit::is_large(const FileChange& change) const {
    const auto plan = m_plans.find(change.path);
    // Empty files are always regular, because object storage refuses empty bodies; and git reads its own
    // file.
    if (change.path == k_attributes_path) return false;
    return !change.remove && plan != m_plans.end() && plan->second.large && size_of(change) > 0;
}

std::vector<LargeFile> HubCommit::large_files() const {
    std::vector<LargeFile> files;
    for (const FileChange& change : m_request.changes)
        if (is_large(change))
            files.push_back(
                {change.path, change.content, change.local_path, digest_of(change), size_of(change)});
    return files;
}

std::shared_ptr<CommitBody> HubCommit::body() const {
    auto body = std::make_shared<CommitBody>(m_ports.disk, m_request);
    for (const FileChange& change : m_request.changes) {
        if (change.remove)
            body->add_removal(change.path);
        else if (is_large(change))
            body->add_large(change.path, digest_of(change), size_of(change));
        else
            body->add_regular(change);
    }
    return body;
}

CommitOutcome HubCommit::send() {
    try {
        return send_until_known();
    } catch (const Error& error) {
        // Whatever went wrong after an ambiguous answer, the commit may have been made.
        if (m_ambiguous && error.code() != ErrorCode::Interrupted) give_up(error.message());
        throw;
    }
}

CommitOutcome HubCommit::send_until_known() {
    std::string reason;
    for (int attempt = 1; attempt <= k_max_tries; ++attempt) {
        const CommitAnswer answer = m_client.commit(m_repo, m_revision, body());
        reason = answer.reason;
        switch (answer.verdict) {
            case CommitVerdict::Done:
                return {CommitStatus::Done, answer.receipt};
            case CommitVerdict::ParentMoved:
                return settled();
            case CommitVerdict::LfsMissing:
                if (m_uploads++ == k_max_uploads) throw Error(ErrorCode::UploadFailed, failed(reason));
                pause(attempt);
                m_client.upload(m_repo, m_revision, large_files(), m_progress);
                break;
            case CommitVerdict::Busy:
                pause(attempt);
                break;
            case CommitVerdict::Unknown:
                m_ambiguous = true;
                pause(attempt);
                // Sending again is safe on the same parent only: at most one of our requests can be accepted.
                if (head() != m_request.parent) return settled();
                break;
        }
    }
    throw Error(ErrorCode::UploadFailed, failed(reason));
}

CommitOutcome HubCommit::settled() {
    // What moved the parent may be an earlier request of ours.
    if (m_ambiguous)
        if (const auto receipt = find_landed()) return {CommitStatus::Done, *receipt};
    return {CommitStatus::ParentMoved, {}};
}

std::string HubCommit::head() {
    const auto info = m_client.info(m_repo, m_revision);
    if (!info) throw Error(ErrorCode::NotFound, failed("the dataset has disappeared"));
    return info->head;
}

std::optional<Receipt> HubCommit::find_landed() {
    // Ours, if it is there, is the first commit after the parent it expected.
    std::size_t limit = k_history;
    std::string child;
    for (;;) {
        const std::vector<std::string> ids = m_client.commits(m_repo, m_revision, limit);
        const auto parent = std::find(ids.begin(), ids.end(), m_request.parent);
        if (parent != ids.end()) {
            if (parent == ids.begin()) return std::nullopt;
            child = *(parent - 1);
            break;
        }
        if (ids.size() < limit) return std::nullopt;  // the history was rewritten
        if (limit > k_longest_history)
            throw Error(ErrorCode::UnexpectedAnswer, failed("the history since then does not end"));
        limit *= 4;
    }
    if (!holds_our_changes(child)) return std::nullopt;
    return Receipt{child, m_client.page_url(m_repo) + "/commit/" + child, {}};
}

bool HubCommit::holds_our_changes(const std::string& commit) {
    std::vector<std::string> paths;
    for (const FileChange& change : m_request.changes)
        paths.push_back(change.path);
    const std::vector<RemoteFile> files = m_client.paths_info(m_repo, commit, paths);
    return std::all_of(m_request.changes.begin(), m_request.changes.end(), [&](const FileChange& change) {
        // The Hub may add lines of its own to it.
        if (change.path == k_attributes_path) return true;
        const auto file = std::find_if(files.begin(), files.end(),
                                       [&](const RemoteFile& entry) { return entry.path == change.path; });
        const bool there = file != files.end();
        return change.remove ? !there : there && is_result_of(change, *file, m_ports.disk);
    });
}

void HubCommit::pause(int attempt) {
    constexpr double k_steps = 1 << 20;
    const double jitter = static_cast<double>(m_ports.ids.next_u64() % (1 << 20)) / k_steps;
    m_ports.clock.sleep(net::backoff_delay(attempt, k_base, k_cap, std::nullopt, jitter));
}

std::string HubCommit::failed(const std::string& reason) const {
    return fmt::format("committing to {}: {}", m_repo, reason);
}

void HubCommit::give_up(const std::string& reason) const {
    throw Error(ErrorCode::NetworkFailed,
                fmt::format("{}; it is not known whether the commit was made", reason),
                "Run: opentraces push again; it looks first, and sends nothing twice.");
}

}  // namespace opentraces::hub
