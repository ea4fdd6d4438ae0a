#include "opentraces/flow/export.hpp"

#include <utility>

#include "opentraces/enrich/episodes.hpp"
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

// The record of a session does not hold what its patch was made of.
void add_undivided(const char* field, bool lost, std::vector<Diagnostic>& remarks) {
    if (lost)
        add_up(remarks, {.field = field, .words = "of edits in several episodes: no one has it", .count = 1});
}

}  // namespace

Export::Export(const formats::Exporter& exporter, ExportOutput& output, bool in_episodes)
    : m_exporter(exporter), m_output(output) {
    m_tally.values.resize(formats::field_groups().size());
    if (in_episodes) m_tally.episodes = 0;
}

void Export::line(const std::string& source, std::size_t number, std::string_view text) {
    ReadRecord read = read_record(text);
    if (!read.record) {
        broken(source, number, std::move(read.reason));
        return;
    }
    ++m_tally.records;
    m_tally.unknown_keys += read.unknown_keys;
    if (m_tally.episodes) {
        write_episodes(source, number, std::move(*read.record));
    } else {
        write(source, number, *read.record);
    }
}

void Export::write_episodes(const std::string& source, std::size_t number, trace::TraceRecord record) {
    if (enrich::is_episode(record)) {
        ++*m_tally.episodes;
        write(source, number, record);
        return;
    }
    const bool has_patch = record.outcome.patch.has_value();
    const bool has_attribution = record.attribution.has_value();
    bool keeps_patch = false;
    bool keeps_attribution = false;
    for (const trace::TraceRecord& part : enrich::episodes_of(std::move(record))) {
        ++*m_tally.episodes;
        keeps_patch |= part.outcome.patch.has_value();
        keeps_attribution |= part.attribution.has_value();
        if (enrich::says_something(part) || part.steps.empty())
            write(source, number, part);
        else
            ++m_tally.without;
    }
    add_undivided("outcome", has_patch && !keeps_patch, m_tally.remarks);
    add_undivided("attribution", has_attribution && !keeps_attribution, m_tally.remarks);
}

void Export::write(const std::string& source, std::size_t number, const trace::TraceRecord& record) {
    formats::Converted converted = m_exporter.write(record, m_output);
    if (converted.fate == formats::Fate::Skipped) {
        ++m_tally.skipped;
        m_tally.failures.add({.source = source, .line = number, .words = std::move(converted.reason)},
                             ErrorCode::CheckFailed, record.trace_id);
        return;
    }
    if (converted.fate == formats::Fate::NothingToSay) {
        ++m_tally.without;
        return;
    }
    ++m_tally.written;
    formats::add_values(record, m_tally.values);
    add_cuts(record, m_tally.remarks);
    for (Diagnostic& remark : converted.remarks)
        add_up(m_tally.remarks, std::move(remark));
}

void Export::broken(const std::string& source, std::size_t number, std::string reason) {
    ++m_tally.broken;
    m_tally.failures.add({.source = source, .line = number, .words = std::move(reason)},
                         ErrorCode::CheckFailed);
}

}  // namespace opentraces::flow
