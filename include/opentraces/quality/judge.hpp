// Scores by a language model: what it is asked, and what its answer counts for. Sends nothing.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/quality/assess.hpp"

namespace opentraces::quality {

inline constexpr double k_deterministic_share = 0.6;  // of a blended total

// Every persona but conformance, which is a matter of fact.
bool is_judged(Persona persona);
// haiku, sonnet and opus are short for models; other names stay.
std::string judge_model_id(std::string_view name);

struct JudgePrompt {
    std::string system;
    std::string user;
};
// `summary`: JSON text of trace_summary(), scrubbed by the caller. It cannot close its fence.
JudgePrompt judge_prompt(Persona persona, std::string_view summary);
// The parts of a trace that a judge sees, each cut to a length of its own: JSON text of bounded size.
std::string trace_summary(const trace::TraceRecord& record, const Assessment& assessment);

// The judgement that an answer gives; `skipped` says why when it gives none. Dimensions that it does not name
// count 3, what it repeats counts once.
Judgement judgement_of(std::string_view answer, Persona persona);
// Blends a judgement into the total, if the persona has one.
void blend(PersonaResult& result, Judgement judgement);

}  // namespace opentraces::quality
