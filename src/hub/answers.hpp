// The Hub's JSON answers as values. Each throws Error UnexpectedAnswer for an answer of another shape.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/hub/client.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::hub {

json::Value json_of(const net::Response& response, std::string_view doing);

Identity identity_of(const net::Response& response, std::string_view doing);
RepoInfo repo_info_of(const net::Response& response, std::string_view doing);
std::vector<RemoteFile> files_of(const net::Response& response, std::string_view doing);
std::vector<std::string> commit_ids_of(const net::Response& response, std::string_view doing);
std::vector<ListedDataset> datasets_of(const net::Response& response, std::string_view doing);
std::map<std::string, UploadPlan> upload_plans_of(const net::Response& response, std::string_view doing);
Receipt receipt_of(const net::Response& response, std::string_view doing);

// One object of an LFS batch answer.
struct LfsAction {
    std::string sha256;
    std::string href;  // empty: the Hub has the content already
    std::string verify_href;
    std::uint64_t part_size = 0;         // not 0: multipart, and href completes it
    std::vector<std::string> part_urls;  // in order
    std::string error;                   // not empty: refused
};
std::vector<LfsAction> lfs_actions_of(const net::Response& response, std::string_view doing);

}  // namespace opentraces::hub
