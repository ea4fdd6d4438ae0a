// The journal of a session in Vibe 3's store, one record a line: {sequence, type, payload}. A record
// "core_input" is what the agent took in (a prompt, a reply of the model, the result of a call) with the
// time; "action_intent" what it asked for (a reply, with everything that the model is shown).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::vibe {

// A reply of the model, as the journal has it.
struct Completion {
    std::string action;
    std::string at;
    enrich::ModelUsage usage;
    json::Array parts;         // those of a message, with calls in the shape that messages have
    bool is_of_agent = false;  // not a summary or another work of the program
};

// Called for each of what the journal tells, in its order.
struct JournalTakers {
    std::function<void(const json::Value& content, const std::string& at)> prompt;
    std::function<void(Completion&& completion)> completion;
    std::function<void(const std::string& call, const json::Value& result, const std::string& at)> result;
    // What a reply was asked for with: messages, and tools where they have changed.
    std::function<void(const json::Value& model_input)> intent;
    std::function<void(const json::Value& session, const json::Value& turn)> state;
};

class Journal {
public:
    explicit Journal(JournalTakers takers) : m_takers(std::move(takers)) {}
    // Counts records of unknown kinds.
    void take(const json::Value& record, ParseReport& report);

private:
    void take_input(const json::Value& input);
    void take_completion(const json::Value& command, const std::string& at);
    void take_state(const json::Value& payload);

    JournalTakers m_takers;
    std::unordered_map<std::string, bool> m_is_of_agent;  // actions
};

enrich::ModelUsage usage_of(const json::Value& usage);
// By what a message with these parts is known again: its texts and the ids of its calls.
std::string key_of(const json::Value& parts);

}  // namespace opentraces::capture::vibe
