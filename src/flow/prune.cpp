#include "opentraces/flow/prune.hpp"

#include <map>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::flow {
namespace {

// Of a session: whether each of its traces is at an end.
using Sessions = std::map<std::pair<std::string, std::string>, bool>;

Sessions sessions_of(store::Store& store) {
    Sessions sessions;
    for (const store::TraceRow& row : store.list({})) {
        const bool ended = row.stage == store::Stage::Pushed || row.stage == store::Stage::Rejected;
        const auto [at, added] = sessions.try_emplace({row.agent, row.source_path}, ended);
        if (!added) at->second = at->second && ended;
    }
    return sessions;
}

class Planner {
public:
    Planner(TimePoint now, std::chrono::hours age)
        : m_before(std::chrono::nanoseconds(now.time_since_epoch() - age).count()) {}

    void add_raw(RawCopies& raw, const Sessions& sessions) {
        for (const RawCopies::Entry& entry : raw.all())
            if (may_go(raw, entry, sessions)) plan.push_back({PruneKind::RawCopies, entry.path, entry.bytes});
    }

    void add_derived(PruneKind kind, const std::vector<fs::FileInfo>& files) {
        for (const fs::FileInfo& file : files)
            if (file.modified_ns < m_before) plan.push_back({kind, file.path, file.size});
    }

    std::vector<PruneItem> plan;

private:
    bool may_go(RawCopies& raw, const RawCopies::Entry& entry, const Sessions& sessions) const {
        try {
            const capture::SessionRef session = capture::read_raw_head(raw.open_entry(entry));
            const auto known = sessions.find({session.agent, session.locator});
            return known == sessions.end() || (known->second && entry.kept_ns < m_before);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptSession) throw;
            return true;
        }
    }

    std::int64_t m_before;
};

}  // namespace

std::string_view name_of(PruneKind kind) {
    switch (kind) {
        case PruneKind::RawCopies:
            return "raw_copies";
        case PruneKind::Cache:
            return "cache";
        case PruneKind::Spool:
            return "spool";
        case PruneKind::Downloads:
            break;
    }
    return "downloads";
}

std::vector<PruneItem> plan_prune(const std::string& project, store::Store& store, RawCopies& raw,
                                  fs::Disk& disk, TimePoint now, std::chrono::hours age) {
    Planner planner(now, age);
    planner.add_raw(raw, sessions_of(store));
    planner.add_derived(PruneKind::Cache, store::derived_files(project, store::k_cache_folder, disk));
    if (store.open_pushes().empty())
        planner.add_derived(PruneKind::Spool, store::derived_files(project, store::k_spool_folder, disk));
    planner.add_derived(PruneKind::Downloads, store::derived_files(project, store::k_downloads_folder, disk));
    return std::move(planner.plan);
}

std::uint64_t prune(const std::string& project, const std::vector<PruneItem>& plan, fs::Disk& disk) {
    const auto inside = disk.beneath(project);
    std::uint64_t bytes = 0;
    for (const PruneItem& item : plan)
        if (inside->remove(item.path)) bytes += item.bytes;
    return bytes;
}

}  // namespace opentraces::flow
