#include "capture/session_builder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::capture {
namespace {

constexpr double k_first_millisecond = 1e11;     // as seconds, the year 5138
constexpr double k_last_second = 4'102'444'800;  // the year 2100

void append_to(trace::OptText& field, std::string_view text) {
    if (trim(text).empty()) return;
    std::string whole = std::move(field).value_or("");
    append_paragraph(whole, text);
    field = std::move(whole);
}

// "owner/name" is a name already.
std::string repository_of(const std::string& said) {
    const std::size_t slash = said.find('/');
    const bool is_name = slash != std::string::npos && slash > 0 && slash + 1 < said.size() &&
                         said.find('/', slash + 1) == std::string::npos && said[0] != '.' &&
                         said.find_first_of(":\\ ") == std::string::npos;
    return is_name ? said : enrich::repository_name(said);
}

}  // namespace

std::string time_of(const json::Value& value) {
    if (const std::string* text = value.if_string()) return *text;
    const json::Number* number = value.if_number();
    return number == nullptr ? std::string() : time_of_unix(number->as_double());
}

std::string time_of_unix(double time) {
    const double seconds = time >= k_first_millisecond ? time / 1000 : time;
    if (!(seconds > 0) || seconds >= k_last_second) return {};
    return format_iso8601(TimePoint(std::chrono::milliseconds(std::llround(seconds * 1000))));
}

std::string model_name(std::string_view provider, std::string_view model) {
    if (provider.empty() || model.empty()) return std::string(model);
    return std::string(provider) + "/" + std::string(model);
}

std::string main_model_of(const std::vector<enrich::ModelUsage>& usage, const trace::TraceRecord& record) {
    const auto most = std::max_element(usage.begin(), usage.end(), [](const auto& one, const auto& other) {
        return one.replies < other.replies;
    });
    if (most != usage.end() && !most->model.empty()) return most->model;
    for (const trace::Step& step : record.steps) {
        if (step.model) return *step.model;
    }
    return {};
}

SessionBuilder::SessionBuilder(ParsedSession& parsed)
    : m_parsed(parsed), m_steps(parsed.record.emplace()), m_tally(parsed.evidence.usage) {}

trace::Step& SessionBuilder::added(trace::Step& step, const std::string& at) {
    set_text(step.timestamp, at);
    if (about.is_subagent || m_in_agent) step.call_type = trace::CallType::Subagent;
    if (m_in_agent && m_called_at) step.parent_step = m_parsed.record->steps[*m_called_at].step_index;
    return step;
}

bool SessionBuilder::say(trace::Role role, std::string text, const std::string& at) {
    if (trim(text).empty()) return false;
    const trace::Step& step = added(m_steps.say(role, std::move(text)), at);
    trace::Task& task = m_parsed.record->task;
    if (role == trace::Role::User && !task.description) {
        task.description = step.content;
        task.source = "user_prompt";
    }
    return true;
}

void SessionBuilder::show(std::string_view kind, std::string text, const std::string& at) {
    if (!say(trace::Role::System, std::move(text), at)) return;
    trace::Step& step = m_parsed.record->steps.back();
    json::Object& told = m_step_facts.of(step.step_index.value());
    if (!kind.empty()) told.set("context", kind);
    m_contexts.repeats(step, step.step_index.value(), told);
}

void SessionBuilder::set_system_prompt(const std::string& prompt) {
    if (!trim(prompt).empty()) m_prompt_key = trace::prompt_key(*m_parsed.record, prompt);
}

void SessionBuilder::offer_tool(const json::Value& definition) {
    if (const json::Object* tool = definition.if_object()) m_parsed.record->tool_definitions.push_back(*tool);
}

std::size_t SessionBuilder::reply(const std::string& model, const std::string& at, std::string_view role) {
    trace::Step& step = added(m_steps.reply(), at);
    set_text(step.model, model);
    set_text(step.system_prompt_hash, m_prompt_key);
    if (!role.empty()) step.agent_role = std::string(role);
    m_has_reply = true;
    m_last_reply = m_parsed.record->steps.size() - 1;
    return m_last_reply;
}

void SessionBuilder::add_text(std::size_t place, std::string_view text) {
    append_to(step(place).content, text);
}

void SessionBuilder::add_reasoning(std::size_t place, std::string_view text) {
    append_to(step(place).reasoning_content, text);
}

std::string SessionBuilder::call(std::size_t place, std::string_view id, std::string_view name,
                                 json::Value input, std::int64_t duration_ms) {
    trace::ToolCall call;
    call.tool_call_id = id.empty() ? "call-" + std::to_string(++m_calls_without_id) : std::string(id);
    call.tool_name = name.empty() ? "unknown" : std::string(name);
    if (json::Object* object = input.if_object()) {
        call.input = std::move(*object);
    } else if (!input.is_null()) {
        call.input.set("input", std::move(input));
    }
    if (duration_ms >= 0) call.duration_ms = duration_ms;
    std::string known = call.tool_call_id;
    if (m_steps.call(place, std::move(call))) return known;
    ++m_repeated_calls;
    return {};
}

bool SessionBuilder::answer(const std::string& id, std::string text, CallEnd end) {
    trace::Observation observation;
    set_text(observation.content, text);
    set_text(observation.error, end.error);
    if (!m_steps.answer(id, std::move(observation))) {
        ++m_results_without_call;
        return false;
    }
    if (end.duration_ms >= 0) m_steps.call_at(*m_steps.find(id)).duration_ms = end.duration_ms;
    return true;
}

bool SessionBuilder::is_answered(const std::string& id) {
    const auto* place = m_steps.find(id);
    return place != nullptr && place->answered;
}

