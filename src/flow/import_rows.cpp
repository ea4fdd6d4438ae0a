#include "flow/import_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "flow/decided_texts.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_key_digits = 16;
constexpr std::size_t k_mark_digits = 8;

std::uint64_t short_digest(std::string_view hex_digits) {
    return std::stoull(std::string(hex_digits.substr(0, 16)), nullptr, 16);
}

bool has_usage(const trace::TokenUsage& usage) {
    return usage.input_tokens.value() != 0 || usage.output_tokens.value() != 0 ||
           usage.cache_read_tokens.value() != 0 || usage.cache_write_tokens.value() != 0;
}

enrich::Evidence evidence_of(const trace::TraceRecord& record) {
    enrich::Evidence evidence;
    evidence.actual_cost_usd = record.metrics.estimated_cost_usd;
    evidence.reported_duration_s = record.metrics.total_duration_s;
    for (const trace::Step& step : record.steps) {
        if (!has_usage(step.token_usage)) continue;
        const std::string model = step.model.value_or(record.agent.model.value_or(""));
        auto known = std::find_if(evidence.usage.begin(), evidence.usage.end(),
                                  [&](const enrich::ModelUsage& usage) { return usage.model == model; });
        if (known == evidence.usage.end()) {
            evidence.usage.emplace_back().model = model;
            known = evidence.usage.end() - 1;
        }
        ++known->replies;
        known->input_tokens = add_clamped(known->input_tokens, step.token_usage.input_tokens.value());
        known->output_tokens = add_clamped(known->output_tokens, step.token_usage.output_tokens.value());
        known->cache_read_tokens =
            add_clamped(known->cache_read_tokens, step.token_usage.cache_read_tokens.value());
        known->cache_write_tokens =
            add_clamped(known->cache_write_tokens, step.token_usage.cache_write_tokens.value());
    }
    return evidence;
}

// How it ended and whether it succeeded is what the row says: rows may be cut.
void keep_outcome(const trace::Outcome& given, trace::TraceRecord& record) {
    record.outcome.success = given.success;
    record.outcome.signal_source = given.signal_source;
    record.outcome.signal_confidence = given.signal_confidence;
    record.outcome.terminal_state = given.terminal_state;
    record.metadata.erase("opentraces_terminal_state");
}

// What follows from the steps; totals that the row itself gave stay.
void derive(trace::TraceRecord& record, const OwnPricesPtr& prices) {
    const trace::Metrics given = record.metrics;
    const trace::Outcome outcome = record.outcome;
    const bool has_totals = given.total_input_tokens.value() != 0 || given.total_output_tokens.value() != 0;
    enrich::Evidence evidence = evidence_of(record);
    if (prices != nullptr) evidence.prices = &prices->table;
    enrich::complete(record, evidence);
    keep_outcome(outcome, record);
    if (!has_totals) return;
    record.metrics.total_input_tokens = given.total_input_tokens;
    record.metrics.total_output_tokens = given.total_output_tokens;
    record.metrics.estimated_cost_usd = given.estimated_cost_usd;
}

std::size_t line_of(const json::RowText& found, std::size_t offset) {
    const std::string_view before = found.text.substr(0, offset);
    return found.line + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

bool is_withdrawn(const json::Value& row, const shard::Withdrawals& withdrawn) {
    const std::string id(row["trace_id"].string_or());
    const std::string hash = to_lower_ascii(row["content_hash"].string_or());
    return (!id.empty() && withdrawn.holds(shard::trace_key(id))) || withdrawn.holds(ContentHash(hash));
}

bool stops_everything(const Error& error) {
    return error.code() != ErrorCode::SecretsFound;
}

}  // namespace

RowImport::RowImport(store::Store* store, const ImportOptions& options, Progress& progress, Kinds kinds)
    : m_store(store),
      m_options(options),
      m_progress(progress),
      m_kinds(kinds),
      m_importer(options.importer) {}

bool RowImport::full() const {
    return m_options.limit > 0 && m_result.parsed >= m_options.limit;
}

void RowImport::read(const RowSource& file, json::ByteSource source) {
    ++m_result.files;
    m_counted = false;
    if (m_kinds == Kinds::Many) m_importer = m_options.importer;
    json::RowReader rows(std::move(source), file.lines);
    json::RowText found;
    for (std::uint64_t number = 0; !full() && rows.next(found); ++number) {
        m_progress.working("importing rows", number, 0);
        if (!add(file, found, number)) return;
    }
}

const formats::Importer& RowImport::importer_of(const json::Value& row) const {
    const formats::Importer* chosen = nullptr;
    std::string names;
    for (const formats::Importer& importer : formats::importers()) {
        if (!importer.recognises(row)) continue;
        names += (names.empty() ? "" : ", ") + std::string(importer.name);
        chosen = &importer;
    }
    if (chosen != nullptr && names == chosen->name) return *chosen;
    throw Error(ErrorCode::UnknownFormat,
                names.empty() ? "no parser recognises the first row"
                              : "several parsers could read the first row: " + names,
                "Name one with --parser: " + formats::importer_names() + ".");
}

