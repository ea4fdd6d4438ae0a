// Large files to the Hub's storage: the Git LFS batch API with its "basic" transfer and the Hub's
// "multipart".
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "hub/answers.hpp"
#include "opentraces/hub/client.hpp"

namespace opentraces::hub {

class LfsUpload {
public:
    LfsUpload(HubClient& client, const std::string& repo, const std::string& revision,
              const std::function<void(const UploadProgress&)>& progress);
    void run(const std::vector<LargeFile>& files);

private:
    // The parts of one multipart upload that the storage has confirmed.
    struct Parts {
        std::string completion;  // which upload they belong to
        std::map<std::size_t, std::string> etags;
    };

    std::map<std::string, LfsAction> request_batch(const std::vector<LargeFile>& files);
    void send(const LargeFile& file, LfsAction action);
    // False: the signed address is not accepted (any more), a new batch is needed.
    bool send_basic(const LargeFile& file, const LfsAction& action);
    bool send_parts(const LargeFile& file, const LfsAction& action, Parts& parts);
    bool send_part(const LargeFile& file, const LfsAction& action, std::size_t index, std::string& etag);
    bool complete(const LargeFile& file, const LfsAction& action, const Parts& parts);
    void verify(const LargeFile& file, const LfsAction& action);
    net::Response put(const LargeFile& file, const std::string& url, std::uint64_t begin, std::uint64_t size);
    void report(const LargeFile& file, std::uint64_t begin, std::uint64_t sent);

    HubClient& m_client;
    const std::string& m_repo;
    const std::string& m_revision;
    const std::function<void(const UploadProgress&)>& m_progress;
    std::mutex m_mutex;
    std::map<std::uint64_t, std::uint64_t> m_sent;  // bytes sent, by where the range begins
};

}  // namespace opentraces::hub
