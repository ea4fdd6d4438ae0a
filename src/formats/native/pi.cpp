// Pi sessions, version 3: a JSON Lines file for each run, a chain of entries. The format is the one of
// pi-coding-agent (docs/session-format.md there); `harness` is what the Hub asks for.
#include <algorithm>
#include <array>
#include <memory>
#include <unordered_set>

#include "formats/exporters.hpp"
#include "formats/json_out.hpp"
#include "formats/native/native.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/trace/compaction.hpp"

namespace opentraces::formats {
namespace {

using trace::TraceRecord;

constexpr int k_session_version = 3;
constexpr std::size_t k_id_digits = 8;
constexpr std::string_view k_unknown = "unknown";
constexpr std::string_view k_no_folder = "/";

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> k_apis{{
    {"anthropic", "anthropic-messages"},
    {"openai", "openai-responses"},
    {"google", "google-generative-ai"},
    {"x-ai", "openai-completions"},
    {"deepseek", "openai-completions"},
    {"mistral", "openai-completions"},
    {"moonshot", "openai-completions"},
    {"openrouter", "openai-completions"},
}};

std::string_view api_of(std::string_view provider) {
    for (const auto& [known, api] : k_apis) {
        if (provider == known) return api;
    }
    return k_unknown;
}

std::string_view known(std::string_view text) {
    return text.empty() ? k_unknown : text;
}

// The first 8 hexadecimal digits of SHA-256 over session id, U+001F and a number; numbers go on past an id
// that was already used.
class EntryIds {
public:
    explicit EntryIds(std::string session) : m_session(std::move(session)) { m_session.push_back('\x1f'); }

    std::string next() {
        for (;;) {
            std::string id = sha256_hex(m_session + std::to_string(++m_number)).substr(0, k_id_digits);
            if (m_used.insert(id).second) return id;
        }
    }

private:
    std::string m_session;
    std::size_t m_number = 0;
    std::unordered_set<std::string> m_used;
};

// Tokens that a compaction found in the context: the claude-code parser keeps them in order.
std::int64_t compacted_tokens(const TraceRecord& record, std::size_t number) {
    const json::Value* events = record.metadata.find("compaction_events");
    if (events == nullptr) return 0;
    return events->at(number)["pre_tokens"].integer().value_or(0);
}

class PiRun {
public:
    PiRun(json::Sink& sink, const Prepared& prepared, const Run& run, const ExportOptions& options,
          Remarks& remarks)
        : m_out(sink),
          m_prepared(prepared),
          m_run(run),
          m_options(options),
          m_remarks(remarks),
          m_calls(remarks),
          m_ids(native_session_id(prepared, run)) {}

    void write(const std::vector<ShownPrompt>& prompts) {
        m_time = start();
        write_header(prompts.empty() ? std::string_view() : prompts.front().text);
        auto prompt = prompts.begin();
        if (prompt != prompts.end()) ++prompt;
        for (std::size_t i = 0; i < m_run.steps.size(); ++i) {
            const PreparedStep& step = m_run.steps[i];
            if (step.time) m_time = step.time;
            for (; prompt != prompts.end() && prompt->before_step == i; ++prompt)
                write_custom("systemPrompt", prompt->text);
            if (is_shown(step)) write_step(step);
        }
    }

private:
    std::optional<Instant> start() const {
        const auto& given = m_prepared.record->timestamp_start;
        if (m_run.is_main() && given) {
            if (const auto time = parse_instant(*given)) return time;
        }
        for (const PreparedStep& step : m_run.steps) {
            if (step.time) return step.time;
        }
        return std::nullopt;
    }

    void write_header(std::string_view prompt) {
        const TraceRecord& record = *m_prepared.record;
        m_out.begin_object().member("type", "session").member("version", k_session_version);
        m_out.member("id", native_session_id(m_prepared, m_run));
        if (m_time) m_out.member("timestamp", *m_time);
        const json::Value* cwd = record.metadata.find("cwd");
        m_out.member("cwd", cwd == nullptr ? k_no_folder : cwd->string_or(k_no_folder));
        m_out.member("harness", native_harness(m_prepared, m_options));
        if (!m_run.is_main()) {
            m_out.member("parentSession", native_session_id(m_prepared, m_prepared.runs[m_run.parent]));
            if (const trace::ToolCall* call = m_prepared.spawning_call(m_run))
                m_out.member("parentToolCallId", call->tool_call_id);
        }
        m_out.member("traceId", record.trace_id).optional("systemPrompt", prompt).end_object();
        m_out.end_line();
    }

