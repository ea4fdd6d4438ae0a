#include "quality/judge/dimensions.hpp"

#include <array>

namespace opentraces::quality {
namespace {

constexpr std::array k_training{
    Dimension{"reasoning_quality", 0.3, "Is the reasoning real problem solving?", "none or filler",
              "aware of the problem", "hypotheses, alternatives, refinement"},
    Dimension{"demonstration_value", 0.25, "Would a model learn useful coding behaviour?",
              "abandoned or trivial", "finishes, unremarkable", "non-trivial, effective, clean result"},
    Dimension{"task_clarity", 0.2, "Could the task text serve as a prompt?", "none or generic",
              "general direction", "requirements, context, success criteria"},
    Dimension{"conversation_naturalness", 0.15, "Clean turns without artefacts?", "corrupted",
              "minor artefacts", "none, clean roles"},
    Dimension{"tool_use_coherence", 0.1, "Purposeful calls, results used?", "wasteful or broken",
              "some redundancy", "minimal, well chosen"},
};

constexpr std::array k_rl{
    Dimension{"outcome_trustworthiness", 0.3, "Usable as a reward?", "default or unset",
              "some signal, uncertain", "strong, consistent, backed by artefacts"},
    Dimension{"causal_traceability", 0.25, "Does the outcome follow from the actions?", "no link",
              "chain with gaps", "every important action linked"},
    Dimension{"step_level_signals", 0.2, "Intermediate success/failure signals?", "none",
              "some errors/success marks", "rich: errors, tests, builds"},
    Dimension{"cost_reward_feasibility", 0.15, "Cost-penalised reward possible?", "no token data",
              "per step, incomplete", "complete incl. cache, consistent"},
    Dimension{"diversity_signal", 0.1, "Does it add variety to a batch?", "generic", "moderately different",
              "rare task or pattern"},
};

constexpr std::array k_analytics{
    Dimension{"timeline_coherence", 0.3, "Times, durations and order consistent?", "missing or wrong",
              "small anomalies", "monotonic and complete"},
    Dimension{"cost_model_credibility", 0.25, "Token sums, cache and cost plausible?", "none or wrong",
              "roughly consistent", "all fields agree with expected rates"},
    Dimension{"operational_completeness", 0.2, "Can one reconstruct what happened and why?", "major gaps",
              "reasonable", "actions, reasoning, context throughout"},
    Dimension{"anomaly_detectability", 0.15, "Would odd patterns show?", "no data", "cost and timing",
              "per-step timing, cost, cache, errors, retries"},
    Dimension{"aggregation_readiness", 0.1, "Safe to aggregate?", "would break sums", "small edge cases",
              "real numbers, same semantics"},
};

constexpr std::array k_domain{
    Dimension{"discoverability", 0.3, "Would a fitting query find it?", "no metadata", "common queries",
              "precise queries"},
    Dimension{"metadata_accuracy", 0.25, "Do tags match the work?", "misleading", "mostly right",
              "precise and complete"},
    Dimension{"task_specificity", 0.2, "Good enough for semantic search?", "generic", "area named",
              "technology, problem, files, goal"},
    Dimension{"attribution_utility", 0.15, "Does attribution match the edits?", "none", "some files",
              "accurate per file"},
    Dimension{"reproducibility_context", 0.1, "Enough environment to reproduce?", "none", "VCS and language",
              "commit, branch, deps, OS, shell, versions, model"},
};

}  // namespace

std::span<const Dimension> judged_dimensions(Persona persona) {
    switch (persona) {
        case Persona::Training:
            return k_training;
        case Persona::Rl:
            return k_rl;
        case Persona::Analytics:
            return k_analytics;
        case Persona::Domain:
            return k_domain;
        default:
            return {};
    }
}

}  // namespace opentraces::quality
