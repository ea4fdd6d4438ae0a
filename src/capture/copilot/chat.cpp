#include "capture/copilot/chat.hpp"

#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/copilot/added_context.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::copilot {
namespace {

enum class State { Unknown, Complete, Cancelled, Failed };

State state_of(const json::Value& request) {
    const auto state = request["modelState"]["value"].integer();
    if (request["isCanceled"].bool_or(false) || state == 2) return State::Cancelled;
    if (state == 3 || request["result"]["errorDetails"].if_object() != nullptr) return State::Failed;
    if (state) return *state == 1 ? State::Complete : State::Unknown;
    return request["result"].if_object() != nullptr ? State::Complete : State::Unknown;
}

// "gpt-4o" of "copilot/gpt-4o". Where the choice was left to the program, what it showed: "GPT-4o • 0x".
std::string model_of(const json::Value& request) {
    constexpr std::string_view k_vendor = "copilot/";
    constexpr std::string_view k_mark = " \u2022 ";
    std::string_view model = request["modelId"].string_or();
    if (model.starts_with(k_vendor)) model.remove_prefix(k_vendor.size());
    if (!model.empty() && model != "auto") return std::string(model);
    const std::string_view shown = request["result"]["details"].string_or();
    return std::string(shown.substr(0, std::min(shown.find(k_mark), shown.size())));
}

// What a request used: the sums of the whole turn, or the prompt of its last call with the output of all of
// them (before, of the last).
std::vector<enrich::ModelUsage> usage_of(const json::Value& request) {
    std::vector<enrich::ModelUsage> all;
    if (const json::Array* totals = request["modelTotals"].if_array()) {
        for (const json::Value& total : *totals) {
            enrich::ModelUsage usage;
            usage.model = total["model"].string_or();
            usage.cache_read_tokens = count_of(total["cachedTokens"]);
            usage.input_tokens =
                std::max<std::int64_t>(count_of(total["inputTokens"]) - usage.cache_read_tokens, 0);
            usage.output_tokens = count_of(total["outputTokens"]);
            all.push_back(std::move(usage));
        }
    }
    if (!all.empty()) return all;
    const json::Value& result = request["result"];
    enrich::ModelUsage usage;
    for (const json::Value* said : {&request, &result["usage"], &result["metadata"]}) {
        const auto larger = [said](std::int64_t known, const char* key) {
            return std::max(known, count_of((*said)[key]));
        };
        usage.input_tokens = larger(usage.input_tokens, "promptTokens");
        usage.output_tokens = larger(larger(usage.output_tokens, "completionTokens"), "outputTokens");
    }
    if (!is_empty(usage)) all.push_back(std::move(usage));
    return all;
}

// A checkpoint was restored: the request and its reply are gone from the conversation.
bool is_taken_back(const json::Value& request) {
    return request["shouldBeRemovedOnSend"].if_object() != nullptr ||
           request["shouldBeRemovedOnSend"].bool_or(false) || request["isHidden"].bool_or(false);
}

std::string text_of_prompt(const json::Value& message) {
    const std::string_view text = message.string_or(message["text"].string_or());
    if (!text.empty()) return std::string(text);
    std::string joined;
    const json::Array* parts = message["parts"].if_array();
    for (std::size_t at = 0; parts != nullptr && at < parts->size(); ++at)
        joined += (*parts)[at]["text"].string_or();
    return joined;
}

}  // namespace

void Chat::tell(std::string_view reader_version) {
    describe();
    if (const json::Array* requests = m_log["requests"].if_array())
        for (const json::Value& request : *requests)
            take_request(request);
    set_if_some(m_session.metadata(), "interrupted_turns", m_interrupted);
    m_session.finish(reader_version);
}

void Chat::describe() {
    SessionFacts& facts = m_session.about;
    facts.id = m_log["sessionId"].string_or(m_log["requests"].at(0)["requestId"].string_or());
    facts.title = m_log["customTitle"].string_or();
    m_session.see_time(time_of(m_log["creationDate"]));
}

