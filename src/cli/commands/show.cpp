#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string id;
    bool verbose = false;
};

constexpr std::size_t k_shown_text = 500;

// People's view of a text of the trace: control characters cannot reach the terminal, line ends stay.
std::string shown(std::string_view text, bool whole) {
    const bool cut = !whole && code_points(text) > k_shown_text;
    const std::string_view part = cut ? first_code_points(text, k_shown_text) : text;
    std::string out;
    std::size_t begin = 0;
    while (begin <= part.size()) {
        const std::size_t end = std::min(part.find('\n', begin), part.size());
        out += "  " + printable_line(part.substr(begin, end - begin)) + "\n";
        begin = end + 1;
    }
    if (cut)
        out +=
            fmt::format("  ... {} more characters; --verbose shows them\n", code_points(text) - k_shown_text);
    return out;
}

std::string header_text(const store::TraceRow& row) {
    std::string text;
    const auto line = [&text](std::string_view name, const std::string& value) {
        if (!value.empty()) text += fmt::format("{:<9} {}\n", name, printable_line(value));
    };
    line("Trace", row.id.str());
    line("Session", row.session_id);
    line("Stage", std::string(store::name_of(row.stage)));
    line("Task", row.task);
    line("Agent", row.agent + (row.model.empty() ? "" : " (" + row.model + ")"));
    line("Time", row.started_at + (row.ended_at.empty() ? "" : " to " + row.ended_at));
    line("Steps", fmt::format("{}, {} tool calls", row.steps, row.tool_calls));
    line("Tokens",
         fmt::format("{} in, {} out", with_commas(row.input_tokens), with_commas(row.output_tokens)));
    if (row.cost_usd) line("Cost", fmt::format("${:.4f}", *row.cost_usd));
    line("Findings", fmt::format("{} found, {} redacted{}", row.findings, row.redactions,
                                 row.needs_review ? "; needs review" : ""));
    line("Hash", row.content_hash.str());
    line("Replaces", row.supersedes.str());
    line("Error", row.last_error);
    return text;
}

std::string call_text(const trace::Step& step, const trace::ToolCall& call, bool whole) {
    std::string text = "  > " + printable_line(call.tool_name) + "\n";
    text += shown(json::to_compact(json::Value(call.input)), whole);
    for (const trace::Observation& observation : step.observations) {
        if (observation.source_call_id != call.tool_call_id) continue;
        const std::string error = observation.error ? " (" + printable_line(*observation.error) + ")" : "";
        text += "  < result" + error + "\n";
        if (observation.content) text += shown(*observation.content, whole);
    }
    return text;
}

std::string step_text(const trace::Step& step, bool whole) {
    std::string text = fmt::format("\n--- step {} {}", step.step_index.text(), trace::name_of(step.role));
    if (step.call_type && *step.call_type != trace::CallType::Main)
        text += fmt::format(", {}", trace::name_of(*step.call_type));
    text += " ---\n";
    if (step.reasoning_content) text += "  [thinking]\n" + shown(*step.reasoning_content, whole);
    if (step.content) text += shown(*step.content, whole);
    for (const trace::ToolCall& call : step.tool_calls)
        text += call_text(step, call, whole);
    return text;
}

Answer run(Context& context, const Options& options) {
    const Project project = open_project_for_reading(context);
    const store::TraceRow row = project.store->find(options.id);
    const std::string line = project.store->read_line(row.id);
    Answer answer;
    if (context.json) {
        answer.fields = trace_object(row);
        answer.fields.append("trace", json::parse(line));
        return answer;
    }
    const trace::Decoded decoded = trace::decode(std::string_view(line));
    if (!decoded.record) {
        throw Error(ErrorCode::CorruptTrace,
                    fmt::format("trace {} cannot be read: {}", row.id.str(), decoded.problem->words));
    }
    context.terminal.out(header_text(row));
    for (const trace::Step& step : decoded.record->steps)
        context.terminal.out(step_text(step, options.verbose));
    answer.printed = true;
    return answer;
}

}  // namespace

Run declare_show(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("ID", options->id, "Trace id; a unique prefix of at least 4 characters is enough")
        .required();
    accepted.add_flag("-v,--verbose", options->verbose, "Do not cut long texts");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
