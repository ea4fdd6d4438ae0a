// A transcript as one HTML page that needs nothing else: no network, no script to be read, no trust in its
// text.
#include <algorithm>
#include <memory>

#include "formats/exporters.hpp"
#include "formats/readable/html_out.hpp"
#include "formats/readable/html_page.hpp"
#include "formats/readable/mappings.hpp"
#include "formats/readable/prose.hpp"
#include "formats/readable/readable.hpp"
#include "formats/readable/transcript_exporter.hpp"
#include "formats/readable/transcript_page.hpp"
#include "opentraces/core/digest.hpp"

namespace opentraces::formats {
namespace {

constexpr std::size_t k_shown_prompt = 100;

std::string digest_of(std::string_view text) {
    Sha256 sha;
    sha.update(text);
    const auto digest = sha.finish();
    return "sha256-" + base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// Nothing may be loaded or run but this page's own style and script.
const std::string& policy() {
    static const std::string k_policy = "default-src 'none'; style-src '" + digest_of(k_html_style) +
                                        "'; script-src '" + digest_of(k_html_script) +
                                        "'; base-uri 'none'; form-action 'none'";
    return k_policy;
}

void write_pre(HtmlOut& out, std::string_view text) {
    // A line end right after the tag would not count.
    out.tag("<pre>\n").text(text).tag("</pre>\n");
}

void write_diff(HtmlOut& out, const std::vector<DiffLine>& lines) {
    out.tag("<pre class=\"diff\">");
    for (const auto& [sign, line] : lines) {
        if (sign == '@') {
            out.tag("<span class=\"at\">").text(line).tag("</span>");
            continue;
        }
        out.tag(sign == '+'   ? "<span class=\"plus\">+ "
                : sign == '-' ? "<span class=\"minus\">- "
                              : "<span>  ");
        out.text(line).tag("</span>");
    }
    out.tag("</pre>\n");
}

// Text that may be a diff.
void write_output(HtmlOut& out, std::string_view text) {
    if (is_patch(text))
        write_diff(out, patch_lines(text));
    else
        write_pre(out, text);
}

class HtmlPage final : public TranscriptPage {
public:
    HtmlPage(json::Sink& sink, const Prepared& prepared, const ExportOptions& options)
        : TranscriptPage(prepared, options), m_out(sink) {}

    void write() {
        write_head();
        m_out.tag(
            "<body>\n<a class=\"skip\" href=\"#transcript\">Skip to the transcript</a>\n<header>\n<h1>");
        m_out.text(readable_title(m_record)).tag("</h1>\n");
        write_facts();
        m_out.tag("</header>\n");
        write_contents();
        write_tools();
        m_out.tag("<main id=\"transcript\" tabindex=\"-1\" aria-label=\"Transcript\">\n");
        write_run(m_prepared.runs.front());
        m_out.tag("</main>\n");
        write_rest();
        m_out.tag("<footer><p>Written by opentraces ").text(m_options.program_version);
        m_out.tag(". Times are UTC.</p></footer>\n<script>")
            .tag(k_html_script)
            .tag("</script>\n</body>\n</html>\n");
        m_out.finish();
    }

private:
    void write_head() {
        m_out.tag("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        m_out.tag("<meta http-equiv=\"Content-Security-Policy\" content=\"").text(policy()).tag("\">\n");
        m_out.tag("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        m_out.tag("<meta name=\"referrer\" content=\"no-referrer\">\n<title>").text(readable_title(m_record));
        m_out.tag("</title>\n<style>").tag(k_html_style).tag("</style>\n</head>\n");
    }

    void write_facts() {
        m_out.tag("<dl class=\"facts\">\n");
        for (const Fact& fact : readable_facts(m_prepared))
            m_out.tag("<dt>").tag(fact.label).tag("</dt><dd>").text(fact.value).tag("</dd>\n");
        m_out.tag("</dl>\n");
    }

    // The user's turns, to jump to.
    void write_contents() {
        std::vector<const PreparedStep*> turns;
        for (const PreparedStep& step : m_prepared.runs.front().steps) {
            if (step.step->role == trace::Role::User && step.step->content) turns.push_back(&step);
        }
        if (turns.size() < 2) return;
        m_out.tag("<nav aria-label=\"Turns of the user\"><details><summary>Turns of the user (");
        m_out.number(turns.size()).tag(")</summary><div class=\"fold\"><ol>\n");
        for (const PreparedStep* step : turns) {
            m_out.tag("<li><a href=\"#s").number(step->position + 1).tag("\">");
            m_out.text(readable_line(*step->step->content, k_shown_prompt)).tag("</a></li>\n");
        }
        m_out.tag("</ol></div></details></nav>\n");
    }

    void write_tools() {
        m_out.tag(
            "<div class=\"tools\" hidden><button type=\"button\" value=\"open\">Open all</button>"
            "<button type=\"button\" value=\"close\">Close all</button>"
            "<span><kbd>j</kbd> <kbd>k</kbd> next and previous step, <kbd>o</kbd> open or close its "
            "parts</span>"
            "</div>\n");
    }

    void begin_fold(std::string_view title) {
        m_out.tag("<details><summary>").tag(title).tag("</summary><div class=\"fold text\">\n");
    }
    void end_fold() { m_out.tag("</div></details>\n"); }

    void write_step(const Run& run, const PreparedStep& step) override {
        const std::string_view kind = step.is_warmup()                       ? "warmup"
                                      : step.is_agent()                      ? "agent"
                                      : step.step->role == trace::Role::User ? "user"
                                                                             : "system";
        m_out.tag("<article class=\"step ").tag(kind).tag("\" id=\"s").number(step.position + 1);
        m_out.tag("\" tabindex=\"-1\" aria-labelledby=\"h").number(step.position + 1).tag("\">\n");
        write_step_header(run, step);
        if (step.step->reasoning_content) {
            begin_fold("Reasoning");
            write_prose(m_out, *step.step->reasoning_content);
            end_fold();
        }
        if (step.step->content && !step.step->content->empty()) {
            m_out.tag("<div class=\"text\">\n");
            write_prose(m_out, *step.step->content);
            m_out.tag("</div>\n");
        }
        write_calls(step);
        m_out.tag("</article>\n");
    }

    void write_step_header(const Run& run, const PreparedStep& step) {
        const std::size_t level = std::min<std::size_t>(2 + run.depth, 6);
        m_out.tag("<header><h").number(level).tag(" id=\"h").number(step.position + 1).tag("\">");
        m_out.tag(readable_role(step))
            .tag("</h")
            .number(level)
            .tag("><a href=\"#s")
            .number(step.position + 1);
        m_out.tag("\">step ").tag(step.step->step_index.text()).tag("</a>");
        if (step.time) {
            m_out.tag("<time datetime=\"").tag(instant_text(*step.time)).tag("\">");
            m_out.tag(clock_text(*step.time)).tag("</time>");
        }
        if (step.step->model) m_out.tag("<span>").text(*step.step->model).tag("</span>");
        const trace::TokenUsage& usage = step.step->token_usage;
        if (has_usage(usage)) {
            m_out.tag("<span>").tag(std::to_string(m_prepared.prompt_total(usage))).tag(" tokens in (");
            m_out.tag(usage.cache_read_tokens.text())
                .tag(" from cache, ")
                .tag(usage.cache_write_tokens.text());
            m_out.tag(" to cache), ").tag(usage.output_tokens.text()).tag(" out</span>");
        }
        m_out.tag("</header>\n");
    }

    void write_prompt(std::string_view text) override {
        begin_fold("System prompt");
        write_prose(m_out, text);
        end_fold();
    }

    void write_stray_result(const trace::Observation* observation) override {
        m_out.tag("<details><summary>Result of no call of this step");
        write_error_mark(observation);
        m_out.tag("</summary><div class=\"fold\">\n");
        write_result(observation);
        end_fold();
    }

    void write_reference(std::string_view name) override {
        m_out.tag("<p class=\"label\">Sub-agent in another record: ").text(name).tag("</p>\n");
    }

    void write_call(const PreparedStep& step, std::size_t number) override {
        const trace::ToolCall& call = step.step->tool_calls[number];
        m_out.tag("<details class=\"call\"><summary><b>").text(call.tool_name).tag("</b> <code>");
        m_out.text(readable_headline(call)).tag("</code>");
        const trace::Observation* answer = step.answer_of(number);
        write_error_mark(answer);
        m_out.tag("</summary><div class=\"fold\">\n");
        for (const CallPart& part : readable_parts(call))
            write_part(part);
        if (call.duration_ms)
            m_out.tag("<p class=\"label\">Took ").tag(call.duration_ms->text()).tag(" ms</p>\n");
        for (const Result& result : step.results) {
            if (result.call == number) write_result(result.observation);
        }
        end_fold();
    }

    void write_error_mark(const trace::Observation* observation) {
        const std::string_view error = error_of(observation);
        if (observation == nullptr || observation->error)
            m_out.tag("<span class=\"error\">")
                .text(error == "no_result" ? "no result" : error)
                .tag("</span>");
    }

    void write_part(const CallPart& part) {
        if (!part.label.empty()) m_out.tag("<p class=\"label\">").text(part.label).tag("</p>\n");
        switch (part.kind) {
            case CallPart::Kind::Change:
                write_diff(m_out, change_lines(part.before, part.after));
                break;
            case CallPart::Kind::Patch:
                write_diff(m_out, patch_lines(part.text));
                break;
            case CallPart::Kind::Json:
                write_pre(m_out, part.json);
                break;
            case CallPart::Kind::Text:
            case CallPart::Kind::Code:
                write_pre(m_out, part.text);
                break;
        }
    }

    void write_result(const trace::Observation* observation) {
        m_out.tag("<p class=\"label\">Result</p>\n");
        if (observation->content)
            write_output(m_out, *observation->content);
        else
            write_pre(m_out, joined(observation_text_beside_error(observation)));
    }

    void write_subagent(const Run& run) override {
        m_out.tag("<details class=\"subagent\"><summary>").text(readable_run(run));
        m_out.tag("</summary><section class=\"run\" aria-label=\"").text(readable_run(run)).tag("\">\n");
        write_run(run);
        m_out.tag("</section></details>\n");
    }

    void write_rest() {
        m_out.tag("<section aria-label=\"The record\">\n");
        write_patch("Patch of the session", m_record.outcome.patch);
        write_patch("Changes before the session", m_record.environment.vcs.diff);
        begin_fold("Everything else of the record");
        write_pre(m_out, readable_rest(m_record));
        end_fold();
        m_out.tag("</section>\n");
    }

    void write_patch(std::string_view title, const trace::OptText& patch) {
        if (!patch || patch->empty()) return;
        begin_fold(title);
        write_diff(m_out, patch_lines(*patch));
        end_fold();
    }

    HtmlOut m_out;
};

}  // namespace

void write_prose(HtmlOut& out, std::string_view text) {
    for (const ProseBlock& block : prose_blocks(text)) {
        if (block.code) {
            out.tag("<pre><code>").text(block.text).tag("</code></pre>\n");
            continue;
        }
        out.tag("<p>");
        bool first = true;
        for_each_line(block.text, [&](std::string_view line) {
            if (!first) out.tag("\n");
            first = false;
            const std::string_view heading = prose_heading(line);
            if (!heading.empty()) {
                out.tag("<strong>").text(heading).tag("</strong>");
                return;
            }
            for (const ProseSpan& span : prose_spans(line)) {
                const std::string_view name = span.kind == ProseKind::Code     ? "code>"
                                              : span.kind == ProseKind::Strong ? "strong>"
                                                                               : std::string_view();
                if (!name.empty()) out.tag("<").tag(name);
                out.text(span.text);
                if (!name.empty()) out.tag("</").tag(name);
            }
        });
        out.tag("</p>\n");
    }
}

constexpr Mappings k_html_mappings = k_readable_mappings;

std::unique_ptr<Exporter> open_html(const ExportOptions& options) {
    return std::make_unique<TranscriptExporter<HtmlPage>>(options);
}

}  // namespace opentraces::formats
