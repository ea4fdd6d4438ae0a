// The exporter of a transcript for people: one page for each record, sub-agents inside.
#pragma once

#include "formats/readable/readable.hpp"
#include "formats/view/prepared.hpp"
#include "opentraces/formats/format.hpp"

namespace opentraces::formats {

// `Page(sink, prepared, options).write()` writes the whole page.
template <class Page>
class TranscriptExporter final : public Exporter {
public:
    explicit TranscriptExporter(const ExportOptions& options) : m_options(options) {}

    Converted write(const trace::TraceRecord& record, Documents& documents) const override {
        const Prepared prepared = prepare(record);
        Page(documents.begin(file_stem(record.session_id)), prepared, m_options).write();
        documents.end();
        return {Fate::Written, {}, readable_remarks(prepared, m_options.subagents)};
    }

private:
    ExportOptions m_options;
};

}  // namespace opentraces::formats
