#include "dataset_rewrite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/hub/open_remote.hpp"
#include "opentraces/net/retry.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::flow {
namespace {

using std::chrono::milliseconds;

constexpr int k_max_attempts = 10;
constexpr milliseconds k_base{1000};
constexpr milliseconds k_cap{30'000};

void pause(Ports& ports, int attempt) {
    constexpr std::uint64_t k_steps = std::uint64_t{1} << 20;
    const double jitter = static_cast<double>(ports.ids.next_u64() % k_steps) / static_cast<double>(k_steps);
    ports.clock.sleep(net::backoff_delay(attempt, k_base, k_cap, std::nullopt, jitter));
}

[[noreturn]] void throw_kept_changing(const hub::Remote& remote) {
    throw Error(ErrorCode::CommitConflict,
                fmt::format("{} kept changing during {} attempts", remote.name(), k_max_attempts));
}

// False: a folder has changed while it was read.
bool is_still(const std::function<void()>& read) {
    try {
        read();
        return true;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::CommitConflict) throw;
        return false;
    }
}

// nullopt: the dataset has changed meanwhile.
std::optional<hub::Receipt> attempt(hub::Remote& remote, Ports& ports, Progress& progress,
                                    const std::string& summary, const PrepareChanges& prepare) {
    hub::CommitRequest request;
    const bool still = is_still([&] {
        const hub::DatasetInfo info = existing_dataset(remote);
        request.parent = info.head;
        request.changes = prepare(info);
    });
    if (!still) return std::nullopt;
    if (request.changes.empty()) return hub::Receipt{};
    request.summary = summary;
    hub::CommitOutcome outcome = remote.commit(
        request, [&](const hub::UploadProgress& done) { progress.upload(done.path, done.sent, done.total); });
    if (outcome.status == hub::CommitStatus::ParentMoved) return std::nullopt;
    verified(remote, request.changes, outcome.receipt, ports.disk);
    return std::move(outcome.receipt);
}

}  // namespace

std::unique_ptr<hub::Remote> open_dataset(Ports& ports, const std::string& name, Progress& progress,
                                          hub::Access access) {
    return hub::open_remote(name,
                            {ports.disk, ports.clock, ports.ids, ports.transport, ports.environment,
                             [&progress](std::string_view text) { progress.note(text); }},
                            access);
}

hub::DatasetInfo existing_dataset(hub::Remote& remote) {
    hub::DatasetInfo info = remote.info();
    if (!info.exists)
        throw Error(ErrorCode::NotFound, "there is no dataset " + remote.name(),
                    "Check the name; a private dataset needs a token with access to it.");
    return info;
}

void read_while_moving(hub::Remote& remote, Ports& ports, const std::function<void()>& read) {
    for (int attempt_number = 1; attempt_number <= k_max_attempts; ++attempt_number) {
        if (attempt_number > 1) pause(ports, attempt_number - 1);
        if (is_still(read)) return;
    }
    throw_kept_changing(remote);
}

hub::Receipt rewrite_dataset(hub::Remote& remote, Ports& ports, Progress& progress,
                             const std::string& summary, const PrepareChanges& prepare) {
    for (int attempt_number = 1; attempt_number <= k_max_attempts; ++attempt_number) {
        if (attempt_number > 1) pause(ports, attempt_number - 1);
        if (auto receipt = attempt(remote, ports, progress, summary, prepare)) return std::move(*receipt);
        progress.note("somebody else has pushed meanwhile; reading the dataset again");
    }
    throw_kept_changing(remote);
}

std::vector<hub::RemoteFile> verified(hub::Remote& remote, const std::vector<hub::FileChange>& changes,
                                      const hub::Receipt& receipt, fs::Disk& disk) {
    std::vector<std::string> paths;
    for (const auto* const list : {&changes, &receipt.added})
        for (const hub::FileChange& change : *list)
            paths.push_back(change.path);
    std::vector<hub::RemoteFile> files = remote.find(receipt.oid, paths);
    for (const hub::FileChange& change : changes) {
        const auto file = std::find_if(files.begin(), files.end(), [&](const hub::RemoteFile& entry) {
            return entry.path == change.path;
        });
        const bool there = file != files.end();
        if (change.remove ? !there : there && hub::is_result_of(change, *file, disk)) continue;
        throw Error(ErrorCode::CorruptDataset, fmt::format("commit {} of {} does not hold {} as it was sent",
                                                           receipt.oid, remote.name(), change.path));
    }
    return files;
}

void check_accepted(hub::Remote& remote, const std::string& card) {
    const std::vector<std::string> problems = remote.card_problems(card);
    if (problems.empty()) return;
    throw Error(ErrorCode::CardMalformed,
                fmt::format("{} does not accept the card: {}", remote.name(), fmt::join(problems, "; ")),
                "Repair the front matter of README.md, or the card settings of the project.");
}

std::string download_folder(const std::string& project) {
    return store::in_project(project, store::k_downloads_folder);
}

}  // namespace opentraces::flow
