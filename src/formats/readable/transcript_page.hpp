// The order in which a transcript for people tells a run and a step, whatever it is written in.
#pragma once

#include <cstddef>
#include <string_view>

#include "formats/view/prepared.hpp"
#include "opentraces/formats/format.hpp"

namespace opentraces::formats {

class TranscriptPage {
public:
    TranscriptPage(const TranscriptPage&) = delete;
    TranscriptPage& operator=(const TranscriptPage&) = delete;

protected:
    TranscriptPage(const Prepared& prepared, const ExportOptions& options)
        : m_prepared(prepared), m_record(*prepared.record), m_options(options) {}
    virtual ~TranscriptPage() = default;

    // Steps with the system prompts where they begin to hold; after the main run, sub-agents that no step
    // started.
    void write_run(const Run& run);
    // Calls with the sub-agents that they started, answers to no call of the step, sub-agents of no call.
    void write_calls(const PreparedStep& step);

    virtual void write_prompt(std::string_view text) = 0;
    virtual void write_step(const Run& run, const PreparedStep& step) = 0;
    virtual void write_call(const PreparedStep& step, std::size_t number) = 0;
    virtual void write_stray_result(const trace::Observation* observation) = 0;
    virtual void write_subagent(const Run& run) = 0;
    // A sub-agent that is another record.
    virtual void write_reference(std::string_view name) = 0;

    const Prepared& m_prepared;
    const trace::TraceRecord& m_record;
    const ExportOptions& m_options;

private:
    void write_started(const PreparedStep& step, std::size_t call);
    void write_if_wanted(const Run& run);
};

}  // namespace opentraces::formats
