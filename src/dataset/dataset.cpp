#include "opentraces/dataset/dataset.hpp"

#include <fmt/format.h>

#include <chrono>

#include "opentraces/core/error.hpp"
#include "opentraces/net/retry.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::dataset {
namespace {

using std::chrono::milliseconds;

// Enough for ten clients that push at once, each of them soon after its own turn.
constexpr int k_max_attempts = 10;
constexpr milliseconds k_base{1000};
constexpr milliseconds k_cap{30'000};

}  // namespace

Place in_project(hub::Ports& ports, store::Store& store, const std::string& project) {
    return {ports, store, store::in_project(project, store::k_downloads_folder)};
}

Dataset::Dataset(const Place& place, std::string_view name, Access access, Progress& progress)
    : m_place(place),
      m_opened(open(place.ports, name, access, progress)),
      m_remote(m_opened.get()),
      m_progress(progress),
      m_reader(*m_remote, place.store, place.ports.disk, place.downloads) {}

Dataset::Dataset(const Place& place, hub::Remote& remote, Progress& progress)
    : m_place(place),
      m_remote(&remote),
      m_progress(progress),
      m_reader(remote, place.store, place.ports.disk, place.downloads) {}

ShardCopy Dataset::copy(const std::string& head, const hub::RemoteFile& file,
                        const std::function<void()>& arriving) const {
    return ShardCopy(*m_remote, head, file, m_place.ports.disk, m_place.downloads, arriving);
}

void Dataset::repeat(const std::function<Attempt()>& attempt) const {
    for (int number = 1; number <= k_max_attempts; ++number) {
        const Attempt result = attempt();
        if (result == Attempt::Done) return;
        if (result == Attempt::Again || number == k_max_attempts) continue;
        m_progress.note("somebody else has pushed meanwhile; reading the dataset again");
        pause(number);
    }
    throw Error(ErrorCode::CommitConflict,
                fmt::format("{} kept changing during {} attempts", m_remote->name(), k_max_attempts));
}

void Dataset::read(const std::function<void()>& look) const {
    repeat([&] { return try_to_read(look); });
}

void Dataset::pause(int attempt) const {
    constexpr std::uint64_t k_steps = std::uint64_t{1} << 20;
    const double jitter =
        static_cast<double>(m_place.ports.ids.next_u64() % k_steps) / static_cast<double>(k_steps);
    m_place.ports.clock.sleep(net::backoff_delay(attempt, k_base, k_cap, std::nullopt, jitter));
}

Attempt try_to_read(const std::function<void()>& look) {
    try {
        look();
        return Attempt::Done;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::CommitConflict) throw;
        return Attempt::Moved;
    }
}

}  // namespace opentraces::dataset
