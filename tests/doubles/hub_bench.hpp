// A Hub emulator, a project, and a push between them over real HTTP.
#pragma once

#include <algorithm>
#include <set>
#include <string>

#include "doubles/push_bench.hpp"
#include "hub_emulator/emulator.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/net/curl_transport.hpp"
#include "opentraces/shard/index.hpp"
#include "opentraces/shard/shard.hpp"

namespace opentraces::testing {

struct HubBench {
    explicit HubBench(hub_emulator::Options options = {}) {
        hub.start(std::move(options));
        hub.add_user("alice", "hf_alice");
        log_in(project, "hf_alice");
    }

    void log_in(Project& who, const std::string& token) {
        who.environment.variables["HF_ENDPOINT"] = hub.hub_url();
        who.environment.variables["HF_TOKEN"] = token;
    }
    flow::PushOptions options() const {
        flow::PushOptions options;
        options.remote = repo;
        return options;
    }
    void fault(hub_emulator::FaultKind kind, const std::string& method, const std::string& path_part,
               int nth = 1, int count = 1, int status = 503) {
        hub_emulator::Fault fault;
        fault.kind = kind;
        fault.method = method;
        if (!path_part.empty()) fault.path_parts = {path_part};
        fault.nth = nth;
        fault.count = count;
        fault.status = status;
        hub.add_fault(fault);
    }
    std::size_t asked(const std::string& method, const std::string& part) const {
        const auto log = hub.requests();
        return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [&](const auto& request) {
            return request.method == method && request.target.find(part) != std::string::npos;
        }));
    }
    hub_emulator::HubEmulator hub;
    std::unique_ptr<net::Transport> transport = net::curl_transport({});
    Project project{*transport};
    std::string repo = "alice/traces";
};

// What must hold in a dataset after every commit: each trace once, index and card agree with a recount.
struct Recount {
    std::int64_t traces = 0;
    std::set<std::string> hashes;
    std::set<shard::TraceKey> ids;
    std::int64_t doubled = 0;  // a text or an id that is there already
    std::int64_t shards = 0;
};

inline Recount recount(const hub_emulator::HubEmulator& hub, const std::string& repo,
                       const std::string& commit) {
    Recount counted;
    for (const auto& record : hub.commits(repo, commit)) {
        if (record.oid != commit) continue;
        for (const auto& [path, file] : record.files) {
            if (!shard::is_shard_path(path)) continue;
            ++counted.shards;
            const std::string text = hub.file(repo, path, commit);
            std::size_t at = 0;
            const shard::ShardSummary summary = shard::summarise(
                [&](char* buffer, std::size_t size) {
                    const std::size_t count = std::min(size, text.size() - at);
                    text.copy(buffer, count, at);
                    at += count;
                    return count;
                },
                path);
            for (std::size_t i = 0; i < summary.hashes.size(); ++i) {
                ++counted.traces;
                const bool new_text = counted.hashes.insert(summary.hashes.at(i).str()).second;
                const bool new_id = counted.ids.insert(summary.ids.at(i)).second;
                if (!new_text || !new_id) ++counted.doubled;
            }
        }
    }
    return counted;
}

}  // namespace opentraces::testing
