// One file of a dataset on its way here.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/git_blob.hpp"
#include "opentraces/hub/client.hpp"

namespace opentraces::hub {

class Download {
public:
    Download(HubClient& client, const std::string& repo, const std::string& revision, const RemoteFile& file,
             std::uint64_t from, const std::function<void(std::string_view)>& sink);
    void run();

private:
    // One walk from the Hub to the bytes. False: the connection broke, go on from where it did.
    bool fetch();
    net::Request request_for(const std::string& url);
    net::Response follow(net::Request request);
    void check_announced(const net::Response& redirect) const;
    void deliver(std::string_view bytes);
    void check_digest();
    [[noreturn]] void fail_content(std::string_view reason) const;

    HubClient& m_client;
    const RemoteFile& m_file;
    std::uint64_t m_from;
    const std::function<void(std::string_view)>& m_sink;
    std::string m_doing;
    std::string m_url;
    std::uint64_t m_at;        // next byte wanted
    std::uint64_t m_skip = 0;  // bytes to drop: the server ignored the range
    Sha256 m_sha256;
    GitBlobId m_git_id;
};

}  // namespace opentraces::hub
