// The steps of one session in their order: numbers them, and ties answers to the calls that they name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "opentraces/trace/record.hpp"

namespace opentraces::trace {

// Adds the prompt to system_prompts unless it is there. Its key is the start of its SHA-256.
std::string prompt_key(TraceRecord& record, const std::string& prompt);

// References to steps hold until the next step is added.
class StepBuilder {
public:
    explicit StepBuilder(TraceRecord& record, std::int64_t first_index = 1)
        : m_record(record), m_next(first_index) {}

    // The step as it is, with its number.
    Step& add(Step step);
    // A step of the main conversation that nobody has to answer.
    Step& say(Role role, OptText text);
    // A step of the main agent.
    Step& reply();

    // Adds a call to the step at this position of the record, with an observation that says "no_result" until
    // it is answered. Of calls with one id only the first is added: false for the others.
    bool call(std::size_t step, ToolCall call);
    struct Place {
        std::size_t step = 0;
        std::size_t call = 0;
        bool answered = false;
    };
    // Null if no call has this id.
    Place* find(const std::string& id);
    ToolCall& call_at(const Place& place) { return m_record.steps[place.step].tool_calls[place.call]; }
    // A later answer to the same call replaces the former. False if no call has this id.
    bool answer(const std::string& id, Observation observation);
    Observation& observation_at(const Place& place) {
        return m_record.steps[place.step].observations[place.call];
    }

private:
    TraceRecord& m_record;
    std::int64_t m_next;
    std::unordered_map<std::string, Place> m_calls;
};

}  // namespace opentraces::trace
