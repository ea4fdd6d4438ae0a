// Scores for people and programs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "cli/command.hpp"
#include "opentraces/flow/failures.hpp"
#include "opentraces/quality/batch.hpp"
#include "opentraces/quality/gate.hpp"

namespace opentraces::cli {

// The thresholds of a JSON file; the usual ones for an empty path.
quality::Thresholds read_thresholds(Context& context, const std::string& path);

json::Object assessment_object(const quality::Assessment& assessment, std::optional<quality::Persona> only);
// Lines that were not scored.
flow::Failures broken_lines(const quality::Batch& batch);

// Whose sessions fail a check: id of the check -> agent.
using FailingAgents = std::map<std::string, std::set<std::string>, std::less<>>;
void note_failing(const trace::TraceRecord& record, const quality::Assessment& assessment,
                  FailingAgents& failing);

// Table with bars, gate, worst traces and what would help those who use these agents.
std::string scores_text(const quality::Batch& batch, const quality::QualitySummary& summary,
                        const quality::Thresholds& thresholds, const FailingAgents& agents,
                        const Terminal& terminal);
// One trace of this agent with every check.
std::string checks_text(const quality::Assessment& assessment, const std::string& agent,
                        std::optional<quality::Persona> only);
// Against what a dataset has published.
std::string comparison_text(const quality::QualitySummary& local, const quality::QualitySummary& remote);
json::Object comparison_object(const std::string& name, const quality::QualitySummary& local,
                               const std::optional<quality::QualitySummary>& remote);

}  // namespace opentraces::cli