const trace::ToolCall* SessionBuilder::find_call(const std::string& id) {
    const auto* place = m_steps.find(id);
    return place == nullptr ? nullptr : &m_steps.call_at(*place);
}

void SessionBuilder::change(const std::string& id, std::vector<enrich::FileChange> changes) {
    const auto* place = m_steps.find(id);
    if (place == nullptr) return;
    for (enrich::FileChange& change : changes) {
        if (change.path.empty()) continue;
        change.call_id = id;
        change.step_index = step(place->step).step_index.value();
        m_parsed.evidence.changes.push_back(std::move(change));
    }
}

void SessionBuilder::count(std::size_t place, enrich::ModelUsage usage, const std::string& reply_name) {
    if (is_empty(usage) || (!reply_name.empty() && !m_tally.is_new(reply_name))) return;
    if (usage.model.empty()) usage.model = step(place).model.value_or("");
    usage.replies = 1;
    m_tally.add(usage);
    m_replies.push_back({step(place).step_index.value(), usage});
    trace::TokenUsage& tokens = step(place).token_usage;
    tokens.input_tokens = tokens.input_tokens.value() + usage.input_tokens;
    tokens.output_tokens = tokens.output_tokens.value() + usage.output_tokens;
    tokens.cache_read_tokens = tokens.cache_read_tokens.value() + usage.cache_read_tokens;
    tokens.cache_write_tokens = tokens.cache_write_tokens.value() + usage.cache_write_tokens;
}

void SessionBuilder::count_abandoned(enrich::ModelUsage usage, const std::string& model,
                                     const std::string& reply_name) {
    ++m_abandoned;
    if (is_empty(usage) || (!reply_name.empty() && !m_tally.is_new(reply_name))) return;
    usage.model = model;
    usage.replies = 1;
    m_tally.add(usage);
    const auto& steps = m_parsed.record->steps;
    m_replies.push_back({steps.empty() ? 0 : steps.back().step_index.value(), usage});
}

void SessionBuilder::count_session(enrich::ModelUsage usage) {
    if (is_empty(usage)) return;
    m_session_usage = true;
    m_tally.add(usage);
}

void SessionBuilder::see_time(const std::string& at) {
    const auto time = parse_iso8601(at);
    if (!time) return;
    if (!m_first_time || *time < *m_first_time) {
        m_first_time = time;
        about.started = at;
    }
    if (!m_last_time || *time >= *m_last_time) {
        m_last_time = time;
        about.ended = at;
    }
}

json::Object& SessionBuilder::facts(std::size_t place) {
    return m_step_facts.of(step(place).step_index.value());
}

std::string SessionBuilder::main_model() const {
    std::string model = main_model_of(m_parsed.evidence.usage, *m_parsed.record);
    return model.empty() ? about.model : model;
}

void SessionBuilder::finish(std::string_view reader_version) {
    describe();
    describe_metadata(reader_version);
}

void SessionBuilder::describe() {
    trace::TraceRecord& record = *m_parsed.record;
    record.session_id = about.id;
    const auto timed = [](const trace::Step& step) { return step.timestamp.has_value(); };
    const auto first = std::find_if(record.steps.begin(), record.steps.end(), timed);
    const auto last = std::find_if(record.steps.rbegin(), record.steps.rend(), timed);
    if (first != record.steps.end()) record.timestamp_start = first->timestamp;
    if (last != record.steps.rend()) record.timestamp_end = last->timestamp;
    set_text(record.timestamp_start, about.started);
    set_text(record.timestamp_end, about.ended);
    set_text(record.agent.version, about.version);
    set_text(record.agent.model, main_model());
    record.environment.os = os_of(about.directory);
    if (!about.branch.empty() || !about.commit.empty()) record.environment.vcs.type = trace::VcsType::Git;
    set_text(record.environment.vcs.branch, about.branch);
    set_text(record.environment.vcs.base_commit, about.commit);
    set_text(record.task.base_commit, about.commit);
    set_text(record.task.repository, repository_of(about.repository));
    m_parsed.evidence.working_directory = about.directory;
    if (m_abandoned > 0) m_parsed.evidence.replies = std::move(m_replies);
    if (!about.branch.empty()) m_parsed.evidence.branches.push_back({{}, about.branch});
}

void SessionBuilder::describe_metadata(std::string_view reader_version) {
    json::Object& metadata = m_parsed.record->metadata;
    set_if_some(metadata, "title", about.title);
    if (about.is_subagent) metadata.set("is_subagent", true);
    set_if_some(metadata, "parent_session_id", about.parent);
    if (m_compactions > 0) metadata.set("is_compacted", true);
    const auto& usage = m_parsed.evidence.usage;
    if (!usage.empty()) metadata.set("model_usage", usage_by_model(usage));
    // The record's counts cannot be null: where there are none, or none of steps, this says so.
    if (usage.empty() || m_session_usage)
        metadata.set("opentraces_usage", usage.empty() ? "none" : "session");
    set_if_any(metadata, "session_errors", std::move(m_errors));
    set_if_any(metadata, "opentraces_steps", m_step_facts.take());
    note_report(m_notes, reader_version, m_parsed.report);
    set_if_some(m_notes, "abandoned_steps", m_abandoned);
    set_if_some(m_notes, "repeated_calls", m_repeated_calls);
    set_if_some(m_notes, "results_without_call", m_results_without_call);
    if (m_parsed.report.incomplete_last_line) m_notes.set("incomplete_last_line", true);
    metadata.set("opentraces_parser", std::move(m_notes));
}

}  // namespace opentraces::capture
