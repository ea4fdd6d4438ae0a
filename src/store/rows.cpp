#include "store/rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "opentraces/core/error.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/trace/marks.hpp"
#include "opentraces/trace/title.hpp"
#include "store/names.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_digest_digits = 64;
constexpr std::int64_t k_latest_revision = 1'000'000'000;

TraceId optional_trace_id(Statement& statement) {
    std::string id = statement.text();
    if (!id.empty() && !is_trace_id(id))
        throw_corrupt_store(statement.database().path(), "a trace id is no UUID");
    return TraceId(std::move(id));
}

std::optional<double> read_cost(Statement& statement) {
    const std::optional<double> cost = statement.real();
    if (cost && !std::isfinite(*cost))
        throw_corrupt_store(statement.database().path(), "a number is out of its range");
    return cost;
}

std::optional<CacheTokens> read_cache(Statement& statement) {
    const std::optional<std::int64_t> read = statement.optional_integer();
    const std::optional<std::int64_t> written = statement.optional_integer();
    if (read.value_or(0) < 0 || written.value_or(0) < 0)
        throw_corrupt_store(statement.database().path(), "a number is out of its range");
    if (!read || !written) return std::nullopt;
    return CacheTokens{*read, *written};
}

// The session's own time, for sorting; 0 when it has none.
std::int64_t happened_at(const TraceRow& row) {
    for (const std::string* const text : {&row.ended_at, &row.started_at}) {
        if (const auto at = parse_iso8601(*text)) return to_milliseconds(*at);
    }
    return 0;
}

void bind_changeable(Statement& statement, const StoredRow& stored) {
    const TraceRow& row = stored.row;
    statement.bind(row.supersedes.str());
    statement.bind(row.model).bind(name_of(row.stage)).bind(row.task).bind(row.steps).bind(row.tool_calls);
    statement.bind(row.input_tokens).bind(row.output_tokens).bind(row.cost_usd);
    statement.bind(row.started_at).bind(row.ended_at).bind(row.findings).bind(row.redactions);
    statement.bind(std::int64_t{row.needs_review}).bind(row.content_hash.str());
    statement.bind(stored.source_digest).bind(stored.file_digest).bind(row.bytes).bind(row.source_path);
    statement.bind(to_milliseconds(row.captured_at)).bind(to_milliseconds(row.stage_changed_at));
    statement.bind(row.last_error);
    const auto counted = [&](std::int64_t CacheTokens::*part) {
        return row.cache ? std::optional(*row.cache.*part) : std::nullopt;
    };
    statement.bind(counted(&CacheTokens::read)).bind(counted(&CacheTokens::written));
    for (const std::optional<bool>& mark : {row.cost_is_lower_bound, row.usage_is_unknown})
        statement.bind(mark ? std::optional(std::int64_t{*mark}) : std::nullopt);
    statement.bind(happened_at(row));
}

}  // namespace

namespace {

const std::string k_stored_columns =
    " trace_id, session_id, agent, revision, supersedes, model, stage, task, steps, tool_calls, input_tokens,"
    " output_tokens, cost_usd, started_at, ended_at, findings, redactions, needs_review, content_hash,"
    " source_digest, file_digest, bytes, source_path, captured_at, stage_changed_at, last_error,"
    " cache_read_tokens, cache_write_tokens, cost_is_lower_bound, usage_is_unknown";

}  // namespace

const std::string k_is_reviewed =
    "EXISTS (SELECT 1 FROM reviewed_texts r"
    " WHERE r.trace_id = traces.trace_id AND r.source_digest = traces.source_digest)";
const std::string k_row_columns = k_stored_columns + ", " + k_is_reviewed + " ";

StoredRow read_row(Statement& statement) {
    StoredRow stored;
    TraceRow& row = stored.row;
    row.id = statement.trace_id();
    row.session_id = statement.text();
    row.agent = statement.text();
    row.revision = static_cast<int>(statement.number(0, k_latest_revision));
    row.supersedes = optional_trace_id(statement);
    row.model = statement.text();
    row.stage = read_stage(statement);
    row.task = statement.text();
    row.steps = read_count(statement);
    row.tool_calls = read_count(statement);
    row.input_tokens = read_count(statement);
    row.output_tokens = read_count(statement);
    row.cost_usd = read_cost(statement);
    row.started_at = statement.text();
    row.ended_at = statement.text();
    row.findings = read_count(statement);
    row.redactions = read_count(statement);
    row.needs_review = statement.integer() != 0;
    row.content_hash = ContentHash(statement.hex(k_digest_digits));
    stored.source_digest = statement.hex(k_digest_digits);
    stored.file_digest = statement.hex(k_digest_digits);
    row.bytes = read_count(statement);
    row.source_path = statement.text();
    row.captured_at = read_time(statement);
    row.stage_changed_at = read_time(statement);
    row.last_error = statement.text();
    row.cache = read_cache(statement);
    for (std::optional<bool>* mark : {&row.cost_is_lower_bound, &row.usage_is_unknown})
        if (const auto marked = statement.optional_integer()) *mark = *marked != 0;
    row.reviewed = statement.integer() != 0;
    row.needs_review = row.needs_review && !row.reviewed;
    return stored;
}

