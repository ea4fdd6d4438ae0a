// A transcript in Markdown, as GitHub and editors show it.
#include <algorithm>
#include <memory>

#include "formats/exporters.hpp"
#include "formats/readable/mappings.hpp"
#include "formats/readable/markdown_out.hpp"
#include "formats/readable/readable.hpp"
#include "formats/readable/transcript_exporter.hpp"
#include "formats/readable/transcript_page.hpp"

namespace opentraces::formats {
namespace {

class MarkdownPage final : public TranscriptPage {
public:
    MarkdownPage(json::Sink& sink, const Prepared& prepared, const ExportOptions& options)
        : TranscriptPage(prepared, options), m_out(sink) {}

    void write() {
        m_out.raw("# ").inline_text(readable_title(m_record)).raw("\n\n| | |\n|---|---|\n");
        for (const Fact& fact : readable_facts(m_prepared))
            m_out.raw("| ").raw(fact.label).raw(" | ").inline_text(fact.value).raw(" |\n");
        m_out.raw("\n");
        write_run(m_prepared.runs.front());
        write_rest();
        m_out.raw("---\n\nWritten by opentraces ").inline_text(m_options.program_version);
        m_out.raw(". Times are UTC.\n");
        m_out.finish();
    }

private:
    // The blank lines around make what is inside Markdown again.
    void begin_fold(std::string_view title) {
        m_out.raw("<details><summary>").raw(title).raw("</summary>\n\n");
    }
    void end_fold() { m_out.raw("</details>\n\n"); }

    void write_step(const Run& run, const PreparedStep& step) override {
        m_out.raw(std::string(std::min<std::size_t>(2 + run.depth, 6), '#')).raw(" ");
        m_out.raw(readable_role(step)).raw(" · step ").raw(step.step->step_index.text()).raw("\n\n");
        write_step_facts(step);
        if (step.step->reasoning_content) {
            begin_fold("Reasoning");
            m_out.prose(*step.step->reasoning_content);
            end_fold();
        }
        if (step.step->content && !step.step->content->empty()) m_out.prose(*step.step->content);
        write_calls(step);
    }

    void write_step_facts(const PreparedStep& step) {
        const trace::TokenUsage& usage = step.step->token_usage;
        bool first = true;
        const auto next = [&] {
            m_out.raw(first ? "<sub>" : " · ");
            first = false;
        };
        if (step.time) {
            next();
            m_out.raw(clock_text(*step.time));
        }
        if (step.step->model) {
            next();
            m_out.inline_text(*step.step->model);
        }
        if (has_usage(usage)) {
            next();
            m_out.raw(std::to_string(m_prepared.prompt_total(usage))).raw(" tokens in (");
            m_out.raw(usage.cache_read_tokens.text())
                .raw(" from cache, ")
                .raw(usage.cache_write_tokens.text());
            m_out.raw(" to cache), ").raw(usage.output_tokens.text()).raw(" out");
        }
        if (!first) m_out.raw("</sub>\n\n");
    }

    void write_prompt(std::string_view text) override {
        begin_fold("System prompt");
        m_out.prose(text);
        end_fold();
    }

    void write_stray_result(const trace::Observation* observation) override {
        m_out.raw("<details><summary>Result of no call of this step");
        write_error_mark(observation);
        m_out.raw("</summary>\n\n");
        write_result(observation);
        end_fold();
    }

    void write_reference(std::string_view name) override {
        m_out.raw("Sub-agent in another record: ").inline_text(name).raw("\n\n");
    }

    void write_call(const PreparedStep& step, std::size_t number) override {
        const trace::ToolCall& call = step.step->tool_calls[number];
        m_out.raw("<details><summary><b>").html(call.tool_name).raw("</b>");
        const std::string headline = readable_headline(call);
        if (!headline.empty()) m_out.raw(" <code>").html(headline).raw("</code>");
        write_error_mark(step.answer_of(number));
        m_out.raw("</summary>\n\n");
        for (const CallPart& part : readable_parts(call))
            write_part(part);
        if (call.duration_ms) m_out.raw("Took ").raw(call.duration_ms->text()).raw(" ms\n\n");
        for (const Result& result : step.results) {
            if (result.call == number) write_result(result.observation);
        }
        end_fold();
    }

    void write_error_mark(const trace::Observation* observation) {
        if (observation != nullptr && !observation->error) return;
        m_out.raw(" ⚠ ").html(error_of(observation));
    }

    void write_part(const CallPart& part) {
        if (!part.label.empty()) m_out.inline_text(part.label).raw(":\n\n");
        switch (part.kind) {
            case CallPart::Kind::Change:
                m_out.diff(change_lines(part.before, part.after));
                break;
            case CallPart::Kind::Patch:
                m_out.fence("diff", part.text);
                break;
            case CallPart::Kind::Json:
                m_out.fence("json", part.json);
                break;
            case CallPart::Kind::Text:
            case CallPart::Kind::Code:
                m_out.fence("", part.text);
                break;
        }
    }

    void write_result(const trace::Observation* observation) {
        m_out.raw("Result:\n\n");
        const std::string text = joined(observation_text_beside_error(observation));
        m_out.fence(is_patch(text) ? "diff" : "", text);
    }

    void write_subagent(const Run& run) override {
        m_out.raw("<details><summary>").html(readable_run(run)).raw("</summary>\n\n");
        write_run(run);
        end_fold();
    }

    void write_rest() {
        write_patch("Patch of the session", m_record.outcome.patch);
        write_patch("Changes before the session", m_record.environment.vcs.diff);
        begin_fold("Everything else of the record");
        m_out.fence("json", readable_rest(m_record));
        end_fold();
    }

    void write_patch(std::string_view title, const trace::OptText& patch) {
        if (!patch || patch->empty()) return;
        begin_fold(title);
        m_out.fence("diff", *patch);
        end_fold();
    }

    MarkdownOut m_out;
};

}  // namespace

constexpr Mappings k_markdown_mappings = k_readable_mappings;

std::unique_ptr<Exporter> open_markdown(const ExportOptions& options) {
    return std::make_unique<TranscriptExporter<MarkdownPage>>(options);
}

}  // namespace opentraces::formats
