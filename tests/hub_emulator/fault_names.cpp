#include "fault_names.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "http_message.hpp"

namespace hub_emulator {
namespace {

struct Route {
    const char* name;
    const char* method;
    Origin origin;
    std::vector<std::string> parts;
};

const std::vector<Route>& routes() {
    static const std::vector<Route> k_routes = {
        {"create", "POST", Origin::k_hub, {"/api/repos/create"}},
        {"whoami", "GET", Origin::k_hub, {"/api/whoami-v2"}},
        {"settings", "PUT", Origin::k_hub, {"/api/datasets/", "/settings"}},
        {"info", "GET", Origin::k_hub, {"/api/datasets/"}},
        {"tree", "GET", Origin::k_hub, {"/api/datasets/", "/tree/"}},
        {"preupload", "POST", Origin::k_hub, {"/api/datasets/", "/preupload/"}},
        {"batch", "POST", Origin::k_hub, {".git/info/lfs/objects/batch"}},
        {"verify", "POST", Origin::k_hub, {".git/info/lfs/verify"}},
        {"complete", "POST", Origin::k_hub, {"/api/complete_multipart"}},
        {"put", "PUT", Origin::k_storage, {}},
        {"commit", "POST", Origin::k_hub, {"/api/datasets/", "/commit/"}},
        {"resolve", "", Origin::k_hub, {"/datasets/", "/resolve/"}},
        {"download", "GET", Origin::k_storage, {}},
    };
    return k_routes;
}

Fault on(const std::string& route, FaultKind kind, int count = 1, int status = 503) {
    Fault fault;
    fault.kind = kind;
    fault.count = count;
    fault.status = status;
    for (const auto& known : routes()) {
        if (route == known.name) {
            fault.method = known.method;
            fault.origin = known.origin;
            fault.path_parts = known.parts;
        }
    }
    return fault;
}

Fault with_bytes(Fault fault, std::uint64_t bytes) {
    fault.bytes = bytes;
    return fault;
}

Fault with_delay(Fault fault, int ms) {
    fault.delay = std::chrono::milliseconds(ms);
    return fault;
}

Fault with_message(Fault fault, const std::string& message, HeaderList headers = {}) {
    fault.message = message;
    fault.headers = std::move(headers);
    return fault;
}

// JSON lines of the data folder, wherever they are downloaded from.
Fault on_shards(FaultKind kind, int count, int status = 403) {
    Fault fault;
    fault.kind = kind;
    fault.count = count;
    fault.status = status;
    fault.method = "GET";
    fault.path_parts = {"/data/", ".jsonl"};
    return fault;
}

Fault hourly_429() {
    return with_message(
        on("commit", FaultKind::k_status, -1, 429),
        "You have exceeded the rate limit for repository commits (128 per hour). Please retry this "
        "action in about 1 hour.",
        {{"RateLimit", "\"api\";r=480;t=200"}});
}

Fault window_429() {
    return with_message(on("commit", FaultKind::k_status, 1, 429), "", {{"RateLimit", "\"api\";r=0;t=1"}});
}

Fault quota_403() {
    return with_message(on("batch", FaultKind::k_status, -1, 403),
                        "Private repository storage limit reached, please upgrade your plan to increase your "
                        "private storage limit.");
}

const std::map<std::string, Fault>& fixed_faults() {
    using K = FaultKind;
    static const std::map<std::string, Fault> k_faults = {
        {"parent-moved", on("commit", K::k_commit_slips_in)},
        {"parent-moved-twice", on("commit", K::k_commit_slips_in, 2)},
        {"parent-moved-always", on("commit", K::k_commit_slips_in, -1)},
        {"drop-before-commit", on("commit", K::k_drop_before)},
        {"timeout-after-commit", on("commit", K::k_drop_after)},
        {"500-after-commit", on("commit", K::k_error_after, 1, 500)},
        {"504-after-commit", on("commit", K::k_error_after, 1, 504)},
        {"504-then-commit", with_delay(on("commit", K::k_answer_then_work, 1, 504), 300)},
        {"commit-cut", with_bytes(on("commit", K::k_drop_in_body), 100)},
        {"html-502-once", on("commit", K::k_html, 1, 502)},
        {"window-429", window_429()},
        {"hourly-429", hourly_429()},
        {"quota-403", quota_403()},
        {"create-race", on("create", K::k_conflict_no_url)},
        {"lfs-object-error", on("batch", K::k_lfs_object_error, -1)},
        {"preupload-shuffled", on("preupload", K::k_shuffle_preupload, -1)},
        {"put-cut", with_bytes(on("put", K::k_drop_in_body), 64)},
        {"put-expired", on("put", K::k_presigned_expired)},
        {"download-expired", on("download", K::k_presigned_expired)},
        {"download-cut", on_shards(K::k_truncate_answer, 1)},
        {"shard-unreadable", on_shards(K::k_status, -1, 403)},
        {"shard-corrupt", on_shards(K::k_corrupt_body, -1)},
        {"shard-truncated", on_shards(K::k_truncate_answer, -1)},
        {"gzip-text", on("resolve", K::k_gzip_text, -1)},
        {"redirect-loop", on("resolve", K::k_redirect_loop, -1)},
        {"extra-fields", on("", K::k_extra_fields, -1)},
        {"slow", with_delay(on("", K::k_stall, -1), 200)},
        {"commit-stall", with_delay(on("commit", K::k_stall_after), 5000)},
    };
    return k_faults;
}

std::optional<int> times(const std::string& word) {
    const std::map<std::string, int> k_times = {{"once", 1}, {"twice", 2}, {"thrice", 3}, {"always", -1}};
    const auto found = k_times.find(word);
    return found == k_times.end() ? std::nullopt : std::optional(found->second);
}

bool is_route(const std::string& word) {
    return std::any_of(routes().begin(), routes().end(),
                       [&](const Route& route) { return word == route.name; });
}

// `[ROUTE-]STATUS-TIMES`
std::optional<Fault> composed_fault(const std::vector<std::string>& words) {
    static const std::set<std::string> k_statuses = {"400", "401", "402", "403", "404", "408", "409", "412",
                                                     "413", "422", "429", "500", "502", "503", "504"};
    const bool routed = words.size() == 3 && is_route(words[0]);
    if (!routed && words.size() != 2) {
        return std::nullopt;
    }
    const auto& status = words[words.size() - 2];
    const auto count = times(words.back());
    if (!count || k_statuses.count(status) == 0) {
        return std::nullopt;
    }
    auto fault = on(routed ? words[0] : "commit", FaultKind::k_status, *count, std::stoi(status));
    if (status == "429") {
        fault.headers = {{"RateLimit", "\"api\";r=0;t=1"}};
    }
    return fault;
}

}  // namespace

std::optional<Fault> named_fault(const std::string& name) {
    std::optional<Fault> fault;
    if (const auto fixed = fixed_faults().find(name); fixed != fixed_faults().end()) {
        fault = fixed->second;
    } else {
        fault = composed_fault(split(name, '-'));
    }
    if (fault) {
        fault->name = name;
    }
    return fault;
}

std::vector<std::string> fault_names() {
    std::vector<std::string> names;
    for (const auto& [name, fault] : fixed_faults()) {
        names.push_back(name);
    }
    return names;
}

std::vector<Fault> faults_in_repo_name(const std::string& repo_id) {
    const auto words = split(repo_id.substr(repo_id.find('/') + 1), '-');
    std::vector<Fault> faults;
    for (std::size_t first = 1; first < words.size();) {
        std::size_t taken = 0;
        for (std::size_t count = std::min<std::size_t>(4, words.size() - first); count > 0 && taken == 0;
             --count) {
            std::string name;
            for (std::size_t i = 0; i < count; ++i) {
                name += (i == 0 ? "" : "-") + words[first + i];
            }
            if (auto fault = named_fault(name)) {
                fault->repo = repo_id;
                faults.push_back(*fault);
                taken = count;
            }
        }
        first += std::max<std::size_t>(taken, 1);
    }
    return faults;
}

}  // namespace hub_emulator
