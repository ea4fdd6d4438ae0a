#include "cli/review/step_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::size_t k_message_preview = 6;  // lines of what somebody says
constexpr std::size_t k_most_findings = 8;    // of a step; the others are counted

// What tells most of a call, in that order.
constexpr std::array<std::string_view, 16> k_telling_keys{
    "command", "cmd", "file_path",   "filePath", "path",    "notebook_path", "absolute_path", "pattern",
    "query",   "url", "description", "prompt",   "subject", "skill",         "name",          "message"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> k_changes{{
    {"old_string", "new_string"},
    {"old_str", "new_str"},
    {"old_text", "new_text"},
    {"oldText", "newText"},
    {"oldString", "newString"},
}};

const std::string* text_at(const json::Object& object, std::string_view key) {
    const json::Value* const value = object.find(key);
    return value == nullptr ? nullptr : value->if_string();
}

std::string_view first_line(std::string_view text) {
    const std::string_view trimmed = trim(text);
    return trimmed.substr(0, trimmed.find('\n'));
}

// A shell is often called as ["bash", "-lc", "command"].
std::string telling(const json::Object& input) {
    for (const std::string_view key : k_telling_keys) {
        const json::Value* const value = input.find(key);
        if (value == nullptr) continue;
        if (const std::string* text = value->if_string(); text != nullptr && !text->empty())
            return std::string(first_line(*text));
        if (const json::Array* words = value->if_array(); words != nullptr && !words->empty())
            return std::string(first_line(words->back().string_or()));
    }
    return {};
}

std::string lines_text(std::string_view text) {
    const auto ends = std::count(text.begin(), text.end(), '\n');
    const bool open = !text.empty() && text.back() != '\n';
    return counted(ends + (open ? 1 : 0), "line");
}

void add_value(StepTextBuilder& out, std::string_view key, const json::Value& value) {
    if (const std::string* text = value.if_string()) {
        if (text->find('\n') == std::string::npos) {
            out.line(fmt::format("    {}: ", key), *text);
        } else {
            out.line(fmt::format("    {}:", key), "");
            out.patch(*text);
        }
        return;
    }
    out.lines(fmt::format("    {}: ", key), json::to_compact(value));
}

void add_input(StepTextBuilder& out, const json::Object& input) {
    std::set<std::string_view> done;
    for (const auto& [before, after] : k_changes) {
        const std::string* const old_text = text_at(input, before);
        const std::string* const new_text = text_at(input, after);
        if (old_text == nullptr || new_text == nullptr) continue;
        done.insert({before, after});
    }
    for (const json::Member& member : input)
        if (!done.contains(member.first)) add_value(out, member.first, member.second);
    for (const auto& [before, after] : k_changes)
        if (done.contains(before)) out.change(*text_at(input, before), *text_at(input, after));
}

void add_result(StepTextBuilder& out, const trace::Observation& observation) {
    const std::string error = observation.error.value_or("");
    out.line("  < result", error.empty() ? "" : " (" + error + ")", error.empty() ? k_faint : k_removed);
    if (observation.content) out.patch(*observation.content);
    if (observation.output_summary) out.lines("    summary: ", *observation.output_summary);
}

bool is_for(const trace::Observation& observation, const trace::ToolCall& call) {
    return observation.source_call_id == call.tool_call_id;
}

// How it went, on the call's own line.
std::string outcome_of(const trace::Step& step, const trace::ToolCall& call) {
    for (const trace::Observation& observation : step.observations) {
        if (!is_for(observation, call)) continue;
        if (observation.error && *observation.error == "no_result") return "no result";
        if (observation.error) return "failed";
        return observation.content ? lines_text(*observation.content) : "done";
    }
    return "no result";
}

void add_call(StepTextBuilder& out, const trace::Step& step, const trace::ToolCall& call) {
    out.begin(1);
    const std::string outcome = outcome_of(step, call);
    const bool failed = outcome == "failed";
    out.line(fmt::format("  > {} ({}) ", call.tool_name, outcome), telling(call.input),
             {.colour = failed ? Colour::Red : Colour::Yellow});
    add_input(out, call.input);
    for (const trace::Observation& observation : step.observations)
        if (is_for(observation, call)) add_result(out, observation);
}

// Results whose call is not in this step.
void add_orphans(StepTextBuilder& out, const trace::Step& step) {
    for (const trace::Observation& observation : step.observations) {
        const bool known =
            std::any_of(step.tool_calls.begin(), step.tool_calls.end(),
                        [&](const trace::ToolCall& call) { return is_for(observation, call); });
        if (known) continue;
        out.begin(1);
        add_result(out, observation);
    }
}

void add_snippets(StepTextBuilder& out, const trace::Step& step) {
    for (const trace::Snippet& snippet : step.snippets) {
        out.begin(1);
        out.line("  = snippet of ", snippet.file_path, k_faint);
        if (snippet.text) out.patch(*snippet.text);
    }
}

std::string field_in_step(const store::FoundPlace& place) {
    const std::size_t step = place.step ? place.field.find("].") : std::string::npos;
    return step == std::string::npos ? place.field : place.field.substr(step + 2);
}

void add_findings(StepTextBuilder& out, const std::vector<const store::FoundPlace*>& findings) {
    if (findings.empty()) return;
    out.begin(k_most_findings);
    for (const store::FoundPlace* const place : findings) {
        std::string text =
            fmt::format("{} ({}, {} bytes) in {}", place->rule, security::name_of(place->severity),
                        place->length, field_in_step(*place));
        if (place->times > 1) text += fmt::format(", {} times", place->times);
        out.line(place->redacted ? "  ! redacted " : "  ! FLAGGED, still there: ", text,
                 place->redacted ? Style{.colour = Colour::Yellow} : k_bad, true);
    }
}

std::string step_title(const trace::Step& step) {
    std::string title = fmt::format("step {} {}", step.step_index.text(), trace::name_of(step.role));
    if (step.call_type && *step.call_type != trace::CallType::Main)
        title += fmt::format(", {}", trace::name_of(*step.call_type));
    if (step.timestamp) title += ", " + *step.timestamp;
    return title;
}

void add_text(StepTextBuilder& out, std::string_view name, const std::string& text) {
    if (text.empty() || text == "{}" || text == "[]") return;
    out.begin(1);
    out.line(fmt::format("  {} ", name), "(" + lines_text(text) + ")", k_faint);
    out.patch(text);
}

template <class Part>
std::string sparse(const Part& part) {
    std::string text;
    trace::append_sparse(text, part);
    return text;
}

std::string list_text(const std::vector<trace::Text>& texts) {
    std::string joined;
    for (const trace::Text& text : texts)
        joined += text + "\n";
    return joined;
}

}  // namespace

