// What Copilot's events say of calls: how they begin and end, what was said to them, the sub-agents they
// start.
#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/copilot/events.hpp"
#include "capture/describe.hpp"
#include "capture/edit_calls.hpp"
#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::copilot {
namespace {

std::string text_of_result(const json::Value& data) {
    const json::Value& result = data["result"];
    for (const char* key : {"content", "text_result_for_llm", "textResultForLlm"}) {
        const std::string text = text_of(result[key]);
        if (!text.empty()) return text;
    }
    const std::string blocks = text_of(result["contents"]);
    if (!blocks.empty()) return blocks;
    const json::Value& error = data["error"];
    return std::string(error.string_or(error["message"].string_or(result["detailedContent"].string_or())));
}

// "<exited with exit code 1>" at the end of what a command printed.
std::optional<std::int64_t> exit_code_in(std::string_view text) {
    constexpr std::string_view k_words = "exit code ";
    text = trim(text);
    if (!text.ends_with('>')) return std::nullopt;
    const std::string_view last = text.substr(std::min(text.rfind('<'), text.size()));
    const std::size_t at = last.find(k_words);
    if (at == std::string_view::npos || last.find('\n') != std::string_view::npos) return std::nullopt;
    return leading_number(last.substr(at + k_words.size()));
}

std::string error_of(const json::Value& data, std::string_view text) {
    const std::string_view type =
        data["result"]["result_type"].string_or(data["result"]["resultType"].string_or());
    const bool refused = type == "failure" || type == "rejected" || type == "denied" || type == "timeout";
    const bool failed = !data["success"].bool_or(!refused) || refused;
    const auto code = exit_code_in(text);
    if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    return failed ? "tool_error" : "";
}

}  // namespace

void Events::call(std::size_t place, const std::string& id, std::string_view name, const json::Value& input) {
    const std::string known = m_session.call(place, id, name, call_arguments(input));
    if (!known.empty()) m_place_of_call[known] = place;
}

void Events::take_request(const Event& event) {
    take_begin(event);
    m_begun[std::string(event.data["toolCallId"].string_or())].by_person = true;
}

void Events::take_begin(const Event& event) {
    Begun& begun = m_begun[std::string(event.data["toolCallId"].string_or())];
    begun.at = parse_iso8601(event.at);
    begun.name = event.data["toolName"].string_or();
    begun.input = event.data["arguments"];
    note_model(m_place_of_call.find(std::string(event.data["toolCallId"].string_or())),
               event.data["model"].string_or());
}

// Messages of older versions do not name their model, what came of their calls does.
void Events::note_model(std::unordered_map<std::string, std::size_t>::const_iterator call,
                        std::string_view model) {
    if (call == m_place_of_call.end() || model.empty()) return;
    trace::OptText& of_reply = m_session.step(call->second).model;
    if (!of_reply) of_reply = std::string(model);
}

bool Events::ensure_call(const std::string& id, Thread& thread, const Event& event) {
    if (m_session.find_call(id) != nullptr) return true;
    const auto begun = m_begun.find(id);
    if (begun == m_begun.end()) return false;
    if (begun->second.by_person) {
        std::string typed = "! " + begun->second.name;
        const json::Value input = call_arguments(begun->second.input);
        append_paragraph(typed, input["command"].string_or());
        show(thread, "typed_command", std::move(typed), event.at);
        thread.last_reply.reset();
    }
    const std::size_t place = thread.last_reply ? *thread.last_reply : reply(thread, {}, event.at);
    call(place, id, begun->second.name, begun->second.input);
    return true;
}

std::int64_t Events::duration_of(const std::string& id, const Event& event) const {
    const auto begun = m_begun.find(id);
    const auto ended = parse_iso8601(event.at);
    if (begun == m_begun.end() || !begun->second.at || !ended || *ended < *begun->second.at) return -1;
    return (*ended - *begun->second.at).count();
}

void Events::take_result(const Event& event) {
    const std::string id(event.data["toolCallId"].string_or());
    ensure_call(id, thread_of(event), event);
    note_model(m_place_of_call.find(id), event.data["model"].string_or());
    std::string text = text_of_result(event.data);
    std::string error = error_of(event.data, text);
    const bool worked = error.empty();
    if (!m_session.answer(id, std::move(text), {std::move(error), duration_of(id, event)})) return;
    const trace::ToolCall* asked = m_session.find_call(id);
    if (worked && asked != nullptr) m_session.change(id, changes_asked(*asked));
}

// What a person, or a rule, has said to a call.
void Events::take_permission(const Event& event) {
    const json::Value& data = event.data;
    const std::string request(data["requestId"].string_or());
    const std::string_view call =
        data["toolCallId"].string_or(data["permissionRequest"]["toolCallId"].string_or());
    if (!call.empty()) m_asked_for[request] = call;
    const std::string_view answer = data["result"]["kind"].string_or();
    const auto place = m_place_of_call.find(m_asked_for[request]);
    if (answer.empty() || place == m_place_of_call.end()) return;
    json::Object& facts = m_session.facts(place->second);
    json::Object answers;
    if (json::Value* told = facts.find("permissions")) answers = std::move(*told->if_object());
    answers.set(place->first, answer);
    facts.set("permissions", std::move(answers));
}

void Events::take_agent(const Event& event) {
    const std::string id(event.data["toolCallId"].string_or());
    if (id.empty()) return;
    if (!event.agent.empty()) m_call_of[event.agent] = id;
    const json::Value nothing;
    Thread& thread = thread_of({nothing, event.at, id});
    thread.role = event.data["agentName"].string_or();
    if (thread.model.empty()) thread.model = event.data["model"].string_or();
    if (thread.called_at)
        set_text(m_session.step(*thread.called_at).subagent_trajectory_ref,
                 event.agent.empty() ? id : event.agent);
}

void Events::take_agent_end(const Event& event) {
    const std::string_view words = event.data["error"].string_or(event.data["error"]["message"].string_or());
    if (!words.empty())
        m_session.add_error("sub-agent " + std::string(event.data["agentName"].string_or()) + ": " +
                            std::string(words));
}

}  // namespace opentraces::capture::copilot