void insert_row(Database& database, const StoredRow& stored) {
    const TraceRow& row = stored.row;
    Statement statement(
        database,
        "INSERT INTO traces (" + k_stored_columns +
            ", happened_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    statement.bind(row.id.str()).bind(row.session_id).bind(row.agent).bind(std::int64_t{row.revision});
    bind_changeable(statement, stored);
    statement.run();
}

void update_row(Database& database, const StoredRow& stored) {
    Statement statement(
        database,
        "UPDATE traces SET supersedes=?, model=?, stage=?, task=?, steps=?, tool_calls=?, input_tokens=?,"
        " output_tokens=?, cost_usd=?, started_at=?, ended_at=?, findings=?, redactions=?, needs_review=?, "
        "content_hash=?,"
        " source_digest=?, file_digest=?, bytes=?, source_path=?, captured_at=?, stage_changed_at=?,"
        " last_error=?, cache_read_tokens=?, cache_write_tokens=?, cost_is_lower_bound=?, "
        "usage_is_unknown=?, happened_at=? "
        "WHERE trace_id=?");
    bind_changeable(statement, stored);
    statement.bind(stored.row.id.str()).run();
}

std::optional<StoredRow> row_of(Database& database, const TraceId& id) {
    Statement statement(database, "SELECT" + k_row_columns + "FROM traces WHERE trace_id = ?");
    statement.bind(id.str());
    if (!statement.next()) return std::nullopt;
    return read_row(statement);
}

std::optional<StoredRow> latest_of(Database& database, std::string_view agent, std::string_view session_id) {
    Statement statement(database, "SELECT" + k_row_columns +
                                      "FROM traces WHERE agent = ? AND session_id = ? "
                                      "ORDER BY revision DESC LIMIT 1");
    statement.bind(agent).bind(session_id);
    if (!statement.next()) return std::nullopt;
    return read_row(statement);
}

std::vector<StoredRow> revisions_of(Database& database, std::string_view agent, std::string_view session_id) {
    Statement statement(database, "SELECT" + k_row_columns +
                                      "FROM traces WHERE agent = ? AND session_id = ? ORDER BY revision");
    statement.bind(agent).bind(session_id);
    std::vector<StoredRow> rows;
    while (statement.next())
        rows.push_back(read_row(statement));
    return rows;
}

std::vector<StoredRow> revisions_named(Database& database, const std::string& agent,
                                       const std::string& session_id, const std::string& beginning) {
    // ':' comes behind the digits.
    Statement statement(database, "SELECT" + k_row_columns +
                                      "FROM traces WHERE agent = ? AND (session_id = ? OR"
                                      " (session_id >= ? AND session_id < ?)) ORDER BY session_id, revision");
    statement.bind(agent).bind(session_id).bind(beginning).bind(beginning + ":");
    std::vector<StoredRow> rows;
    while (statement.next())
        rows.push_back(read_row(statement));
    return rows;
}

Stage read_stage(Statement& statement) {
    const std::optional<Stage> stage = parse_stage(statement.text());
    if (!stage) throw_corrupt_store(statement.database().path(), "unknown stage");
    return *stage;
}

std::int64_t read_count(Statement& statement) {
    return statement.number(0, std::numeric_limits<std::int64_t>::max());
}

TimePoint read_time(Statement& statement) {
    // The years 1 to 9999, which are those that have a text.
    constexpr std::int64_t k_first = -62'135'596'800'000;
    constexpr std::int64_t k_last = 253'402'300'799'999;
    return TimePoint(std::chrono::milliseconds(statement.number(k_first, k_last)));
}

TraceRow summarise(const security::ScrubbedTrace& trace) {
    const trace::TraceRecord& record = trace.record();
    TraceRow row;
    row.session_id = record.session_id;
    row.agent = record.agent.name;
    row.model = record.agent.model.value_or("");
    row.task = trace::title_of(record.task.description.value_or(""));
    row.steps = static_cast<std::int64_t>(record.steps.size());
    for (const trace::Step& step : record.steps) {
        row.tool_calls += static_cast<std::int64_t>(step.tool_calls.size());
    }
    row.input_tokens = record.metrics.total_input_tokens.value();
    row.output_tokens = record.metrics.total_output_tokens.value();
    const LateCounts counts = late_counts_of(record);
    row.cache = counts.cache;
    row.cost_is_lower_bound = counts.cost_is_lower_bound;
    row.usage_is_unknown = counts.usage_is_unknown;
    row.cost_usd = record.metrics.estimated_cost_usd;
    row.started_at = record.timestamp_start.value_or("");
    row.ended_at = record.timestamp_end.value_or("");
    row.findings = static_cast<std::int64_t>(trace.findings().size());
    row.redactions = static_cast<std::int64_t>(trace.redactions());
    row.needs_review = trace.needs_review();
    return row;
}

CacheTokens cache_tokens_of(const trace::TraceRecord& record) {
    CacheTokens tokens;
    for (const trace::Step& step : record.steps) {
        tokens.read = add_clamped(tokens.read, step.token_usage.cache_read_tokens.value());
        tokens.written = add_clamped(tokens.written, step.token_usage.cache_write_tokens.value());
    }
    const trace::Marks marks = trace::marks_of(record.metadata);
    return {std::max(tokens.read, marks.session_cache_read),
            std::max(tokens.written, marks.session_cache_written)};
}

LateCounts late_counts_of(const trace::TraceRecord& record) {
    const trace::Marks marks = trace::marks_of(record.metadata);
    const CacheTokens cache = cache_tokens_of(record);
    const trace::Metrics& metrics = record.metrics;
    const bool unknown = trace::knows_no_usage(
        marks,
        {metrics.total_input_tokens.value(), metrics.total_output_tokens.value(), cache.read, cache.written});
    return {cache, marks.cost_is_lower_bound, unknown};
}

std::int64_t to_milliseconds(TimePoint at) {
    return at.time_since_epoch().count();
}

}  // namespace opentraces::store
