#include "store/sqlite_store.hpp"

#include <algorithm>
#include <set>

#include "opentraces/core/error.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/store/layout.hpp"
#include "store/finding_reports.hpp"
#include "store/own_files.hpp"
#include "store/schema.hpp"

namespace opentraces::store {

namespace {

// The conditions of a filter and what belongs into their places.
class Conditions {
public:
    explicit Conditions(const Filter& filter) {
        std::vector<std::string> stages;
        for (const Stage stage : filter.stages)
            stages.emplace_back(name_of(stage));
        any("stage = ?", stages);
        any("agent = ?", filter.agents);
        any("instr(lower(model), lower(?)) > 0", filter.models);
        if (!filter.words.empty())
            any("instr(lower(task || char(10) || agent || char(10) || model || char(10) || session_id || "
                "char(10) "
                "|| substr(trace_id, 1, 8)), lower(?)) > 0",
                {filter.words});
        constexpr std::string_view k_time = "CASE happened_at WHEN 0 THEN captured_at ELSE happened_at END";
        if (filter.since) add(std::string(k_time) + " >= ?", to_milliseconds(*filter.since));
        if (filter.until) add(std::string(k_time) + " <= ?", to_milliseconds(*filter.until));
        if (filter.needs_review) add("NOT " + k_is_reviewed + " AND needs_review <> ?", 0);
        if (filter.failed) m_sql += " AND last_error <> ''";
        if (filter.min_steps > 0) add("steps >= ?", filter.min_steps);
    }

    const std::string& sql() const { return m_sql; }

    void bind_to(Statement& statement) const {
        for (const std::string& text : m_texts)
            statement.bind(text);
        for (const std::int64_t number : m_numbers)
            statement.bind(number);
    }

private:
    void any(const std::string& condition, const std::vector<std::string>& values) {
        if (values.empty()) return;
        for (std::size_t i = 0; i < values.size(); ++i)
            m_sql += (i == 0 ? " AND (" : " OR ") + condition;
        m_sql += ")";
        m_texts.insert(m_texts.end(), values.begin(), values.end());
    }

    // After those of texts.
    void add(const std::string& condition, std::int64_t value) {
        m_sql += " AND " + condition;
        m_numbers.push_back(value);
    }

