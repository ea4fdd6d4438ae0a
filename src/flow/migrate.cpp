#include "opentraces/flow/migrate.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "flow/decided_texts.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/security/plain_text.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

using store::Stage;

constexpr std::size_t k_short_id = 8;
constexpr std::string_view k_migrated = "Migrated";

struct OldGroup {
    std::string message;
    std::set<std::string> traces;
};

struct OldState {
    std::map<std::string, Stage> stages;  // by old trace id
    std::vector<OldGroup> groups;
};

struct OldTrace {
    std::string path;
    std::string old_id;
    std::size_t steps = 0;  // not the record: all of them may be more than fits in memory
};

struct Placed {
    TraceId id;
    std::string old_id;
    Stage wanted = Stage::Inbox;
};

Stage stage_of(std::string_view status) {
    for (const std::string_view name : {"committed", "approved", "uploading"}) {
        if (status == name) return Stage::Committed;
    }
    if (status == "uploaded") return Stage::Pushed;
    return status == "rejected" ? Stage::Rejected : Stage::Inbox;
}

json::Value read_state(const std::string& path, fs::Disk& disk) {
    if (!disk.info(path)) return {};
    try {
        json::Value state = json::read_document(disk.read_all(path));
        if (state.if_object() != nullptr) return state;
    } catch (const json::SyntaxError& error) {
        throw Error(ErrorCode::SettingsUnreadable,
                    path + " byte " + std::to_string(error.offset()) + ": " + error.what());
    }
    throw Error(ErrorCode::SettingsUnreadable, path + " is not a JSON object");
}

// Written by people and never scrubbed before.
std::string message_of(std::string_view text, const security::ScrubOptions& scrub) {
    try {
        return security::scrub_text(text, "a commit message", scrub).text;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::SecretsFound) throw;
        return std::string(k_migrated);
    }
}

OldState read_old_state(const std::string& project, const security::ScrubOptions& scrub, fs::Disk& disk) {
    const json::Value state = read_state(fs::join(store::project_folder(project), "state.json"), disk);
    OldState old;
    if (const json::Object* const traces = state["traces"].if_object()) {
        for (const auto& [id, entry] : *traces)
            old.stages[id] = stage_of(entry["status"].string_or());
    }
    if (const json::Object* const groups = state["commit_groups"].if_object()) {
        for (const auto& [id, entry] : *groups) {
            OldGroup group{message_of(entry["message"].string_or(), scrub), {}};
            if (const json::Array* const members = entry["trace_ids"].if_array()) {
                for (const json::Value& member : *members)
                    group.traces.emplace(member.string_or());
            }
            old.groups.push_back(std::move(group));
        }
    }
    return old;
}

trace::TraceRecord read_record(const std::string& path, fs::Disk& disk) {
    const std::string text = disk.read_all(path);
    trace::Decoded decoded = trace::decode(trim(text));
    if (!decoded.record) {
        throw Error(ErrorCode::CorruptTrace, decoded.problem->field + ": " + decoded.problem->words);
    }
    if (trace::is_newer_schema(decoded.record->schema_version)) {
        throw Error(ErrorCode::NewerSchema, "made by a later schema: " + decoded.record->schema_version);
    }
    return *std::move(decoded.record);
}

class Migration {
public:
    // `remote`: where the Python tool is taken to have pushed to.
    Migration(store::Store& store, const security::ScrubOptions& scrub, std::string remote, fs::Disk& disk,
              Progress& progress)
        : m_store(store),
          m_scrub(scrub),
          m_remote(remote.empty() ? "unknown" : std::move(remote)),
          m_disk(disk),
          m_progress(progress) {}

    void stage_all(const std::string& project, const OldState& old);
    void commit_groups(const OldState& old, IdSource& ids);
    MigrateResult take();

private:
    std::vector<OldTrace> read_all(const std::string& folder);
    void stage_one(const OldTrace& trace, const OldState& old);
    void fail(const std::string& path, const Error& error);
    store::Staged store_one(security::ScrubbedTrace trace, const std::string& path, Stage wanted);
    std::vector<TraceId> to_commit();

    store::Store& m_store;
    const security::ScrubOptions& m_scrub;
    std::string m_remote;
    fs::Disk& m_disk;
    Progress& m_progress;
    std::vector<Placed> m_placed;
    std::set<std::pair<std::string, std::string>> m_sessions;
    MigrateResult m_result;
};

void Migration::fail(const std::string& path, const Error& error) {
    m_progress.warning(path + ": " + error.message());
    m_result.failed.add(path, error);
}

