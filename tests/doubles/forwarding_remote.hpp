// A dataset in front of another one, for those that tell something else in one place.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "opentraces/hub/remote.hpp"

namespace opentraces::testing {

class ForwardingRemote : public hub::Remote {
public:
    explicit ForwardingRemote(hub::Remote& inner) : m_inner(inner) {}
    std::string name() const override { return m_inner.name(); }
    hub::DatasetInfo info() override { return m_inner.info(); }
    hub::DatasetInfo ensure(hub::Visibility wanted) override { return m_inner.ensure(wanted); }
    void set_visibility(hub::Visibility visibility) override { m_inner.set_visibility(visibility); }
    void set_gating(hub::Gating gating) override { m_inner.set_gating(gating); }
    std::vector<hub::RemoteFile> list(const std::string& head, const std::string& folder) override {
        return m_inner.list(head, folder);
    }
    std::vector<hub::RemoteFile> find(const std::string& head,
                                      const std::vector<std::string>& paths) override {
        return m_inner.find(head, paths);
    }
    std::string read_small(const std::string& head, const hub::RemoteFile& file) override {
        return m_inner.read_small(head, file);
    }
    void read(const std::string& head, const hub::RemoteFile& file, std::uint64_t from,
              const std::function<void(std::string_view)>& sink) override {
        m_inner.read(head, file, from, sink);
    }
    std::vector<std::string> card_problems(const std::string& text) override {
        return m_inner.card_problems(text);
    }
    hub::CommitOutcome commit(const hub::CommitRequest& request,
                              const std::function<void(const hub::UploadProgress&)>& progress) override {
        return m_inner.commit(request, progress);
    }
    hub::PullRequest open_pull_request(const std::string& title, const std::string& description) override {
        return m_inner.open_pull_request(title, description);
    }
    hub::PullRequestState pull_request_state(std::int64_t number) override {
        return m_inner.pull_request_state(number);
    }
    void squash_history(const std::string& message) override { m_inner.squash_history(message); }
    void check_write_access(const hub::DatasetInfo& info) override { m_inner.check_write_access(info); }

private:
    hub::Remote& m_inner;
};

}  // namespace opentraces::testing
