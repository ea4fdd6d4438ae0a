// Facts of single steps (metadata.opentraces_steps), divided among the parts of a session.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "enrich/episode_numbers.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

inline constexpr std::string_view k_step_facts = "opentraces_steps";

// A list in a record's metadata; empty where there is none.
const json::Array& list_in(const json::Object& metadata, std::string_view name);

// Gives the parts, which have their steps, the facts of these. What is told only where it changes (the
// branch, the working folder) is told again at the first step of a part; a step that stands for a text of
// another part gets that text.
void divide_facts(const trace::TraceRecord& whole, const EpisodeNumbers& numbers,
                  std::vector<trace::TraceRecord>& parts);

// The last that the steps of the main conversation say under this name; empty if they do not.
std::string last_fact(const trace::TraceRecord& record, std::string_view name);

// The step of this number; nullptr if there is none.
const trace::Step* step_of(const trace::TraceRecord& record, std::int64_t step_index);

}  // namespace opentraces::enrich
