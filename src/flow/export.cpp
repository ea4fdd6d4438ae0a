#include "opentraces/flow/export.hpp"

#include <utility>

#include "opentraces/trace/limits.hpp"

namespace opentraces::flow {
namespace {

bool is_cut(const trace::OptText& text) {
    return text && trace::characters_cut(*text);
}

// What the record has lost already is in nothing that is made of it.
void add_cuts(const trace::TraceRecord& record, std::vector<Diagnostic>& remarks) {
    std::uint64_t results = 0;
    std::uint64_t snippets = 0;
    for (const trace::Step& step : record.steps) {
        for (const trace::Observation& observation : step.observations)
            results += is_cut(observation.content) ? 1 : 0;
        for (const trace::Snippet& snippet : step.snippets)
            snippets += is_cut(snippet.text) ? 1 : 0;
    }
    const auto add = [&](const char* field, std::uint64_t count) {
        if (count > 0)
            add_up(remarks, {.field = field, .words = "cut when the session was captured", .count = count});
    };
    add("observations", results);
    add("snippets", snippets);
    add("task", is_cut(record.task.description) ? 1 : 0);
}

}  // namespace

Export::Export(const formats::Exporter& exporter, ExportOutput& output)
    : m_exporter(exporter), m_output(output) {
    m_tally.values.resize(formats::field_groups().size());
}

void Export::line(const std::string& source, std::size_t number, std::string_view text) {
    ReadRecord read = read_record(text);
    if (!read.record) {
        broken(source, number, std::move(read.reason));
        return;
    }
    ++m_tally.records;
    m_tally.unknown_keys += read.unknown_keys;
    formats::Converted converted = m_exporter.write(*read.record, m_output);
    if (converted.fate == formats::Fate::Skipped) {
        ++m_tally.skipped;
        m_tally.failures.add({.source = source, .line = number, .words = std::move(converted.reason)},
                             ErrorCode::CheckFailed, read.record->trace_id);
        return;
    }
    if (converted.fate == formats::Fate::NothingToSay) {
        ++m_tally.without;
        return;
    }
    ++m_tally.written;
    formats::add_values(*read.record, m_tally.values);
    add_cuts(*read.record, m_tally.remarks);
    for (Diagnostic& remark : converted.remarks)
        add_up(m_tally.remarks, std::move(remark));
}

void Export::broken(const std::string& source, std::size_t number, std::string reason) {
    ++m_tally.broken;
    m_tally.failures.add({.source = source, .line = number, .words = std::move(reason)},
                         ErrorCode::CheckFailed);
}

}  // namespace opentraces::flow
