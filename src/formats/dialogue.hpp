// A run as the turns of a conversation, in the order and shape that training formats want.
#pragma once

#include <string_view>
#include <vector>

#include "prepared.hpp"
#include "remarks.hpp"

namespace opentraces::formats {

struct Turn {
    enum class Kind { User, System, Assistant };
    Kind kind = Kind::User;
    // One for Assistant; for User and System those that follow each other.
    std::vector<const PreparedStep*> steps;
};

// What the model saw at once: a run, or the part of it between two compactions.
struct Dialogue {
    std::string_view system;  // empty when unknown
    std::vector<Turn> turns;  // the last one is the assistant's
};

// Without warm-ups and steps that say nothing; dialogues without an assistant are left out. `remarks` hears
// about all of it.
std::vector<Dialogue> dialogues(const trace::TraceRecord& record, const Run& run, Remarks& remarks);

// Reasoning that is text to learn from: not a note that it was hidden.
std::string_view readable_reasoning(const trace::Step& step);
bool has_hidden_reasoning(const trace::Step& step);

// Remarks about observations that are no answers: formats with one answer per call have no place for them.
void remark_left_observations(const Dialogue& dialogue, Remarks& remarks);

}  // namespace opentraces::formats
