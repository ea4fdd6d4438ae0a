#include "exchange.hpp"

#include <algorithm>

#include "persist.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

constexpr std::size_t k_logged_body = 64 * 1024;
constexpr std::size_t k_logged_requests = 20'000;

bool is_debug(const HttpRequest& request) {
    return request.origin == Origin::k_hub && request.path.rfind("/_emulator/", 0) == 0;
}

std::string names_of(const std::vector<Fault>& faults) {
    std::string names;
    for (const auto& fault : faults) {
        names += (names.empty() ? "" : ",") + (fault.name.empty() ? std::string("unnamed") : fault.name);
    }
    return names;
}

const Fault* first_of(const std::vector<Fault>& faults, FaultKind kind) {
    for (const auto& fault : faults) {
        if (fault.kind == kind) {
            return &fault;
        }
    }
    return nullptr;
}

void set_if_absent(HttpResponse& response, const std::string& name, const std::string& value) {
    if (response.header(name) == nullptr) {
        response.set(name, value);
    }
}

}  // namespace

std::optional<std::uint64_t> Exchange::body_limit(const HttpRequest& request) {
    if (is_debug(request)) {
        return std::nullopt;
    }
    const std::lock_guard lock(mutex);
    const auto fault = faults.take_for_head(request, repo_id_of(request));
    if (!fault) {
        return std::nullopt;
    }
    open_log(request, fault->name);
    return fault->bytes;
}

void Exchange::interrupt_waits(bool interrupted) {
    const std::lock_guard lock(mutex);
    m_interrupted = interrupted;
    m_waiting.notify_all();
}

void Exchange::wait(std::chrono::milliseconds delay) {
    std::unique_lock lock(mutex);
    m_waiting.wait_for(lock, delay, [this] { return m_interrupted; });
}

std::size_t Exchange::open_log(const HttpRequest& request, const std::string& fault_name) {
    LoggedRequest entry;
    entry.number = m_next_number++;
    entry.method = request.method;
    entry.target = request.target;
    entry.origin = request.origin;
    entry.had_authorization = request.header("Authorization") != nullptr;
    entry.user_agent = request.header_or("User-Agent");
    entry.request_body = request.body.substr(0, k_logged_body);
    entry.request_bytes = request.body.size();
    entry.fault = fault_name;
    log.push_back(entry);
    if (log.size() > k_logged_requests) {
        log.pop_front();
    }
    if (request.origin == Origin::k_storage && entry.had_authorization) {
        ++leaks;
    }
    return entry.number;
}

void Exchange::close_log(std::size_t number, const Reply& reply) {
    const std::lock_guard lock(mutex);
    const auto entry = std::find_if(log.rbegin(), log.rend(),
                                    [&](const LoggedRequest& logged) { return logged.number == number; });
    if (entry != log.rend()) {
        entry->status = reply.drop ? 0 : reply.response.status;
        const auto size = reply.drop ? 0 : reply.response.body.size();
        entry->answer_bytes = std::min<std::uint64_t>(size, reply.truncate_at.value_or(size));
    }
}

void Exchange::add_common_headers(const HttpRequest& request, HttpResponse& response) {
    const std::lock_guard lock(mutex);
    auto id = "Root=1-" + state.random_hex(24);
    if (const auto* trace = request.header("X-Amzn-Trace-Id")) {
        id += ";" + *trace;
    }
    set_if_absent(response, "X-Request-Id", id);
    if (request.origin == Origin::k_hub) {
        const bool file = request.path.find("/resolve/") != std::string::npos;
        const std::string resource = file ? "\"resolvers\"" : "\"api\"";
        set_if_absent(response, "RateLimit", resource + ";r=999;t=295");
        set_if_absent(response, "RateLimit-Policy", "\"fixed window\";" + resource + ";q=1000;w=300");
    }
}

HttpResponse Exchange::work(const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    if (request.origin == Origin::k_storage) {
        return storage_request({state, request, {}});
    }
    auto response = hub_request(state, request);
    if (!state.options.data_dir.empty() && request.method != "GET" && request.method != "HEAD" &&
        response.status < 300) {
        save_state(state, state.options.data_dir);
    }
    return response;
}

std::string Exchange::commit_files(const std::string& id, const std::map<std::string, std::string>& files,
                                   const std::string& author, const std::string& title,
                                   const std::string& branch, const std::vector<std::string>& deleted) {
    auto& repo = state.get_repo(id);
    auto& head = repo.refs.at("refs/heads/" + branch);
    Tree tree = repo.commit(head).files;
    for (const auto& path : deleted) {
        tree.erase(path);
    }
    for (const auto& [path, bytes] : files) {
        tree[path] = state.store(repo, tree, path, bytes);
    }
    head = state.add_commit(repo, head, std::move(tree), title, "", author).oid;
    return head;
}

void Exchange::slip_in(const Fault& fault, const std::string& repo_id) {
    if (fault.callback) {
        fault.callback();
    }
    const std::lock_guard lock(mutex);
    const auto id = state.current_id(repo_id);
    if (!id || (fault.callback && fault.files.empty())) {
        return;
    }
    auto files = fault.files;
    if (files.empty()) {
        const auto number = std::to_string(++m_slips);
        files["other-" + number + ".txt"] = "commit " + number + " by somebody else\n";
    }
    commit_files(*id, files, "someone", "Commit by somebody else", "main", {});
}

Reply Exchange::answer(HttpRequest& request, const std::string& repo_id, const std::vector<Fault>& hits) {
    Reply reply;
    for (const auto& fault : hits) {
        if (fault.kind == FaultKind::k_commit_slips_in) {
            slip_in(fault, repo_id);
        } else if (fault.kind == FaultKind::k_stall) {
            wait(fault.delay);
        }
    }
    if (first_of(hits, FaultKind::k_drop_before) != nullptr) {
        reply.drop = true;
        return reply;
    }
    for (const auto& fault : hits) {
        if (auto response = answer_instead(fault, request)) {
            reply.response = std::move(*response);
            if (fault.kind == FaultKind::k_answer_then_work) {
                reply.after = [this, request, delay = fault.delay] {
                    wait(delay);
                    work(request);
                };
            }
            return reply;
        }
    }
    reply.response = work(request);
    reply.drop = first_of(hits, FaultKind::k_drop_after) != nullptr;
    for (const auto& fault : hits) {
        disturb_answer(fault, request, reply.response);
        if (fault.kind == FaultKind::k_stall_after) {
            wait(fault.delay);
        }
    }
    if (const auto* fault = first_of(hits, FaultKind::k_truncate_answer);
        fault != nullptr && reply.response.body.size() > 1) {
        const auto size = reply.response.body.size();
        reply.truncate_at = fault->bytes != 0 ? std::min<std::uint64_t>(fault->bytes, size - 1) : size / 2;
    }
    return reply;
}

Reply Exchange::handle(HttpRequest& request) {
    if (is_debug(request)) {
        return {debug_request(*this, request), false, std::nullopt, nullptr};
    }
    const auto repo_id = repo_id_of(request);
    std::vector<Fault> hits;
    std::size_t number = 0;
    {
        const std::lock_guard lock(mutex);
        hits = faults.take_for_request(request, repo_id);
        number = open_log(request, names_of(hits));
    }
    Reply reply;
    try {
        reply = answer(request, repo_id, hits);
    } catch (const std::exception& error) {
        reply.response = error_answer(500, std::string("Emulator: ") + error.what());
    }
    add_common_headers(request, reply.response);
    close_log(number, reply);
    return reply;
}

}  // namespace hub_emulator
