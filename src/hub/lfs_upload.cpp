#include "hub/lfs_upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <numeric>
#include <set>
#include <thread>

#include "hub/api_error.hpp"
#include "hub/file_range.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::hub {
namespace {

constexpr std::string_view k_lfs_json = "application/vnd.git-lfs+json";
constexpr std::size_t k_objects_per_batch = 100;
constexpr int k_max_batches = 4;  // per file: the first one and what expired addresses need

std::string doing(const LargeFile& file) {
    return "uploading " + file.path;
}

json::Object object_of(const LargeFile& file) {
    json::Object object;
    object.append("oid", file.sha256);
    object.append("size", file.size);
    return object;
}

}  // namespace

LfsUpload::LfsUpload(HubClient& client, const std::string& repo, const std::string& revision,
                     const std::function<void(const UploadProgress&)>& progress)
    : m_client(client), m_repo(repo), m_revision(revision), m_progress(progress) {}

void LfsUpload::run(const std::vector<LargeFile>& files) {
    for (std::size_t begin = 0; begin < files.size(); begin += k_objects_per_batch) {
        const std::size_t end = std::min(begin + k_objects_per_batch, files.size());
        const std::vector<LargeFile> group(files.begin() + static_cast<std::ptrdiff_t>(begin),
                                           files.begin() + static_cast<std::ptrdiff_t>(end));
        std::map<std::string, LfsAction> actions = request_batch(group);
        for (const LargeFile& file : group)
            send(file, std::move(actions[file.sha256]));
    }
}

std::map<std::string, LfsAction> LfsUpload::request_batch(const std::vector<LargeFile>& files) {
    json::Array objects;
    std::set<std::string> listed;
    for (const LargeFile& file : files)
        if (listed.insert(file.sha256).second) objects.emplace_back(object_of(file));
    json::Object ref;
    ref.append("name", m_revision);
    json::Object body;
    body.append("operation", "upload");
    body.append("transfers", json::Array{json::Value("basic"), json::Value("multipart")});
    body.append("hash_algo", "sha256");
    body.append("ref", std::move(ref));
    body.append("objects", std::move(objects));
    HubClient::Call call;
    call.doing = "preparing the upload to " + m_repo;
    call.method = "POST";
    call.url = fmt::format("{}/datasets/{}.git/info/lfs/objects/batch", m_client.m_options.endpoint, m_repo);
    call.content_type = k_lfs_json;
    call.body = json::write_document(body);
    std::map<std::string, LfsAction> actions;
    const net::Response response = m_client.ask(call);
    for (LfsAction& action : lfs_actions_of(response, call.doing))
        actions[action.sha256] = std::move(action);
    for (const LargeFile& file : files) {
        if (!actions.contains(file.sha256)) throw unexpected(response, call.doing, "a file missing");
        if (const std::string& error = actions[file.sha256].error; !error.empty())
            throw Error(ErrorCode::UploadFailed,
                        doing(file) + ": the Hub refused: " + net::server_words(error));
    }
    return actions;
}

void LfsUpload::send(const LargeFile& file, LfsAction action) {
    Parts parts;
    m_sent.clear();
    for (int batches = 1; !action.href.empty(); ++batches) {
        const bool sent = action.part_size == 0 ? send_basic(file, action) : send_parts(file, action, parts);
        if (sent) return verify(file, action);
        if (batches == k_max_batches)
            throw Error(ErrorCode::UploadFailed,
                        doing(file) + ": the storage keeps refusing the address it gave");
        action = request_batch({file})[file.sha256];
    }
    report(file, 0, file.size);
}

net::Response LfsUpload::put(const LargeFile& file, const std::string& url, std::uint64_t begin,
                             std::uint64_t size) {
    const bool encrypted_hub = m_client.m_origin.starts_with("https://");
    if (net::origin_of(url).empty() || (encrypted_hub && !net::origin_of(url).starts_with("https://")))
        throw Error(ErrorCode::UnexpectedAnswer,
                    doing(file) + ": the Hub named an address that is not encrypted; nothing was sent there");
    net::Request request;
    request.method = "PUT";
    request.url = url;
    if (file.local_path.empty())
        request.body_source = std::make_shared<TextRange>(std::string_view(file.content).substr(begin, size));
    else
        request.body_source = std::make_shared<FileRange>(m_client.m_disk, file.local_path, begin, size);
    request.on_sent = [&, begin](std::uint64_t sent) { report(file, begin, sent); };
    try {
        return m_client.m_transport.send(request);
    } catch (const net::TransportError& failure) {
        throw error_for(failure, doing(file));
    }
}

