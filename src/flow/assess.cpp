#include "opentraces/flow/assess.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

std::string reason_of(const trace::Problem& problem) {
    return problem.rule + ": " + (problem.at.empty() ? problem.message : problem.at);
}

std::vector<std::string> rules_found(std::string_view line) {
    std::set<std::string> rules;
    for (const security::Finding& finding : security::residual_findings(line))
        rules.insert(finding.rule);
    return {rules.begin(), rules.end()};
}

// Session ids come from the trace: one with a separator must not lead out of the folder.
bool is_file_name(std::string_view name) {
    return !name.empty() && name.front() != '.' && name.find('/') == std::string_view::npos;
}

}  // namespace

Scorer::Scorer(Ports& ports, AssessOptions options)
    : m_ports(ports), m_options(std::move(options)), m_batch(m_options.rubric) {
    m_scoring.rubric = m_options.rubric;
    m_scoring.user_name = ports.environment.get("USER").value_or("");
    m_scoring.find_credentials = [this](const trace::TraceRecord&) { return rules_found(m_line); };
    if (!m_options.judge_model.empty()) m_batch.set_judge(m_options.judge_model);
}

bool Scorer::full() const {
    return m_options.limit > 0 && m_batch.traces() >= m_options.limit;
}

void Scorer::reject(const std::string& source, std::size_t number, std::string reason) {
    m_batch.reject({source, number, std::move(reason)});
}

void Scorer::score_line(const std::string& source, std::size_t number, std::string_view line) {
    const trace::Decoded decoded = trace::decode(line);
    if (trace::is_newer_schema(decoded.schema_version)) {
        reject(source, number, "newer_schema: schema_version");
        return;
    }
    if (!decoded.record) {
        reject(source, number, reason_of(*decoded.problem));
        return;
    }
    m_line = line;
    quality::Assessment assessment = quality::assess(*decoded.record, m_scoring);
    if (m_options.judge) {
        m_options.judge(*decoded.record, assessment);
        quality::update_overall(assessment);
    }
    m_batch.add(*decoded.record, assessment);
    if (!m_options.sessions.empty()) compare_with_session(*decoded.record);
    if (m_options.on_trace) m_options.on_trace(*decoded.record, assessment);
}

void Scorer::score_lines(const std::string& source, json::ByteSource bytes) {
    json::LineReader lines(std::move(bytes));
    json::Line line;
    while (!full() && lines.next(line)) {
        if (line.too_long) {
            reject(source, line.number, "line_too_long: " + std::to_string(line.length) + " bytes");
        } else if (!trim(line.text).empty()) {
            score_line(source, line.number, line.text);
        }
    }
}

void Scorer::compare_with_session(const trace::TraceRecord& record) {
    if (!is_file_name(record.session_id)) return;
    const std::string path = fs::join(m_options.sessions, record.session_id + ".jsonl");
    if (!m_ports.disk.info(path)) return;
    const auto file = m_ports.disk.open(path);
    json::LineReader lines([&](char* buffer, std::size_t size) { return file->read(buffer, size); });
    json::Line line;
    quality::RawSession raw;
    while (lines.next(line))
        raw.add_line(line.text);
    const quality::Preservation preservation = quality::preservation_of(record, raw);
    m_batch.add(preservation);
    if (m_options.on_preservation) m_options.on_preservation(preservation);
}

std::vector<TraceId> stored_traces(store::Store& store, bool inbox) {
    std::vector<TraceId> ids;
    const auto add = [&](store::Stage stage) {
        store::Filter filter;
        filter.stage = stage;
        std::vector<store::TraceRow> rows = store.list(filter);
        for (auto row = rows.rbegin(); row != rows.rend(); ++row)
            ids.push_back(row->id);
    };
    if (inbox) add(store::Stage::Inbox);
    add(store::Stage::Committed);
    return ids;
}

void score_stored(Scorer& scorer, store::Store& store, const std::vector<TraceId>& ids) {
    for (const TraceId& id : ids) {
        if (scorer.full()) return;
        try {
            scorer.score_line(id.str(), 1, store.read_line(id));
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptTrace) throw;
            scorer.reject(id.str(), 1, "corrupt_trace: " + error.message());
        }
    }
}

}  // namespace opentraces::flow
