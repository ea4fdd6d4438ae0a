#include "formats/readable/transcript_page.hpp"

#include "formats/view/prompt_plan.hpp"

namespace opentraces::formats {

void TranscriptPage::write_run(const Run& run) {
    const auto prompts = shown_prompts(m_record, run);
    auto prompt = prompts.begin();
    for (std::size_t i = 0; i < run.steps.size(); ++i) {
        for (; prompt != prompts.end() && prompt->before_step == i; ++prompt)
            write_prompt(prompt->text);
        write_step(run, run.steps[i]);
    }
    for (std::size_t i = 1; run.is_main() && i < m_prepared.runs.size(); ++i) {
        const Run& loose = m_prepared.runs[i];
        if (loose.parent == 0 && loose.parent_step == k_none) write_if_wanted(loose);
    }
}

void TranscriptPage::write_calls(const PreparedStep& step) {
    for (std::size_t i = 0; i < step.step->tool_calls.size(); ++i) {
        write_call(step, i);
        write_started(step, i);
    }
    for (const Result& result : step.results) {
        if (result.call == k_none) write_stray_result(result.observation);
    }
    write_started(step, k_none);
    if (!step.unresolved_reference.empty()) write_reference(step.unresolved_reference);
}

void TranscriptPage::write_started(const PreparedStep& step, std::size_t call) {
    for (const std::size_t run : step.subagents) {
        if (m_prepared.runs[run].parent_call == call) write_if_wanted(m_prepared.runs[run]);
    }
}

void TranscriptPage::write_if_wanted(const Run& run) {
    if (m_options.subagents) write_subagent(run);
}

}  // namespace opentraces::formats