    void begin_entry(std::string_view type) {
        std::string id = m_ids.next();
        m_out.begin_object().member("type", type).member("id", id).key("parentId");
        if (m_parent.empty())
            m_out.null();
        else
            m_out.value(m_parent);
        m_parent = std::move(id);
        if (m_time) m_out.member("timestamp", *m_time);
    }

    void end_entry() {
        m_out.end_object();
        m_out.end_line();
    }

    void begin_message(std::string_view role) {
        begin_entry("message");
        m_out.key("message").begin_object().member("role", role);
    }

    void end_message(const std::optional<Instant>& time) {
        if (time) m_out.member("timestamp", to_milliseconds(*time));
        m_out.end_object();
        end_entry();
    }

    void write_block(std::string_view type, std::string_view key, std::string_view text) {
        m_out.begin_object().member("type", type).member(key, text).end_object();
    }

    // Text that the model saw and nobody typed.
    void write_custom(std::string_view type, std::string_view text) {
        begin_entry("custom_message");
        m_out.member("customType", type).member("content", text).member("display", true);
        end_entry();
    }

    void write_compaction(std::string_view summary) {
        begin_entry("compaction");
        // Nothing before it is kept: the entry names itself as the first one that is.
        m_out.member("summary", summary).member("firstKeptEntryId", m_parent);
        m_out.member("tokensBefore", compacted_tokens(*m_prepared.record, m_compactions++));
        end_entry();
    }

    void write_step(const PreparedStep& prepared) {
        const trace::Step& step = *prepared.step;
        if (!prepared.time) {
            m_remarks.add("step_timestamp", m_time ? "step without a time: has that of the one before"
                                                   : "step without a time: left out, though Pi has one");
        }
        const std::string_view text = step.content ? std::string_view(*step.content) : std::string_view();
        if (prepared.is_agent()) {
            write_assistant(prepared);
        } else {
            if (step.role == trace::Role::User)
                write_user(text);
            else if (trace::is_compaction_summary(step))
                write_compaction(text);
            else
                write_custom("system", text);
            if (step.reasoning_content)
                m_remarks.add("reasoning_content", "reasoning of a step that is not an agent's: left out");
            if (!step.tool_calls.empty()) write_assistant(prepared);
        }
        for (const NativeAnswer& answer : m_calls.answers(prepared))
            write_answer(answer);
    }

    void write_user(std::string_view text) {
        begin_message("user");
        m_out.key("content").begin_array();
        write_block("text", "text", text);
        m_out.end_array();
        end_message(m_time);
    }

    void write_assistant(const PreparedStep& prepared) {
        const trace::Step& step = *prepared.step;
        begin_message("assistant");
        m_out.key("content").begin_array();
        if (prepared.is_agent()) {
            if (step.reasoning_content) write_block("thinking", "thinking", *step.reasoning_content);
            if (step.content && !step.content->empty()) write_block("text", "text", *step.content);
        }
        const auto& ids = m_calls.name(prepared);
        for (std::size_t i = 0; i < step.tool_calls.size(); ++i) {
            const trace::ToolCall& call = step.tool_calls[i];
            m_out.begin_object().member("type", "toolCall").member("id", ids[i]);
            m_out.member("name", call.tool_name).member("arguments", call.input).end_object();
        }
        m_out.end_array();
        const ModelName model = step.model ? split_model(*step.model) : ModelName{};
        m_out.member("api", api_of(model.provider)).member("provider", known(model.provider));
        m_out.member("model", known(model.name));
        write_usage(step.token_usage);
        m_out.member("stopReason", step.tool_calls.empty() ? "stop" : "toolUse");
        end_message(m_time);
    }

