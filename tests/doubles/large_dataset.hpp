// A dataset of many shards in the Hub emulator, and what a push to it costs.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>

#include "doubles/hub_bench.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::testing {

// `shards` shards of `traces` traces each, with their index, in one commit of somebody else.
inline void fill_dataset(hub_emulator::HubEmulator& hub, const std::string& repo, int shards, int traces,
                         bool with_index) {
    hub_emulator::RepoOptions options;
    options.is_private = true;
    hub.add_repo(repo, options);
    std::map<std::string, std::string> files;
    std::vector<shard::IndexEntry> entries;
    for (int i = 0; i < shards; ++i) {
        const std::string path = fmt::format("data/traces_20250101T000000Z_{:08x}.jsonl", i);
        std::string text;
        for (int k = 0; k < traces; ++k) {
            trace::TraceRecord record = sample_record(fmt::format("old-{}-{}", i, k));
            record.trace_id = trace_id_for(record.agent.name, record.session_id, 0).str();
            text += trace::encode(record) + "\n";
        }
        std::size_t at = 0;
        shard::IndexEntry entry;
        entry.summary = shard::summarise(
            [&](char* buffer, std::size_t size) {
                const std::size_t count = text.copy(buffer, size, at);
                at += count;
                return count;
            },
            path);
        entries.push_back(std::move(entry));
        files[path] = std::move(text);
    }
    if (with_index)
        for (shard::IndexFile& file : shard::rebuild_index(entries))
            files[file.path] = std::move(file.content);
    hub.commit_files(repo, files, "alice", "Many shards");
}

struct PushCost {
    std::size_t api_calls = 0;      // requests to the Hub
    std::size_t storage_calls = 0;  // requests to its storage
    std::uint64_t bytes_read = 0;   // bodies of all answers
    std::uint64_t bytes_sent = 0;   // bodies of all requests
    std::uint64_t shard_bytes = 0;  // of these: the new traces themselves
    double seconds = 0;
};

// What the requests since the last clear_log() add up to.
inline PushCost cost_of(const hub_emulator::HubEmulator& hub, const flow::PushResult& pushed) {
    PushCost cost;
    for (const hub_emulator::LoggedRequest& request : hub.requests()) {
        ++(request.origin == hub_emulator::Origin::k_storage ? cost.storage_calls : cost.api_calls);
        cost.bytes_read += request.answer_bytes;
        cost.bytes_sent += request.request_bytes;
    }
    for (const flow::PushedShard& shard : pushed.shards)
        cost.shard_bytes += shard.size;
    return cost;
}

}  // namespace opentraces::testing