std::vector<OldTrace> Migration::read_all(const std::string& folder) {
    std::vector<OldTrace> traces;
    for (const fs::FileInfo& file : m_disk.list(folder)) {
        if (file.is_directory() || !file.path.ends_with(".jsonl")) continue;
        try {
            traces.push_back({file.path, fs::stem(file.path), read_record(file.path, m_disk).steps.size()});
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            fail(file.path, error);
        }
    }
    return traces;
}

void Migration::stage_all(const std::string& project, const OldState& old) {
    std::vector<OldTrace> traces = read_all(fs::join(store::project_folder(project), "staging"));
    // The Python tool made a further trace of a session that went on; the fullest keeps the session's name.
    std::stable_sort(traces.begin(), traces.end(),
                     [](const OldTrace& a, const OldTrace& b) { return a.steps > b.steps; });
    for (const OldTrace& trace : traces) {
        try {
            stage_one(trace, old);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::SecretsFound) throw;
            fail(trace.path, error);
        }
    }
}

void Migration::stage_one(const OldTrace& trace, const OldState& old) {
    trace::TraceRecord record = read_record(trace.path, m_disk);
    if (record.session_id.empty()) record.session_id = trace.old_id;
    if (!m_sessions.insert({record.agent.name, record.session_id}).second) {
        record.session_id += "+" + trace.old_id.substr(0, k_short_id);
    }
    const auto known = old.stages.find(trace.old_id);
    const Stage wanted = known == old.stages.end() ? Stage::Inbox : known->second;
    const store::Staged staged =
        store_one(scrub_decided(m_store, std::move(record), m_scrub), trace.path, wanted);
    const bool unchanged = staged.outcome == store::StageOutcome::Unchanged;
    ++(unchanged ? m_result.unchanged : m_result.migrated);
    m_placed.push_back({staged.id, trace.old_id, wanted});
}

// What was published or refused never lies in the inbox, from where it could be published, whenever this is
// interrupted.
store::Staged Migration::store_one(security::ScrubbedTrace trace, const std::string& path, Stage wanted) {
    if (wanted != Stage::Pushed && wanted != Stage::Rejected) return m_store.stage(std::move(trace), path);
    return m_store.take_over(std::move(trace), path, {wanted, m_remote});
}

std::vector<TraceId> Migration::to_commit() {
    std::vector<TraceId> traces;
    for (const Placed& placed : m_placed) {
        if (placed.wanted != Stage::Committed) continue;
        const store::TraceRow row = m_store.find(placed.id.str());
        if (row.stage != Stage::Inbox) continue;
        if (row.needs_review)
            ++m_result.held_back;
        else
            traces.push_back(placed.id);
    }
    return traces;
}

void Migration::commit_groups(const OldState& old, IdSource& ids) {
    std::vector<TraceId> left = to_commit();
    for (const OldGroup& group : old.groups) {
        std::vector<TraceId> members;
        for (const Placed& placed : m_placed) {
            const auto found = std::find(left.begin(), left.end(), placed.id);
            if (!group.traces.contains(placed.old_id) || found == left.end()) continue;
            members.push_back(placed.id);
            left.erase(found);
        }
        if (!members.empty()) m_store.commit(members, group.message, ids);
    }
    if (!left.empty()) m_store.commit(left, std::string(k_migrated), ids);
}

MigrateResult Migration::take() {
    for (const Placed& placed : m_placed)
        ++m_result.stages[m_store.find(placed.id.str()).stage];
    return std::move(m_result);
}

}  // namespace

bool has_python_traces(const std::string& project, fs::Disk& disk) {
    const std::unique_ptr<fs::Disk> inside = disk.beneath(store::project_folder(project));
    return inside->info(fs::join(store::project_folder(project), "state.json")) ||
           !inside->list(fs::join(store::project_folder(project), "staging")).empty();
}

MigrateResult migrate(const std::string& project, const std::string& remote, store::Store& store,
                      const security::ScrubOptions& scrub, fs::Disk& disk, IdSource& ids,
                      Progress& progress) {
    // The old files may be somebody else's work: no link leads out of the project.
    const std::unique_ptr<fs::Disk> inside = disk.beneath(store::project_folder(project));
    const OldState old = read_old_state(project, scrub, *inside);
    const std::unique_ptr<fs::Lock> held = store.lock();
    Migration migration(store, scrub, remote, *inside, progress);
    migration.stage_all(project, old);
    migration.commit_groups(old, ids);
    return migration.take();
}

}  // namespace opentraces::flow
