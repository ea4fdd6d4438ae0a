#include "push_recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/hub/open_remote.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_piece = std::size_t{1} << 20;

// The spooled shard as the change that would have brought it.
hub::FileChange spooled_change(const std::string& shard_path, const std::string& spool_path, fs::Disk& disk) {
    hub::FileChange change;
    change.path = shard_path;
    change.local_path = spool_path;
    Sha256 hash;
    std::string piece(k_piece, '\0');
    const auto file = disk.open(spool_path);
    while (const std::size_t got = file->read(piece.data(), piece.size())) {
        hash.update(std::string_view(piece).substr(0, got));
        change.size += got;
    }
    change.sha256 = hash.finish_hex();
    return change;
}

bool has_landed(const store::PushIntent& intent, hub::Remote& remote, const std::string& head, Spool& spool,
                fs::Disk& disk) {
    if (intent.shard_paths.empty()) return false;
    const std::vector<hub::RemoteFile> files = remote.find(head, intent.shard_paths);
    return std::all_of(intent.shard_paths.begin(), intent.shard_paths.end(), [&](const std::string& path) {
        const auto file = std::find_if(files.begin(), files.end(),
                                       [&](const hub::RemoteFile& entry) { return entry.path == path; });
        if (file == files.end()) return false;
        const std::string spool_path = spool.path_of(path);
        // Without the spool file the name has to do: eight random digits and the second of the push.
        return !disk.info(spool_path) ||
               hub::is_result_of(spooled_change(path, spool_path, disk), *file, disk);
    });
}

bool settle(const store::PushIntent& intent, hub::Remote& remote, Ports& ports, store::Store& store,
            Spool& spool) {
    const hub::DatasetInfo info = remote.info();
    if (!info.exists || !has_landed(intent, remote, info.head, spool, ports.disk)) {
        store.abandon_push(intent, "the push was interrupted before it reached " + remote.name());
        return false;
    }
    store::PushRecord record;
    record.remote = intent.remote;
    record.commit_oid = info.head;
    record.commit_url = info.url;
    record.shard_paths = intent.shard_paths;
    record.traces = static_cast<std::int64_t>(intent.traces.size());
    record.duplicates = static_cast<std::int64_t>(intent.duplicates.size());
    record.at = ports.clock.now();
    store.finish_push(intent, record);
    return true;
}

bool is_out_of_reach(const Error& error) {
    return error.kind() == ErrorKind::Network || error.kind() == ErrorKind::Config;
}

}  // namespace

Recovered recover_pushes(hub::Remote& remote, Ports& ports, store::Store& store, Spool& spool,
                         Progress& progress) {
    Recovered recovered;
    for (const store::PushIntent& intent : store.open_pushes()) {
        try {
            std::unique_ptr<hub::Remote> other;
            if (intent.remote != remote.name()) {
                other = hub::open_remote(
                    intent.remote, {ports.disk, ports.clock, ports.ids, ports.transport, ports.environment,
                                    [&](std::string_view text) { progress.note(text); }});
            }
            if (settle(intent, other ? *other : remote, ports, store, spool))
                recovered.confirmed += static_cast<std::int64_t>(intent.traces.size());
        } catch (const Error& error) {
            if (intent.remote == remote.name() || !is_out_of_reach(error)) throw;
            recovered.unresolved.insert(intent.traces.begin(), intent.traces.end());
            progress.warning(fmt::format("an interrupted push to {} waits until it can be reached: {}",
                                         intent.remote, error.message()));
        }
    }
    if (recovered.unresolved.empty()) spool.clear();
    return recovered;
}

}  // namespace opentraces::flow
