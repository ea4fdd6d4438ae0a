// A run as the turns of a conversation, in the order and shape that training formats want.
#pragma once

#include <string_view>
#include <vector>

#include "formats/view/prepared.hpp"
#include "formats/view/remarks.hpp"

namespace opentraces::formats {

struct Turn {
    bool assistant = false;
    // One of an assistant; else all users' and systems' that follow each other.
    std::vector<const PreparedStep*> steps;
};

// What the model saw at once: a run, or the part of it between two compactions.
struct Dialogue {
    std::string_view system;  // empty when unknown
    // What a sub-agent was asked, when its run does not begin with it; else empty.
    std::string_view opening;
    std::vector<Turn> turns;  // the last one is the assistant's
};

// Without warm-ups and steps that say nothing; dialogues without an assistant, or without anybody who asks,
// are left out. `remarks` hears about all of it.
std::vector<Dialogue> dialogues(const Prepared& prepared, const Run& run, Remarks& remarks);

// A message of the harness, not of a person: what training rows mark with k_system_mark.
bool is_system_note(const trace::Step& step);
inline constexpr std::string_view k_system_mark = "[system]\n";

// Reasoning that is text to learn from: not a note that it was hidden.
std::string_view readable_reasoning(const trace::Step& step);
bool has_hidden_reasoning(const trace::Step& step);

// Remarks about observations that are no answers: formats with one answer per call have no place for them.
void remark_left_observations(const Dialogue& dialogue, Remarks& remarks);

}  // namespace opentraces::formats
