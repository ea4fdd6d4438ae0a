#include "hub/hub_remote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hub/dataset_paths.hpp"
#include "hub/hub_commit.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/hub/remote_spec.hpp"

namespace opentraces::hub {
namespace {

constexpr std::string_view k_card = "README.md";
constexpr int k_read_tries = 3;
constexpr std::string_view k_main = "main";

class HubRemote final : public Remote {
public:
    HubRemote(std::shared_ptr<HubSession> session, std::string repo, std::string revision)
        : m_session(std::move(session)),
          m_client(m_session->client()),
          m_repo(std::move(repo)),
          m_revision(std::move(revision)) {}

    std::string name() const override {
        RemoteSpec spec;
        spec.repo = m_repo;
        spec.revision = m_revision;
        return spec.text();
    }

    DatasetInfo info() override {
        const auto found = m_client.info(m_repo, m_revision);
        DatasetInfo result;
        result.name = m_repo;
        result.url = m_client.page_url(m_repo);
        if (!found) return result;
        m_repo = found->id;  // renamed: from here on by its new name
        result.exists = true;
        result.name = m_repo;
        result.url = m_client.page_url(m_repo);
        result.head = found->head;
        result.visibility = found->is_private ? Visibility::Private : Visibility::Public;
        result.gating = found->gating;
        return result;
    }

    DatasetInfo ensure(Visibility wanted) override {
        DatasetInfo found = info();
        if (found.exists) return found;
        m_client.create(m_repo, wanted);
        found = info();
        if (!found.exists)
            throw Error(ErrorCode::PermissionDenied,
                        "the dataset " + m_repo + " exists, but not for this token",
                        "Give another name with --repo, or use a token with access to it.");
        return found;
    }

    void set_visibility(Visibility visibility) override { m_client.set_visibility(m_repo, visibility); }
    void set_gating(Gating gating) override { m_client.set_gating(m_repo, gating); }

    std::vector<RemoteFile> list(const std::string& head, const std::string& folder) override {
        return m_client.tree(m_repo, head, folder);
    }

    std::vector<RemoteFile> find(const std::string& head, const std::vector<std::string>& paths) override {
        if (paths.empty()) return {};
        return m_client.paths_info(m_repo, head, paths);
    }

    std::string read_small(const std::string& head, const RemoteFile& file) override {
        check_size(file);
        for (int attempt = 1;; ++attempt) {
            std::string text;
            try {
                read(head, file, 0, [&](std::string_view bytes) { text += bytes; });
                if (m_client.holds_token(text))
                    throw Error(ErrorCode::CorruptDataset,
                                file.path + " of " + m_repo + " holds the Hub token that was sent to the Hub",
                                "Revoke that token in the Hub's settings, and log in with a new one.");
                return text;
            } catch (const Error& error) {
                // Damaged on the way: the next copy may be whole.
                if (error.code() != ErrorCode::ShardUnavailable || attempt == k_read_tries) throw;
            }
        }
    }

    void read(const std::string& head, const RemoteFile& file, std::uint64_t from,
              const std::function<void(std::string_view)>& sink) override {
        m_client.download(m_repo, head, file, from, sink);
    }

    std::vector<std::string> card_problems(const std::string& text) override {
        return m_client.card_problems(text);
    }

    CommitOutcome commit(const CommitRequest& request,
                         const std::function<void(const UploadProgress&)>& progress) override {
        check_dataset_paths(request.changes);
        return HubCommit(*m_session, m_repo, m_revision, request, progress).run();
    }

    PullRequest open_pull_request(const std::string& title, const std::string& description) override {
        if (m_revision != k_main)
            throw Error(ErrorCode::BadOption, name() + " is not a dataset's main branch");
        const std::int64_t number = m_client.open_pull_request(m_repo, title, description);
        PullRequest request;
        request.number = number;
        request.remote = hub_remote(m_session, m_repo, fmt::format("refs/pr/{}", number));
        request.url = fmt::format("{}/discussions/{}", m_client.page_url(m_repo), number);
        return request;
    }

    PullRequestState pull_request_state(std::int64_t number) override {
        const std::string status = m_client.discussion_status(m_repo, number);
        if (status == "merged") return PullRequestState::Merged;
        return status == "closed" ? PullRequestState::Closed : PullRequestState::Open;
    }

    void squash_history(const std::string& message) override { m_client.squash(m_repo, m_revision, message); }

    void check_write_access(const DatasetInfo& info) override {
        if (info.exists) return m_client.check_write_access(m_repo);
        const Identity identity = m_client.whoami();
        const std::string owner = m_repo.substr(0, m_repo.find('/'));
        const bool member =
            std::any_of(identity.organisations.begin(), identity.organisations.end(),
                        [&](const Organisation& org) { return org.name == owner && org.role != "read"; });
        const bool own = owner == identity.name || member;
        if (own && may_write(identity, m_repo).value_or(identity.token_role != "fineGrained")) return;
        throw Error(ErrorCode::PermissionDenied,
                    fmt::format("the token of {} may not create {}", identity.name, m_repo),
                    own ? m_client.options().remedy : "Give a dataset of your own with --repo.");
    }

private:
    // As announced, before anything is fetched.
    void check_size(const RemoteFile& file) {
        const net::Limits& limits = m_client.options().limits;
        const bool card = file.path == k_card;
        const std::uint64_t most = card ? limits.card_bytes : limits.small_file_bytes;
        m_small_bytes += std::min(file.size, most);
        if (file.size <= most && m_small_bytes <= limits.small_files_bytes) return;
        throw Error(ErrorCode::CorruptDataset,
                    fmt::format("{} of {} is too large for what it should be ({} bytes)", file.path, m_repo,
                                file.size),
                    fmt::format("If it is what you want, set {} to a higher number of bytes.",
                                file.size <= most ? "OPENTRACES_MAX_SMALL_FILES"
                                : card            ? "OPENTRACES_MAX_CARD"
                                                  : "OPENTRACES_MAX_SMALL_FILE"));
    }

    std::shared_ptr<HubSession> m_session;
    HubClient& m_client;
    std::string m_repo;
    std::string m_revision;
    std::uint64_t m_small_bytes = 0;  // of all small files so far
};

}  // namespace

std::unique_ptr<Remote> hub_remote(std::shared_ptr<HubSession> session, const std::string& repo,
                                   const std::string& revision) {
    return std::make_unique<HubRemote>(std::move(session), repo, revision);
}

}  // namespace opentraces::hub