void Chat::take_request(const json::Value& log) {
    ParseReport& report = m_session.report();
    ++report.lines;
    if (log.if_object() == nullptr) {
        add_to_counts(report.unknown_line_types, "requests/(no object)");
        return;
    }
    ++report.conversation_lines;
    Request request{log, model_of(log), time_of(log["timestamp"]), {}, {}, 0, {}};
    m_session.see_time(request.at);
    if (is_taken_back(log)) {
        return count_taken_back(request);
    }
    if (m_session.about.version.empty())
        m_session.about.version = log["agent"]["extensionVersion"].string_or();
    m_session.surroundings.note("agent_version", log["agent"]["extensionVersion"].string_or());
    m_session.surroundings.note("mode", log["modeInfo"]["kind"].string_or(log["agent"]["name"].string_or()));
    take_prompt(request);
    const json::Array* parts = log["response"].if_array();
    if (parts != nullptr) note_parts(*parts);
    for (std::size_t at = 0; parts != nullptr && at < parts->size(); ++at)
        if (kind_of_part((*parts)[at]) == PartKind::Invocation)
            request.invocations.push_back(invocation_of((*parts)[at]));
    request.taken.resize(request.invocations.size());
    const json::Array* rounds = log["result"]["metadata"]["toolCallRounds"].if_array();
    if (rounds != nullptr && !rounds->empty()) {
        for (const json::Value& round : *rounds)
            take_round(request, round);
    } else if (parts != nullptr) {
        take_parts(request, *parts);
    }
    count(request);
    note_end(request);
}

void Chat::take_prompt(const Request& request) {
    const json::Value& metadata = request.log["result"]["metadata"];
    m_session.show("session_context", text_of_rendered(metadata["renderedGlobalContext"]), request.at);
    const std::string typed = text_of_prompt(request.log["message"]);
    std::string said = typed;
    if (const json::Array* variables = request.log["variableData"]["variables"].if_array())
        for (const json::Value& variable : *variables)
            append_paragraph(said, mark_of_variable(variable));
    if (m_session.say(trace::Role::User, std::move(said), request.at)) {
        m_session.evidence().turn_ended = false;
        m_session.evidence().interrupted = false;
    }
    const std::string sent = text_of_rendered(metadata["renderedUserMessage"]);
    if (sent != typed) m_session.show("prompt_context", added_to(typed, sent), request.at);
}

void Chat::take_round(Request& request, const json::Value& round) {
    if (const std::string_view summary = round["summary"].string_or(); !summary.empty()) {
        m_session.note_compaction();
        m_session.show("compaction", std::string(summary), time_of(round["timestamp"]));
    }
    const std::size_t place = reply(request, time_of(round["timestamp"]));
    take_thinking(place, round["thinking"]);
    m_session.add_text(place, round["response"].string_or());
    if (const json::Array* calls = round["toolCalls"].if_array())
        for (const json::Value& call : *calls)
            take_call(request, place, call);
    m_session.show("hook", std::string(round["hookContext"].string_or()));
}

std::size_t Chat::reply(Request& request, const std::string& at) {
    const std::size_t place = m_session.reply(request.model, at);
    m_session.tell_surroundings(place);
    ++request.rounds;
    request.last_reply = place;
    return place;
}

void Chat::take_thinking(std::size_t place, const json::Value& thinking) {
    const json::Value& text = thinking["text"];
    if (const json::Array* pieces = text.if_array()) {
        for (const json::Value& piece : *pieces)
            m_session.add_reasoning(place, piece.string_or());
    } else {
        m_session.add_reasoning(place, text.string_or());
    }
    if (!m_session.step(place).reasoning_content && !thinking["encrypted"].string_or().empty())
        m_session.add_reasoning(place, k_encrypted_reasoning);
}

void Chat::take_call(Request& request, std::size_t place, const json::Value& call) {
    const std::string id = take_chat_call(m_session, place, call);
    if (id.empty()) return;
    const Invocation* shown = find_invocation(request, id, call["name"].string_or());
    const json::Value& result = request.log["result"]["metadata"]["toolCallResults"][id];
    if (result.if_object() != nullptr) {
        std::string text = text_of_tool_result(result);
        std::string error = error_in_result(text);
        if (error.empty() && shown != nullptr) error = shown->error;
        take_result(m_session, id, std::move(text), {std::move(error)});
    } else if (shown != nullptr && (shown->is_complete || !shown->error.empty())) {
        take_result(m_session, id, shown->output, {shown->error});
    }
    if (shown != nullptr && !shown->id.empty()) take_agent(request, shown->id, place);
}

// The one with the id, or in older versions the next one of that tool.
const Invocation* Chat::find_invocation(Request& request, const std::string& id, std::string_view name) {
    const auto take = [&request](std::size_t at) {
        request.taken[at] = true;
        return &request.invocations[at];
    };
    for (std::size_t at = 0; at < request.invocations.size(); ++at)
        if (!request.taken[at] && request.invocations[at].id == id) return take(at);
    for (std::size_t at = 0; at < request.invocations.size(); ++at) {
        const Invocation& one = request.invocations[at];
        if (!request.taken[at] && one.caller.empty() && is_call_of(one, name)) return take(at);
    }
    return nullptr;
}

