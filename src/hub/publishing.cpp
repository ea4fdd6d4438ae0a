#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "hub/answers.hpp"
#include "hub/api_error.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/hub/client.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_files_per_preupload = 100;
constexpr std::chrono::seconds k_commit_patience{30};

}  // namespace

std::map<std::string, UploadPlan> HubClient::preupload(const std::string& repo, const std::string& revision,
                                                       const std::vector<UploadCandidate>& files,
                                                       const std::optional<std::string>& attributes) {
    std::map<std::string, UploadPlan> plans;
    for (std::size_t begin = 0; begin < files.size(); begin += k_files_per_preupload) {
        const std::size_t end = std::min(begin + k_files_per_preupload, files.size());
        json::Array list;
        for (std::size_t i = begin; i < end; ++i) {
            json::Object file;
            file.append("path", files[i].path);
            file.append("size", files[i].size);
            file.append("sample", base64(files[i].sample));
            list.emplace_back(std::move(file));
        }
        json::Object body;
        body.append("files", std::move(list));
        if (attributes) body.append("gitAttributes", *attributes);
        Call call;
        call.doing = "asking the Hub how to upload to " + repo;
        call.method = "POST";
        call.url = api(repo, "/preupload/" + net::percent_encode(revision, false));
        call.content_type = "application/json";
        call.body = json::write_document(body);
        const net::Response response = ask(call);
        plans.merge(upload_plans_of(response, call.doing));
        for (std::size_t i = begin; i < end; ++i)
            if (!plans.contains(files[i].path)) throw unexpected(response, call.doing, "a file missing");
    }
    return plans;
}

CommitAnswer HubClient::commit(const std::string& repo, const std::string& revision,
                               const std::shared_ptr<net::BodySource>& body) {
    Call call;
    call.doing = "committing to " + repo;
    call.method = "POST";
    call.url = api(repo, "/commit/" + net::percent_encode(revision, false));
    call.content_type = "application/x-ndjson";
    call.repeatable = false;
    CommitAnswer answer;
    call.patience = k_commit_patience;
    try {
        return commit_answer_of(call, send(call, body));
    } catch (const net::TransportError& failure) {
        if (failure.failure() == net::TransportFailure::Interrupted || !failure.request_may_have_arrived())
            throw error_for(failure, call.doing);
        return {CommitVerdict::Unknown, {}, failure.what()};
    }
}

CommitAnswer HubClient::commit_answer_of(const Call& call, const net::Response& response) const {
    const std::string words = hub_words(response);
    CommitAnswer answer;
    answer.reason = fmt::format("the Hub answered {}{}{}", response.status, words.empty() ? "" : ": ", words);
    if (response.status == 409) {
        answer.verdict = CommitVerdict::Busy;
    } else if (response.status == 412) {
        answer.verdict = CommitVerdict::ParentMoved;
    } else if (response.status == 400 && words.find("LFS pointer") != std::string::npos) {
        answer.verdict = CommitVerdict::LfsMissing;
    } else if (response.status == 408 || response.status >= 500) {
        answer.verdict = CommitVerdict::Unknown;
    } else if (response.status < 200 || response.status >= 300) {
        fail(call, response);
    } else {
        try {
            answer = {CommitVerdict::Done, receipt_of(response, call.doing), {}};
        } catch (const Error& error) {
            answer.reason = error.message();  // it may have been made all the same
        }
    }
    return answer;
}

}  // namespace opentraces::hub
