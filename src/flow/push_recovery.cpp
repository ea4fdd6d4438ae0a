#include "flow/push_recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "flow/push_ledger.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/git_blob.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/dataset/plan.hpp"
#include "opentraces/hub/remote_spec.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_piece = std::size_t{1} << 20;

// The spooled shard as the change that would have brought it.
hub::FileChange spooled_change(const std::string& shard_path, const fs::FileInfo& spooled, fs::Disk& disk) {
    hub::FileChange change;
    change.path = shard_path;
    change.local_path = spooled.path;
    Sha256 sha256;
    GitBlobId git_blob(spooled.size);
    std::string piece(k_piece, '\0');
    const auto file = disk.open(spooled.path);
    while (const std::size_t got = file->read(piece.data(), piece.size())) {
        const std::string_view bytes = std::string_view(piece).substr(0, got);
        sha256.update(bytes);
        git_blob.update(bytes);
        change.size += got;
    }
    change.sha256 = sha256.finish_hex();
    change.git_blob = git_blob.finish_hex();
    return change;
}

bool is_named(const std::string& path, const std::vector<hub::RemoteFile>& files) {
    return std::any_of(files.begin(), files.end(),
                       [&](const hub::RemoteFile& file) { return file.path == path; });
}

bool has_landed(const store::PushIntent& intent, hub::Remote& remote, const std::string& head, Spool& spool,
                fs::Disk& disk) {
    if (intent.shard_paths.empty()) return false;
    const std::vector<hub::RemoteFile> files = remote.find(head, intent.shard_paths);
    return std::all_of(intent.shard_paths.begin(), intent.shard_paths.end(), [&](const std::string& path) {
        const auto spooled = disk.info(spool.path_of(path));
        // Without the spool file the name has to do: eight random digits and the second of the push.
        return spooled ? dataset::is_there(spooled_change(path, *spooled, disk), files, disk)
                       : is_named(path, files);
    });
}

constexpr std::string_view k_pull_requests = "refs/pr/";

// The number of the pull request that a push went to; nullopt for any other.
std::optional<std::int64_t> pull_request_in(const std::string& remote) {
    const std::string revision = hub::revision_in(remote);
    if (!revision.starts_with(k_pull_requests)) return std::nullopt;
    std::int64_t number = 0;
    const char* const end = revision.data() + revision.size();
    const auto [stop, error] = std::from_chars(revision.data() + k_pull_requests.size(), end, number);
    if (error != std::errc{} || stop != end || number <= 0) return std::nullopt;
    return number;
}

bool settle(const store::PushIntent& intent, hub::Remote& remote, Ports& ports, store::Store& store,
            Spool& spool) {
    PushLedger ledger(store, ports.clock);
    const hub::DatasetInfo info = remote.info();
    if (!info.exists || !has_landed(intent, remote, info.head, spool, ports.disk)) {
        ledger.abandon(intent, "the push was interrupted before it reached " + remote.name());
        return false;
    }
    if (const auto number = pull_request_in(intent.remote)) {
        ledger.offer(intent, info.name, *number, fmt::format("{}/discussions/{}", info.url, *number));
        return false;
    }
    ledger.finish(intent, info.head, info.url);
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
            if (intent.remote != remote.name())
                other = dataset::open(ports, intent.remote, dataset::Access::Write, progress);
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