StepText text_of_step(const trace::Step& step, const std::vector<const store::FoundPlace*>& findings) {
    StepTextBuilder out;
    out.begin(1);
    const bool asks = step.role == trace::Role::User;
    out.line("", step_title(step), {.colour = asks ? Colour::Green : Colour::Own, .bold = true});
    add_findings(out, findings);
    if (step.reasoning_content) {
        out.begin(1);
        out.line("  [thinking] ", "(" + lines_text(*step.reasoning_content) + ")", k_faint);
        out.lines("    ", *step.reasoning_content, k_faint);
    }
    if (step.content && !step.content->empty()) {
        out.begin(step.role == trace::Role::System ? 1 : k_message_preview);
        out.lines("  ", *step.content);
    }
    for (const trace::ToolCall& call : step.tool_calls)
        add_call(out, step, call);
    add_orphans(out, step);
    add_snippets(out, step);
    return out.take();
}

StepText text_of_head(const std::vector<std::pair<std::string, std::string>>& about,
                      const trace::TraceRecord& head, const std::vector<const store::FoundPlace*>& findings) {
    StepTextBuilder out;
    out.begin(about.size() + 1);
    out.line("", "session", k_strong);
    for (const auto& [name, value] : about)
        out.line(fmt::format("  {:<9} ", name), value);
    add_findings(out, findings);
    add_text(out, "task", head.task.description.value_or(""));
    for (const auto& [name, text] : head.system_prompts)
        add_text(out, "system prompt " + name, text);
    for (const json::Object& tool : head.tool_definitions)
        add_text(out, "tool definition", json::write_pretty(json::Value(tool)));
    add_text(out, "environment", sparse(head.environment));
    add_text(out, "diff of the repository", head.environment.vcs.diff.value_or(""));
    add_text(out, "outcome", sparse(head.outcome));
    add_text(out, "patch", head.outcome.patch.value_or(""));
    add_text(out, "dependencies", list_text(head.dependencies));
    if (head.attribution) add_text(out, "attribution", sparse(*head.attribution));
    add_text(out, "metadata", head.metadata.empty() ? "" : json::write_pretty(json::Value(head.metadata)));
    return out.take();
}

}  // namespace opentraces::cli::review