    void write_usage(const trace::TokenUsage& usage) {
        const std::int64_t prompt = m_prepared.prompt_total(usage);
        const std::int64_t read = usage.cache_read_tokens.value();
        const std::int64_t written = usage.cache_write_tokens.value();
        // Pi counts the cache beside the input.
        std::int64_t input = usage.input_tokens.value();
        if (!m_prepared.cache_beside_input)
            input = std::max<std::int64_t>(0, input - add_clamped(read, written));
        m_out.key("usage").begin_object().member("input", input);
        m_out.member("output", usage.output_tokens).member("cacheRead", read).member("cacheWrite", written);
        m_out.member("totalTokens", add_clamped(prompt, usage.output_tokens.value()));
        m_out.key("cost").raw(R"({"input":0,"output":0,"cacheRead":0,"cacheWrite":0,"total":0})");
        m_out.end_object();
    }

    void write_answer(const NativeAnswer& answer) {
        begin_message("toolResult");
        m_out.member("toolCallId", answer.call_id).member("toolName", answer.tool_name);
        m_out.key("content").begin_array().begin_object().member("type", "text");
        m_out.member("text", observation_text_beside_error(answer.observation)).end_object().end_array();
        const bool failed = answer.observation == nullptr || answer.observation->error.has_value();
        m_out.member("isError", failed);
        end_message(answer.time ? answer.time : m_time);
    }

    JsonOut m_out;
    const Prepared& m_prepared;
    const Run& m_run;
    const ExportOptions& m_options;
    Remarks& m_remarks;
    NativeCalls m_calls;
    EntryIds m_ids;
    std::string m_parent;
    std::optional<Instant> m_time;  // of the step, or of the last one that has one
    std::size_t m_compactions = 0;
};

class PiExporter final : public Exporter {
public:
    explicit PiExporter(const ExportOptions& options) : m_options(options) {}

    Converted write(const TraceRecord& record, Documents& documents) const override {
        return write_native_runs(
            record, m_options, [&](const Prepared& prepared, const Run& run, Remarks& remarks) {
                if (std::none_of(run.steps.begin(), run.steps.end(), is_shown)) return false;
                PiRun(documents.begin(native_stem(prepared, run)), prepared, run, m_options, remarks)
                    .write(shown_prompts(record, run));
                documents.end();
                return true;
            });
    }

private:
    ExportOptions m_options;
};

}  // namespace

constexpr Mappings k_pi_mappings = keeps({
    {"trace_id", Coverage::Extension, "header traceId"},
    {"session_id", Coverage::Full, "header id"},
    {"timestamps", Coverage::Partial, "header timestamp: the start"},
    {"agent", Coverage::Partial, "header harness; message.provider, .model"},
    {"system_prompts", Coverage::Extension, "header systemPrompt; custom_message where the prompt changes"},
    {"steps", Coverage::Full, "message.role, custom_message, compaction, and the chain of entries"},
    {"content", Coverage::Full, "message.content[].text"},
    {"reasoning_content", Coverage::Full, "message.content[].thinking"},
    {"step_model", Coverage::Full, "message.provider, .model"},
    {"step_timestamp", Coverage::Full, "timestamp of the entry; message.timestamp in milliseconds"},
    {"subagents", Coverage::Partial, "a file for each; header parentSession, parentToolCallId"},
    {"tool_calls", Coverage::Full, "message.content[] of type toolCall: id, name, arguments"},
    {"durations", Coverage::Partial, "message.timestamp of the toolResult"},
    {"observations", Coverage::Full, "message of role toolResult: toolCallId, content[].text"},
    {"errors", Coverage::Partial, "message.isError; the error's text where there is no content"},
    {"token_usage", Coverage::Full, "message.usage.input (without cache), .output"},
    {"cache_read", Coverage::Full, "message.usage.cacheRead"},
    {"cache_write", Coverage::Full, "message.usage.cacheWrite"},
    {"metadata", Coverage::Partial, "header cwd; tokensBefore of a compaction"},
});

std::unique_ptr<Exporter> open_pi(const ExportOptions& options) {
    return std::make_unique<PiExporter>(options);
}

}  // namespace opentraces::formats