// The calls of a sub-agent are those that the person saw; what it said stands in no line.
void Chat::take_agent(Request& request, const std::string& id, std::size_t called_at) {
    std::optional<std::size_t> place;
    for (std::size_t at = 0; at < request.invocations.size(); ++at) {
        const Invocation& one = request.invocations[at];
        if (one.caller != id || request.taken[at] || one.is_internal) continue;
        request.taken[at] = true;
        m_session.speak_as_agent(called_at);
        if (!place) place = m_session.reply({}, {}, "general");
        add_invocation(*place, one);
    }
    m_session.speak_as_main();
    if (place) set_text(m_session.step(called_at).subagent_trajectory_ref, id);
}

void Chat::add_invocation(std::size_t place, const Invocation& invocation) {
    const std::string id = m_session.call(place, invocation.id, invocation.tool, invocation.input);
    if (!id.empty() && (invocation.is_complete || !invocation.error.empty()))
        take_result(m_session, id, invocation.output, {invocation.error});
}

// What the person saw, where the rounds are not noted: a text after a call begins the next reply.
void Chat::take_parts(Request& request, const json::Array& parts) {
    std::optional<std::size_t> place;
    std::string text;
    bool has_called = false;
    std::size_t invocations = 0;
    const auto open = [&](bool anew) {
        if (place) m_session.add_text(*place, std::exchange(text, {}));
        if (!place || (anew && has_called)) {
            place = reply(request, {});
            has_called = false;
        }
        return *place;
    };
    for (const json::Value& part : parts) {
        const PartKind kind = kind_of_part(part);
        if (kind == PartKind::Text) {
            const std::string more = text_of_reply_part(part);
            if (!trim(more).empty() && (!place || has_called)) open(true);
            text += more;
        } else if (kind == PartKind::Thought) {
            const std::string thought = text_of_reply_part(part);
            if (!trim(thought).empty()) m_session.add_reasoning(open(true), thought);
        } else if (kind == PartKind::Invocation) {
            const Invocation& one = request.invocations[invocations++];
            if (one.is_internal || !one.caller.empty()) continue;
            const std::size_t at = open(false);
            add_invocation(at, one);
            has_called = true;
            if (!one.id.empty()) take_agent(request, one.id, at);
        }
    }
    if (place) m_session.add_text(*place, text);
}

void Chat::note_parts(const json::Array& parts) {
    for (const json::Value& part : parts) {
        if (kind_of_part(part) == PartKind::Unknown)
            add_to_counts(m_session.report().unknown_line_types,
                          "response/" + std::string(part["kind"].string_or("(none)")));
    }
}

void Chat::note_end(const Request& request) {
    const State state = state_of(request.log);
    const json::Value& result = request.log["result"];
    const std::string_view words = result["errorDetails"]["message"].string_or();
    if (!words.empty()) m_session.add_error(std::string(words));
    m_session.evidence().turn_ended = state == State::Complete;
    m_session.evidence().interrupted = state == State::Cancelled;
    m_interrupted += state == State::Cancelled ? 1 : 0;
    const json::Value& done = request.log["modelState"]["completedAt"];
    const json::Number* begun = request.log["timestamp"].if_number();
    const json::Number* took = result["timings"]["totalElapsed"].if_number();
    if (!done.is_null()) {
        m_session.see_time(time_of(done));
    } else if (begun != nullptr && took != nullptr) {
        m_session.see_time(time_of_unix(begun->as_double() + took->as_double()));
    }
}

void Chat::count_taken_back(const Request& request) {
    std::vector<enrich::ModelUsage> all = usage_of(request.log);
    if (all.empty()) all.emplace_back();
    for (enrich::ModelUsage& usage : all) {
        const std::string model = usage.model.empty() ? request.model : usage.model;
        m_session.count_abandoned(std::move(usage), model, {});
    }
}

void Chat::count(const Request& request) {
    std::vector<enrich::ModelUsage> all = usage_of(request.log);
    const bool of_turn = request.log["modelTotals"].if_array() != nullptr;
    if (!all.empty() && !of_turn && request.rounds > 1) m_session.evidence().tokens_are_lower_bound = true;
    for (enrich::ModelUsage& usage : all) {
        if (usage.model.empty()) usage.model = request.model;
        if (request.last_reply) {
            m_session.count(*request.last_reply, std::move(usage));
        } else {
            usage.replies = 1;
            m_session.count_session(std::move(usage));
        }
    }
}

}  // namespace opentraces::capture::copilot