    std::string m_sql = " WHERE 1";
    std::vector<std::string> m_texts;
    std::vector<std::int64_t> m_numbers;
};

std::string order_by(Order order) {
    const std::string newest = "happened_at DESC, captured_at DESC, rowid DESC";
    switch (order) {
        case Order::Newest:
            break;
        case Order::Oldest:
            return " ORDER BY happened_at, captured_at, rowid";
        case Order::Steps:
            return " ORDER BY steps DESC, " + newest;
        case Order::Tokens:
            return " ORDER BY input_tokens + output_tokens DESC, " + newest;
        case Order::Cost:
            return " ORDER BY cost_usd DESC NULLS LAST, " + newest;
        case Order::Findings:
            return " ORDER BY findings DESC, " + newest;
    }
    return " ORDER BY " + newest;
}

constexpr std::size_t k_shortest_prefix = 4;
constexpr std::size_t k_candidates = 5;

[[noreturn]] void throw_ambiguous(std::string_view prefix, const std::vector<TraceId>& ids) {
    std::string message = std::string(prefix) + " matches several traces:";
    for (std::size_t i = 0; i < std::min(ids.size(), k_candidates); ++i)
        message += " " + ids[i].str();
    if (ids.size() > k_candidates) message += " …";
    throw Error(ErrorCode::BadOption, message, "Give more characters of the id.");
}

}  // namespace

std::unique_ptr<Store> Store::open(const std::string& project, fs::Disk& disk, Clock& clock) {
    auto store = std::make_unique<SqliteStore>(project, disk, clock, true);
    store->settle();
    return store;
}

std::unique_ptr<Store> Store::open_for_reading(const std::string& project, fs::Disk& disk, Clock& clock) {
    return std::make_unique<SqliteStore>(project, disk, clock, false);
}

Database SqliteStore::open_database_in(bool for_writing) {
    need_own_folder(m_folder, *m_disk);
    if (!for_writing) return open_database_for_reading(m_folder, *m_disk);
    m_disk->make_directories(m_folder, 0700);
    narrow(m_folder, 0700, *m_disk);
    m_bodies.make_folders();
    return open_database(m_folder, *m_disk);
}

SqliteStore::SqliteStore(const std::string& project, fs::Disk& disk, Clock& clock, bool for_writing)
    : m_folder(project_folder(project)),
      m_disk(disk.beneath(project)),
      m_clock(clock),
      m_bodies(m_folder, *m_disk),
      m_database(open_database_in(for_writing)) {}

void SqliteStore::settle() {
    if (m_bodies.pending().empty()) return;
    // Whoever is writing now is who put the files there.
    m_database.set_patience(0);
    try {
        settle_pending();
    } catch (const Error&) {
        // Nothing is lost: files are read from either place, and the next one to open tries again.
    }
    m_database.set_patience(k_patience_ms);
}

void SqliteStore::settle_pending() {
    const std::vector<fs::FileInfo> undecided = adopt_pending();
    if (undecided.empty()) return;
    {
        Transaction transaction(m_database);
        m_database.execute("UPDATE housekeeping SET settled = settled + 1");
        transaction.commit();
    }
    remove_undecided(undecided);
}

std::vector<fs::FileInfo> SqliteStore::adopt_pending() {
    Transaction transaction(m_database);
    std::vector<fs::FileInfo> undecided;
    for (const fs::FileInfo& file : m_bodies.pending()) {
        const TraceId id = Bodies::id_of_pending(file.path);
        const std::optional<StoredRow> stored = row_of(m_database, id);
        if (stored && !m_bodies.has(id, stored->file_digest)) m_bodies.adopt(id, stored->file_digest);
        if (m_disk->info(file.path)) undecided.push_back(file);
    }
    transaction.commit();
    return undecided;
}

void SqliteStore::remove_undecided(const std::vector<fs::FileInfo>& files) {
    Transaction transaction(m_database);
    for (const fs::FileInfo& file : files) {
        const TraceId id = Bodies::id_of_pending(file.path);
        const std::optional<StoredRow> stored = row_of(m_database, id);
        // Still needed if the row has come to name it meanwhile.
        if (!stored || m_bodies.has(id, stored->file_digest)) m_bodies.remove_pending(file);
    }
    transaction.commit();
}

void SqliteStore::adopt(const TraceId& id) {
    Transaction transaction(m_database);
    const std::optional<StoredRow> stored = row_of(m_database, id);
    if (stored) m_bodies.adopt(id, stored->file_digest);
    transaction.commit();
}

std::vector<TraceRow> SqliteStore::list(const Filter& filter) {
    const Conditions conditions(filter);
    std::string sql = "SELECT" + k_row_columns + "FROM traces" + conditions.sql() + order_by(filter.order);
    if (filter.limit > 0) sql += " LIMIT " + std::to_string(filter.limit);
    Statement statement(m_database, sql);
    conditions.bind_to(statement);
    std::vector<TraceRow> rows;
    while (statement.next())
        rows.push_back(answered(read_row(statement).row));
    return rows;
}

std::vector<TraceId> SqliteStore::list_ids(const Filter& filter) {
    const Conditions conditions(filter);
    std::string sql = "SELECT trace_id FROM traces" + conditions.sql() + order_by(filter.order);
    if (filter.limit > 0) sql += " LIMIT " + std::to_string(filter.limit);
    Statement statement(m_database, sql);
    conditions.bind_to(statement);
    std::vector<TraceId> ids;
    while (statement.next())
        ids.push_back(statement.trace_id());
    return ids;
}

std::int64_t SqliteStore::count(const Filter& filter) {
    const Conditions conditions(filter);
    Statement statement(m_database, "SELECT count(*) FROM traces" + conditions.sql());
    conditions.bind_to(statement);
    statement.next();
    return statement.integer();
}

std::map<Stage, std::int64_t> SqliteStore::counts() {
    std::map<Stage, std::int64_t> counts{
        {Stage::Inbox, 0}, {Stage::Committed, 0}, {Stage::Pushed, 0}, {Stage::Rejected, 0}};
    Statement statement(m_database, "SELECT stage, count(*) FROM traces GROUP BY stage");
    while (statement.next()) {
        const Stage stage = read_stage(statement);
        counts[stage] = read_count(statement);
    }
    return counts;
}

std::optional<FindingReport> SqliteStore::findings_of(const TraceId& id) {
    const ReadTransaction snapshot(m_database);
    return read_report(m_database, id);
}

void SqliteStore::note_counts(const std::map<TraceId, LateCounts>& counts) {
    Transaction transaction(m_database);
    for (const auto& [id, of_trace] : counts) {
        Statement statement(m_database,
                            "UPDATE traces SET cache_read_tokens = ifnull(cache_read_tokens, ?),"
                            " cache_write_tokens = ifnull(cache_write_tokens, ?),"
                            " cost_is_lower_bound = ifnull(cost_is_lower_bound, ?),"
                            " usage_is_unknown = ifnull(usage_is_unknown, ?) WHERE trace_id = ?");
        statement.bind(of_trace.cache.read).bind(of_trace.cache.written);
        statement.bind(std::int64_t{of_trace.cost_is_lower_bound});
        statement.bind(std::int64_t{of_trace.usage_is_unknown}).bind(id.str()).run();
    }
    transaction.commit();
}

std::vector<TraceId> SqliteStore::candidates(const std::string& sql, std::string_view prefix) {
    Statement statement(m_database, sql);
    statement.bind(static_cast<std::int64_t>(code_points(prefix))).bind(prefix);
    std::vector<TraceId> ids;
    while (statement.next())
        ids.push_back(statement.trace_id());
    return ids;
}

std::vector<std::string> SqliteStore::beginnings(std::size_t length) {
    Statement statement(m_database, "SELECT DISTINCT substr(trace_id, 1, ?) FROM traces ORDER BY 1");
    statement.bind(static_cast<std::int64_t>(length));
    std::vector<std::string> texts;
    while (statement.next())
        texts.emplace_back(statement.text());
    return texts;
}

TraceRow SqliteStore::find(std::string_view id_or_prefix) {
    const std::string wanted = repair_utf8(trim(id_or_prefix));
    const std::string id = to_lower_ascii(wanted);
    if (auto stored = row_of(m_database, TraceId(id))) return answered(stored->row);
    if (code_points(wanted) < k_shortest_prefix) {
        throw Error(ErrorCode::NotFound, "no trace " + printable_line(wanted),
                    "Give at least 4 characters of the trace id; opentraces list shows them.");
    }
    std::vector<TraceId> ids =
        candidates("SELECT trace_id FROM traces WHERE substr(trace_id, 1, ?) = ? ORDER BY 1 LIMIT 6", id);
    if (ids.empty()) {
        // max() makes SQLite take the other columns from the row with the latest revision.
        ids = candidates(
            "SELECT trace_id, max(revision) FROM traces WHERE substr(session_id, 1, ?) = ?"
            " GROUP BY agent, session_id ORDER BY 1 LIMIT 6",
            wanted);
    }
    if (ids.empty())
        throw Error(ErrorCode::NotFound, "no trace " + printable_line(wanted),
                    did_you_mean(id, beginnings(id.size()), "Run: opentraces list"));
    if (ids.size() > 1) throw_ambiguous(printable_line(wanted), ids);
    return answered(need_row(ids.front()).row);
}

TraceRow SqliteStore::answered(TraceRow row) {
    m_answered[row.id] = row.stage;
    return row;
}

StoredRow SqliteStore::need_row(const TraceId& id) {
    if (auto stored = row_of(m_database, id)) return *std::move(stored);
    throw Error(ErrorCode::NotFound, "no trace " + printable_line(id.str()), "Run: opentraces list");
}

std::string SqliteStore::trace_path(const TraceId& id) {
    return m_bodies.path(need_row(id).row.id);
}

template <class Read>
auto SqliteStore::read_body(const TraceId& id, const Read& read) {
    StoredRow stored = need_row(id);
    while (true) {
        if (auto body = read(stored.row.id, stored.file_digest)) return body;
        // Another process may have replaced the trace between the two reads.
        StoredRow again = need_row(id);
        if (again.file_digest == stored.file_digest) break;
        stored = std::move(again);
    }
    const bool there = m_disk->info(m_bodies.path(id)).has_value();
    throw Error(ErrorCode::CorruptTrace,
                m_bodies.path(id) + (there ? " was changed or damaged" : " is missing"));
}

std::string SqliteStore::read_line(const TraceId& id) {
    auto bytes = read_body(
        id, [this](const TraceId& of, const std::string& digest) { return m_bodies.read(of, digest); });
    bytes->pop_back();
    return *std::move(bytes);
}

std::unique_ptr<fs::ReadFile> SqliteStore::open_line(const TraceId& id) {
    return read_body(
        id, [this](const TraceId& of, const std::string& digest) { return m_bodies.open(of, digest); });
}

std::vector<std::string> SqliteStore::orphans() {
    std::set<TraceId> known;
    Statement statement(m_database, "SELECT trace_id FROM traces");
    while (statement.next())
        known.insert(statement.trace_id());
    std::vector<std::string> paths;
    for (const TraceId& id : m_bodies.stored()) {
        if (known.contains(id)) continue;
        const std::string path = m_bodies.path(id);
        if (const auto file = m_disk->info(path); file && file->kind == fs::FileKind::File)
            paths.push_back(path);
    }
    return paths;
}

std::optional<std::uint64_t> SqliteStore::folder_size(const std::string& folder, std::int64_t modified_ns) {
    Statement statement(m_database, "SELECT bytes FROM folder_sizes WHERE folder = ? AND modified_ns = ?");
    statement.bind(folder).bind(modified_ns);
    if (!statement.next()) return std::nullopt;
    return static_cast<std::uint64_t>(read_count(statement));
}

void SqliteStore::note_folder_size(const std::string& folder, std::int64_t modified_ns, std::uint64_t bytes) {
    Statement statement(m_database,
                        "INSERT OR REPLACE INTO folder_sizes (folder, modified_ns, bytes) VALUES (?,?,?)");
    statement.bind(folder).bind(modified_ns).bind(static_cast<std::int64_t>(bytes)).run();
}

std::unique_ptr<fs::Lock> SqliteStore::lock() {
    return m_disk->lock(fs::join(m_folder, k_lock_file));
}

}  // namespace opentraces::store
