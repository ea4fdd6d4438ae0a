#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "hub/answers.hpp"
#include "hub/api_error.hpp"
#include "opentraces/hub/client.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_paths_per_call = 500;

}  // namespace

std::vector<RemoteFile> HubClient::tree(const std::string& repo, const std::string& revision,
                                        const std::string& folder) {
    Call call;
    call.doing = fmt::format("listing the files of {}", repo);
    call.url = api(repo, "/tree/" + net::percent_encode(revision, false) +
                             (folder.empty() ? "" : "/" + net::percent_encode(folder, false)) +
                             "?recursive=false&expand=false");
    std::vector<RemoteFile> files;
    for (std::uint64_t page = 0;;) {
        const auto response = ask_unless(call, folder.empty() ? "" : "EntryNotFound");
        if (!response) return {};
        for (RemoteFile& file : files_of(*response, call.doing))
            files.push_back(std::move(file));
        const std::string asked = call.url;
        if (!turn_page(call, *response, page, files.size())) return files;
        if (call.url == asked) throw unexpected(*response, call.doing, "a page that follows itself");
    }
}

std::vector<RemoteFile> HubClient::paths_info(const std::string& repo, const std::string& revision,
                                              const std::vector<std::string>& paths) {
    std::vector<RemoteFile> files;
    for (std::size_t begin = 0; begin < paths.size(); begin += k_paths_per_call) {
        const std::size_t end = std::min(begin + k_paths_per_call, paths.size());
        json::Array list;
        for (std::size_t i = begin; i < end; ++i)
            list.emplace_back(paths[i]);
        json::Object body;
        body.append("paths", std::move(list));
        body.append("expand", false);
        Call call;
        call.doing = "looking up files of " + repo;
        call.method = "POST";
        call.url = api(repo, "/paths-info/" + net::percent_encode(revision, false));
        call.content_type = "application/json";
        call.body = json::write_document(body);
        // Only what was asked about: an answer may hold anything.
        const std::set<std::string_view> asked(paths.begin() + static_cast<std::ptrdiff_t>(begin),
                                               paths.begin() + static_cast<std::ptrdiff_t>(end));
        for (RemoteFile& file : files_of(ask(call), call.doing))
            if (asked.contains(file.path)) files.push_back(std::move(file));
    }
    return files;
}

std::vector<std::string> HubClient::commits(const std::string& repo, const std::string& revision,
                                            std::size_t limit) {
    Call call;
    call.doing = "reading the history of " + repo;
    call.url = api(repo, fmt::format("/commits/{}?limit={}", net::percent_encode(revision, false), limit));
    std::vector<std::string> ids;
    std::uint64_t page = 0;
    while (ids.size() < limit) {
        const net::Response response = ask(call);
        for (std::string& id : commit_ids_of(response, call.doing))
            ids.push_back(std::move(id));
        const std::string asked = call.url;
        if (!turn_page(call, response, page, ids.size()) || call.url == asked) break;
    }
    return ids;
}

}  // namespace opentraces::hub
