// One session becomes a record, for agents whose log says one message after the other: steps, calls and their
// results, tokens, changes of files, and what is told of the session as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "capture/step_facts.hpp"
#include "capture/surroundings.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/enrich/usage_tally.hpp"
#include "opentraces/trace/step_builder.hpp"

namespace opentraces::capture {

// Of the session as a whole. Empty: the log does not say.
struct SessionFacts {
    std::string id;
    std::string parent;  // session that this one is a sub-agent, a fork or the next part of
    std::string title;
    std::string version;  // of the agent
    std::string model;    // where no reply names one
    std::string directory;
    std::string branch;
    std::string commit;      // that the branch was at when the session began
    std::string repository;  // owner/name or the address of a remote
    std::string started;     // ISO 8601; empty: the time of the first step that has one
    std::string ended;       // likewise, the last
    bool is_subagent = false;
};

// ISO 8601 of a time as logs have it: a text as it is, a number as Unix seconds or, from 10^11 on, as
// milliseconds. Empty for everything else and for years beyond 2100.
std::string time_of(const json::Value& value);
std::string time_of_unix(double time);  // seconds or milliseconds

// provider/model, or what there is of it.
std::string model_name(std::string_view provider, std::string_view model);

// Of reasoning that the log has without its text.
inline constexpr std::string_view k_encrypted_reasoning = "[encrypted reasoning]";

// How a call has ended, beyond its output.
struct CallEnd {
    std::string error;  // as in an Observation: "tool_error", "exit_code:1", …; empty: it worked
    std::int64_t duration_ms = -1;
};

class SessionBuilder {
public:
    // Gives the parsed session a record. `about` may be filled until finish.
    explicit SessionBuilder(ParsedSession& parsed);
    SessionFacts about;

    // Whose steps follow: those of the main agent, or of a sub-agent in the same log, below the call that
    // began it where that is known.
    void speak_as_main() { m_in_agent = false; }
    void speak_as_agent(std::optional<std::size_t> called_at) {
        m_in_agent = true;
        m_called_at = called_at;
    }

    // ---- what was said: nothing of blank texts ----

    // The first one of a person is the task. False if the text is blank.
    bool say(trace::Role role, std::string text, const std::string& at = {});
    // A system step that an agent was shown before or between; repeats name the step with the text. `kind` is
    // one of metadata.opentraces_steps' `context`.
    void show(std::string_view kind, std::string text, const std::string& at = {});
    // A prompt of the system that all later replies answer to; it is no step.
    void set_system_prompt(const std::string& prompt);
    bool has_system_prompt() const { return !m_prompt_key.empty(); }
    // A tool that the model was offered, as the log describes it.
    void offer_tool(const json::Value& definition);

    // Begins a reply: its place, for all that follows.
    std::size_t reply(const std::string& model, const std::string& at, std::string_view role = {});
    bool has_reply() const { return m_has_reply; }
    std::size_t last_reply() const { return m_last_reply; }
    // The place of what was said last; there must be a step.
    std::size_t last_step() const { return m_parsed.record->steps.size() - 1; }
    trace::Step& step(std::size_t place) { return m_parsed.record->steps[place]; }
    // Appended, a blank line between.
    void add_text(std::size_t place, std::string_view text);
    void add_reasoning(std::size_t place, std::string_view text);

    // A call and its id; logs without ids get one. Empty for a call with an id that was there before, which
    // is counted.
    std::string call(std::size_t place, std::string_view id, std::string_view name, json::Value input,
                     std::int64_t duration_ms = -1);
    // The call with this id has worked, or not. A result that no call has asked for is counted: false.
    bool answer(const std::string& id, std::string text, CallEnd end = {});
    bool is_answered(const std::string& id);
    // The call of this id; null if there is none. Until the next reply.
    const trace::ToolCall* find_call(const std::string& id);
    // What that call did to files: its id and its step are filled in.
    void change(const std::string& id, std::vector<enrich::FileChange> changes);

    // ---- facts ----

    // Once for each name of a reply; an empty one is always new. Nothing of all zeros.
    void count(std::size_t place, enrich::ModelUsage usage, const std::string& reply_name = {});
    // Tokens of a reply that the person took back, or left by going back: they were paid for, and there is no
    // step.
    void count_abandoned(enrich::ModelUsage usage, const std::string& model, const std::string& reply_name);
    // Tokens of a log that has them for the whole session alone.
    void count_session(enrich::ModelUsage usage);
    // The log says that the session was there at this time, in any of its lines: the first and the last are
    // `about.started` and `about.ended`, whatever their order.
    void see_time(const std::string& at);
    json::Object& facts(std::size_t place);
    // metadata.opentraces_steps of what changed, at the next reply that asks for `tell_surroundings`.
    Surroundings surroundings;
    void tell_surroundings(std::size_t place) { surroundings.tell(facts(place)); }
    // What the agent handed in, in the place of a patch made from its edits.
    void set_patch(std::string_view patch) { m_parsed.record->outcome.patch = std::string(patch); }
    void add_error(std::string text) { m_errors.emplace_back(std::move(text)); }
    void note_compaction() { ++m_compactions; }
    json::Object& metadata() { return m_parsed.record->metadata; }
    json::Object& notes() { return m_notes; }  // of metadata.opentraces_parser
    ParseReport& report() { return m_parsed.report; }
    enrich::Evidence& evidence() { return m_parsed.evidence; }

    // Everything that `about` and the steps tell; the record is then ready for capture::finish.
    void finish(std::string_view reader_version);

private:
    trace::Step& added(trace::Step& step, const std::string& at);
    void describe();
    void describe_metadata(std::string_view reader_version);
    std::string main_model() const;

    ParsedSession& m_parsed;
    trace::StepBuilder m_steps;
    enrich::UsageTally m_tally;
    StepFacts m_step_facts;
    ContextTexts m_contexts;
    std::vector<enrich::ReplyUsage> m_replies;
    std::string m_prompt_key;
    std::optional<TimePoint> m_first_time;
    std::optional<TimePoint> m_last_time;
    json::Array m_errors;
    json::Object m_notes;
    std::size_t m_compactions = 0;
    std::size_t m_last_reply = 0;
    std::size_t m_abandoned = 0;
    std::size_t m_calls_without_id = 0;
    std::size_t m_repeated_calls = 0;
    std::size_t m_results_without_call = 0;
    std::optional<std::size_t> m_called_at;
    bool m_in_agent = false;
    bool m_has_reply = false;
    bool m_session_usage = false;
};

// The model of most replies; of equals, the one used first. Of none, that of the first step with one.
std::string main_model_of(const std::vector<enrich::ModelUsage>& usage, const trace::TraceRecord& record);

}  // namespace opentraces::capture
