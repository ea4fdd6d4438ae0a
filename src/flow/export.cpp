#include "opentraces/flow/export.hpp"

#include <utility>

namespace opentraces::flow {
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
        leave_out({{.source = source, .line = number, .words = std::move(converted.reason)},
                   read.record->trace_id});
        return;
    }
    if (converted.fate == formats::Fate::NothingToSay) {
        ++m_tally.without;
        return;
    }
    ++m_tally.written;
    formats::add_values(*read.record, m_tally.values);
    for (Diagnostic& remark : converted.remarks)
        add_up(m_tally.remarks, std::move(remark));
}

void Export::broken(const std::string& source, std::size_t number, std::string reason) {
    ++m_tally.broken;
    leave_out({{.source = source, .line = number, .words = std::move(reason)}, {}});
}

void Export::leave_out(LeftOut left_out) {
    if (m_tally.left_out.size() < k_most_left_out) m_tally.left_out.push_back(std::move(left_out));
}

}  // namespace opentraces::flow