bool LfsUpload::send_basic(const LargeFile& file, const LfsAction& action) {
    const net::Response response = put(file, m_client.at_endpoint(action.href), 0, file.size);
    if (response.status == 403) return false;
    if (response.status < 200 || response.status >= 300)
        throw error_for(response, doing(file), m_client.m_options);
    return true;
}

bool LfsUpload::send_part(const LargeFile& file, const LfsAction& action, std::size_t index,
                          std::string& etag) {
    const std::uint64_t begin = index * action.part_size;
    const std::uint64_t size = std::min(action.part_size, file.size - begin);
    const net::Response response = put(file, m_client.at_endpoint(action.part_urls[index]), begin, size);
    if (response.status == 403) return false;
    if (response.status < 200 || response.status >= 300)
        throw error_for(response, doing(file), m_client.m_options);
    const auto header = response.header("etag");
    if (!header) throw unexpected(response, doing(file), "no ETag for a part");
    etag = *header;
    return true;
}

bool LfsUpload::send_parts(const LargeFile& file, const LfsAction& action, Parts& parts) {
    const std::size_t count = static_cast<std::size_t>((file.size + action.part_size - 1) / action.part_size);
    if (action.part_urls.size() != count)
        throw Error(ErrorCode::UnexpectedAnswer,
                    fmt::format("{}: the Hub gave {} part addresses for {} parts", doing(file),
                                action.part_urls.size(), count));
    // Confirmed parts count only for the upload that they were sent to.
    if (parts.completion != action.href) parts = {action.href, {}};
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < count; ++i)
        if (!parts.etags.contains(i)) missing.push_back(i);

    std::atomic<std::size_t> next{0};
    std::atomic<bool> refused{false};
    std::exception_ptr thrown;
    const auto work = [&] {
        for (std::size_t at = next++; at < missing.size() && !refused; at = next++) {
            std::string etag;
            try {
                if (!send_part(file, action, missing[at], etag)) refused = true;
            } catch (...) {
                const std::lock_guard guard(m_mutex);
                thrown = std::current_exception();
                refused = true;
            }
            const std::lock_guard guard(m_mutex);
            if (!etag.empty()) parts.etags[missing[at]] = etag;
        }
    };
    const std::size_t workers =
        std::min<std::size_t>(missing.size(), std::max(1, m_client.m_options.parallel_parts));
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers; ++i)
        threads.emplace_back(work);
    work();
    for (std::thread& thread : threads)
        thread.join();
    if (thrown) std::rethrow_exception(thrown);
    return !refused && complete(file, action, parts);
}

bool LfsUpload::complete(const LargeFile& file, const LfsAction& action, const Parts& parts) {
    json::Array list;
    for (const auto& [index, etag] : parts.etags) {
        json::Object part;
        part.append("partNumber", static_cast<std::int64_t>(index + 1));
        part.append("etag", etag);
        list.emplace_back(std::move(part));
    }
    json::Object body;
    body.append("oid", file.sha256);
    body.append("parts", std::move(list));
    HubClient::Call call;
    call.doing = doing(file);
    call.method = "POST";
    call.url = m_client.at_endpoint(action.href);
    call.content_type = k_lfs_json;
    call.body = json::write_document(body);
    call.authorized = false;  // the address is signed
    const net::Response response = m_client.send_or_explain(call);
    // A completion whose answer was lost is refused the second time; the next batch tells which it was.
    if (response.status == 403 || response.status == 404 || response.status == 409) return false;
    if (response.status < 200 || response.status >= 300) m_client.fail(call, response);
    return true;
}

void LfsUpload::verify(const LargeFile& file, const LfsAction& action) {
    if (action.verify_href.empty()) return;
    HubClient::Call call;
    call.doing = "having the upload of " + file.path + " verified";
    call.method = "POST";
    call.url = m_client.at_endpoint(action.verify_href);
    call.content_type = k_lfs_json;
    call.body = json::write_document(object_of(file));
    m_client.ask(call);
}

void LfsUpload::report(const LargeFile& file, std::uint64_t begin, std::uint64_t sent) {
    if (!m_progress) return;
    const std::lock_guard guard(m_mutex);
    m_sent[begin] = sent;
    const std::uint64_t total =
        std::accumulate(m_sent.begin(), m_sent.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const auto& range) { return sum + range.second; });
    m_progress({file.path, std::min(total, file.size), file.size});
}

void HubClient::upload(const std::string& repo, const std::string& revision,
                       const std::vector<LargeFile>& files,
                       const std::function<void(const UploadProgress&)>& progress) {
    LfsUpload(*this, repo, revision, progress).run(files);
}

}  // namespace opentraces::hub
