// One commit to a Hub dataset: decide how each file travels, upload the large ones, commit once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/commit_body.hpp"
#include "opentraces/hub/session.hpp"

namespace opentraces::hub {

class HubCommit {
public:
    HubCommit(HubSession& session, const std::string& repo, const std::string& revision,
              const CommitRequest& request, const std::function<void(const UploadProgress&)>& progress);
    CommitOutcome run();

private:
    void plan();
    void ask_for_plans();
    void cover_with_attributes();
    std::string read_attributes() const;
    std::uint64_t regular_bytes_from_disk() const;
    bool is_large(const FileChange& change) const;
    std::vector<LargeFile> large_files() const;
    std::shared_ptr<CommitBody> body() const;

    CommitOutcome send();
    CommitOutcome send_until_known();
    // The parent is no longer the head: by our own hand or another's.
    CommitOutcome settled();
    // After an answer that leaves open what happened: the receipt if the commit is there.
    std::optional<Receipt> find_landed();
    bool holds_our_changes(const std::string& commit);
    std::string head();
    void pause(int attempt);
    std::string failed(const std::string& reason) const;
    [[noreturn]] void give_up(const std::string& reason) const;

    HubClient& m_client;
    const RemotePorts& m_ports;
    const std::string& m_repo;
    const std::string& m_revision;
    CommitRequest m_request;
    const std::function<void(const UploadProgress&)>& m_progress;
    std::map<std::string, UploadPlan> m_plans;
    std::optional<std::string> m_attributes;  // the text that this commit brings
    bool m_ambiguous = false;                 // some request of ours may still be at work
    int m_uploads = 0;
};

}  // namespace opentraces::hub