bool RowImport::choose(const json::Value& row, const RowSource& file, std::size_t line) {
    if (m_importer == nullptr) {
        try {
            m_importer = &importer_of(row);
        } catch (const Error& error) {
            if (m_kinds == Kinds::One)
                throw Error(error.code(), file.name + ": " + error.message(), error.hint());
            m_result.failed.add({.source = file.name,
                                 .line = line,
                                 .words = error.message() + "; import it alone with --parser"},
                                error.code());
            return false;
        }
        m_result.detected = true;
        m_progress.note(fmt::format("{}: read by the parser {}", file.name, m_importer->name));
    }
    if (!m_counted) ++m_result.parsers[std::string(m_importer->name)];
    m_counted = true;
    return true;
}

bool RowImport::add(const RowSource& file, const json::RowText& found, std::uint64_t number) {
    ++m_result.rows;
    if (found.too_long) {
        m_result.failed.add({.source = file.name,
                             .line = found.line,
                             .words = fmt::format("too long: {} bytes", found.length)});
        return true;
    }
    json::Value row;
    try {
        row = json::parse(found.text);
    } catch (const json::SyntaxError& error) {
        m_result.failed.add({.source = file.name,
                             .line = line_of(found, error.offset()),
                             .words = std::string("not valid JSON: ") + error.what()});
        return true;
    }
    if (!choose(row, file, found.line)) return false;
    if (!m_withdrawn.empty() && is_withdrawn(row, m_withdrawn)) {
        ++m_result.skipped;
        ++m_result.skipped_reasons["withdrawn from the dataset"];
        return true;
    }
    formats::RowOrigin origin = file.origin;
    origin.key =
        file.keyed_by_content ? sha256_hex(found.text).substr(0, k_key_digits) : std::to_string(number);
    place(m_importer->read(std::move(row), origin), file, found.line);
    return true;
}

void RowImport::place(formats::ImportedRow row, const RowSource& file, std::size_t line) {
    if (row.verdict == formats::RowVerdict::Refused)
        return m_result.failed.add({.source = file.name, .line = line, .words = row.reason}, row.code);
    if (row.verdict == formats::RowVerdict::Skipped) {
        ++m_result.skipped;
        ++m_result.skipped_reasons[row.reason];
        return;
    }
    for (const Diagnostic& remark : row.remarks)
        m_result.remarks[remark.field + ": " + remark.words] += static_cast<std::int64_t>(remark.count);
    trace::TraceRecord record = std::move(*row.record);
    std::string source_path = file.source_path;
    if (!tell_apart(record, row.whole, source_path)) return;
    if (!row.whole) derive(record, m_options.prices);
    try {
        stage(m_store == nullptr ? security::scrub(std::move(record), m_options.scrub)
                                 : scrub_decided(*m_store, std::move(record), m_options.scrub),
              source_path);
    } catch (const Error& error) {
        if (stops_everything(error)) throw;
        m_result.failed.add(file.name, error, line);
    }
}

// Rows of one import that name the same session are different traces in formats whose ids are not those of
// sessions, and states of one trace in ours: there the store knows which goes further. False: said already.
bool RowImport::tell_apart(trace::TraceRecord& record, bool whole, std::string& source_path) {
    const std::string content = trace::content_hash(record).str();
    if (!m_seen.insert(short_digest(content)).second) {
        ++m_result.repeated;
        return false;
    }
    const std::uint64_t session = short_digest(sha256_hex(record.agent.name + '\n' + record.session_id));
    const std::uint64_t before = m_sessions[session]++;
    if (before == 0) return true;
    if (whole)
        source_path += fmt::format("#{}", before + 1);
    else
        record.session_id += "~" + content.substr(0, k_mark_digits);
    return true;
}

void RowImport::stage(security::ScrubbedTrace trace, const std::string& source_path) {
    ++m_result.parsed;
    m_result.redactions += static_cast<std::int64_t>(trace.redactions());
    m_result.needs_review += trace.needs_review() ? 1 : 0;
    if (m_options.dry_run) return;
    const std::string content = trace::content_hash(trace.record()).str();
    const store::Staged staged = m_store->stage(std::move(trace), source_path);
    if (staged.outcome == store::StageOutcome::Unchanged) {
        ++m_result.unchanged;
        const store::TraceRow stored = m_store->find(staged.id.str());
        if (stored.revision == 0 && stored.content_hash.str() != content) ++m_result.older;
        return;
    }
    ++(staged.outcome == store::StageOutcome::Captured ? m_result.captured : m_result.updated);
    m_result.traces.push_back(staged.id);
}

}  // namespace opentraces::flow
