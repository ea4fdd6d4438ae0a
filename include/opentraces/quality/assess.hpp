// Scoring one trace.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "opentraces/quality/rubric.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::quality {

enum class Verdict {
    Passed,
    Failed,
    NotApplicable,  // left out of every sum
    Unknown,        // the trace lacks the signal; only the strict rubric says so; left out of the sums, but
                    // a persona with more unknown than known weight gets no score
};

struct CheckResult {
    const CheckInfo* check = nullptr;
    Verdict verdict = Verdict::Failed;
    double score = 0;      // 0 to 1; 0 when the check has no say
    std::string evidence;  // what decided; never a secret
    std::string note;
    bool passed() const { return verdict == Verdict::Passed; }
    bool counts() const { return verdict == Verdict::Passed || verdict == Verdict::Failed; }
};

struct JudgedDimension {
    std::string name;
    int score = 3;  // 1 to 5
    std::string rationale;
};

// What a language model thought of a trace for one persona.
struct Judgement {
    double deterministic = 0;  // the persona's total before the blend
    double score = 0;
    std::vector<JudgedDimension> dimensions;
    std::string skipped;  // why there is no judgement; empty if there is one
};

struct PersonaResult {
    Persona persona = Persona::Conformance;
    double total = 0;  // 0 to 100, one decimal; 0 when skipped
    double pass_rate = 0;
    bool skipped = false;
    std::vector<std::pair<std::string_view, double>> categories;
    std::vector<CheckResult> checks;
    std::optional<Judgement> judgement;
};

struct Assessment {
    std::string trace_id;
    std::string session_id;
    std::string task_description;  // first 100 code points
    double overall_utility = 0;
    std::array<PersonaResult, k_persona_count> personas;
    const PersonaResult& of(Persona persona) const { return personas[static_cast<std::size_t>(persona)]; }
    PersonaResult& of(Persona persona) { return personas[static_cast<std::size_t>(persona)]; }
};

struct AssessOptions {
    Rubric rubric = Rubric::Compatible;
    // Whose home directory the compatible rubric looks for; empty = nobody's.
    std::string user_name;
    // Rules that find a credential in the record, for the strict rubric; empty = it cannot know.
    std::function<std::vector<std::string>(const trace::TraceRecord&)> find_credentials;
};

// The same record gives the same numbers in every build.
Assessment assess(const trace::TraceRecord& record, const AssessOptions& options);

// Recomputes overall_utility from the totals, after they have changed.
void update_overall(Assessment& assessment);

}  // namespace opentraces::quality
