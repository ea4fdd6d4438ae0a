#include "opentraces/flow/assess.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_largest_partial = std::size_t{64} << 20;

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

void Scorer::broken(const std::string& source, std::size_t number, std::string reason) {
    m_batch.add_broken({.source = source, .line = number, .words = std::move(reason)});
}

void Scorer::line(const std::string& source, std::size_t number, std::string_view text) {
    ReadRecord read = read_record(text);
    if (!read.record) {
        broken(source, number, std::move(read.reason));
        return;
    }
    const trace::TraceRecord& record = *read.record;
    m_line = text;
    quality::Assessment assessment = quality::assess(record, m_scoring);
    if (m_options.judge) {
        m_options.judge(record, assessment);
        quality::update_overall(assessment);
    }
    m_batch.add(record, assessment);
    if (!m_options.sessions.empty()) compare_with_session(record);
    if (m_options.on_trace) m_options.on_trace(record, assessment);
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

quality::Batch merge_partials(const std::vector<std::string>& paths, Ports& ports) {
    std::optional<quality::Batch> merged;
    for (const std::string& path : paths) {
        const std::string absolute = fs::absolute(path, ports.environment, ports.disk);
        if (!ports.disk.info(absolute)) throw Error(ErrorCode::NotFound, "no such file: " + path);
        json::Value value;
        try {
            value = json::read_document(ports.disk.read_all(absolute, k_largest_partial));
        } catch (const json::SyntaxError& error) {
            throw Error(ErrorCode::CorruptDataset, path + ": " + error.what());
        }
        const quality::Batch batch = quality::Batch::from_object(value, path);
        if (merged)
            merged->merge(batch);
        else
            merged = batch;
    }
    return merged ? *merged : quality::Batch(quality::Rubric::Compatible);
}

}  // namespace opentraces::flow
