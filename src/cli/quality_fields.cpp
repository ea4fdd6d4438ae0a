#include "cli/quality_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cli/diagnostic_fields.hpp"
#include "cli/failure_fields.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/quality/advice.hpp"

namespace opentraces::cli {
namespace {

using quality::Batch;
using quality::CheckResult;
using quality::Persona;
using quality::PersonaResult;
using quality::QualitySummary;
using quality::Verdict;

constexpr std::size_t k_bar_width = 20;
constexpr std::size_t k_shown_traces = 5;
constexpr std::size_t k_shown_checks = 8;
constexpr std::size_t k_largest_thresholds = std::size_t{1} << 16;

std::string note_of(const CheckResult& check) {
    if (check.verdict == Verdict::Unknown) return "unknown: the trace does not say";
    if (check.verdict == Verdict::NotApplicable) return check.note.empty() ? "not applicable" : check.note;
    return check.note;
}

json::Object check_object(const CheckResult& check) {
    json::Object object;
    object.append("id", check.check->id);
    object.append("name", check.check->name);
    object.append("category", check.check->category);
    object.append("weight", check.check->weight);
    object.append("score", check.verdict == Verdict::Unknown ? json::Value() : json::Value(check.score));
    object.append("passed", check.passed());
    object.append("skipped", !check.counts());
    object.append("evidence", check.evidence);
    object.append("note", note_of(check));
    return object;
}

json::Object judgement_object(const quality::Judgement& judgement) {
    json::Array dimensions;
    for (const quality::JudgedDimension& dimension : judgement.dimensions) {
        json::Object object;
        object.append("name", dimension.name);
        object.append("score", dimension.score);
        object.append("rationale", dimension.rationale);
        dimensions.emplace_back(std::move(object));
    }
    json::Object object;
    object.append("deterministic_score", judgement.deterministic);
    object.append("judge_score", judgement.skipped.empty() ? json::Value(judgement.score) : json::Value());
    object.append("skipped_reason", text_or_null(judgement.skipped));
    object.append("dimensions", std::move(dimensions));
    return object;
}

json::Object persona_object(const PersonaResult& result) {
    json::Object categories;
    for (const auto& [name, score] : result.categories)
        categories.append(std::string(name), score);
    json::Array checks;
    for (const CheckResult& check : result.checks)
        checks.emplace_back(check_object(check));
    json::Object object;
    object.append("total_score", result.total);
    object.append("pass_rate", result.pass_rate);
    object.append("skipped", result.skipped);
    object.append("category_scores", std::move(categories));
    object.append("checks", std::move(checks));
    object.append("judge",
                  result.judgement ? json::Value(judgement_object(*result.judgement)) : json::Value());
    return object;
}

class Paint {
public:
    explicit Paint(bool colour) : m_colour(colour) {}
    std::string operator()(std::string_view colour, std::string_view text) const {
        if (!m_colour) return std::string(text);
        return std::string(colour) + std::string(text) + std::string(k_plain);
    }

private:
    bool m_colour;
};

std::string bar(double score) {
    const auto filled = static_cast<std::size_t>(score / 100 * k_bar_width + 0.5);
    std::string text;
    for (std::size_t i = 0; i < k_bar_width; ++i)
        text += i < filled ? "█" : "░";
    return text;
}

std::string persona_row(const quality::PersonaScore& score, const quality::Threshold& threshold,
                        const Paint& paint) {
    const bool passes = !threshold.average || score.average >= *threshold.average;
    const std::string_view colour = !passes ? k_red : score.average < 80 ? k_yellow : k_green;
    return fmt::format("  {:<12} {} {:>6.1f} {:>6.1f} {:>6.1f}  {}\n", score.name,
                       paint(colour, bar(score.average)), score.average, score.minimum, score.maximum,
                       passes ? paint(k_green, "PASS") : paint(k_red, "FAIL"));
}

struct Failing {
    quality::CheckInfo check;
    quality::CheckTally tally;
    double lost = 0;  // weight times failures
};

std::vector<Failing> failing_checks(const Batch& batch) {
    std::vector<Failing> failing;
    for (const Persona persona : quality::k_personas) {
        for (const quality::CheckInfo& check : quality::checks(batch.rubric(), persona)) {
            const auto tally = batch.checks().find(check.id);
            if (tally == batch.checks().end() || tally->second.failed == 0) continue;
            failing.push_back(
                {check, tally->second, check.weight * static_cast<double>(tally->second.failed)});
        }
    }
    std::stable_sort(failing.begin(), failing.end(),
                     [](const Failing& left, const Failing& right) { return left.lost > right.lost; });
    return failing;
}

// One line for all agents that are told the same.
std::string advice_text(const quality::CheckInfo& check, const FailingAgents& failing) {
    std::map<std::string_view, std::string> agents;  // by advice
    const auto found = failing.find(check.id);
    if (found != failing.end())
        for (const std::string& agent : found->second) {
            std::string& names = agents[quality::advice(check, agent)];
            names += (names.empty() ? "" : ", ") + printable_line(agent);
        }
    if (agents.empty()) return fmt::format("    {}\n", check.fix);
    if (agents.size() == 1) return fmt::format("    {}\n", agents.begin()->first);
    std::string text;
    for (const auto& [words, names] : agents)
        text += fmt::format("    {}: {}\n", names, words);
    return text;
}

std::string fixes_text(const Batch& batch, const FailingAgents& agents) {
    const std::vector<Failing> failing = failing_checks(batch);
    if (failing.empty()) return {};
    std::string text = "\nWhat would help most\n";
    for (std::size_t i = 0; i < std::min(failing.size(), k_shown_checks); ++i) {
        const auto& [check, tally, lost] = failing[i];
        text += fmt::format("  {} - fails in {} of {}\n{}", check.name, tally.failed,
                            tally.failed + tally.passed, advice_text(check, agents));
    }
    if (failing.size() > k_shown_checks)
        text +=
            fmt::format("  and {} more checks; see them with --checks\n", failing.size() - k_shown_checks);
    return text;
}

std::string worst_text(const Batch& batch) {
    if (batch.worst().empty()) return {};
    std::string text = "\nLowest traces\n";
    std::size_t shown = 0;
    for (const quality::LowScore& score : batch.worst()) {
        if (shown++ == k_shown_traces) break;
        text += fmt::format("  {:>6.1f}  {}\n", static_cast<double>(score.tenths) / 10,
                            printable_line(score.trace_id));
    }
    return text;
}

std::string broken_text(const Batch& batch) {
    if (batch.broken_total() == 0) return {};
    std::string text =
        fmt::format("\nNot scored: {} no TraceRecord\n",
                    batch.broken_total() == 1 ? std::string("1 line that is")
                                              : fmt::format("{} lines that are", batch.broken_total()));
    std::size_t shown = 0;
    for (const Diagnostic& line : batch.broken()) {
        if (shown++ == k_shown_checks) break;
        text += "  " + diagnostic_text(line) + "\n";
    }
    return text;
}

double average_in(const QualitySummary& summary, const std::string& name) {
    for (const quality::PersonaScore& score : summary.personas)
        if (score.name == name) return score.average;
    return 0;
}

}  // namespace

quality::Thresholds read_thresholds(Context& context, const std::string& path) {
    if (path.empty()) return quality::default_thresholds();
    const std::string absolute = fs::absolute(path, context.ports.environment, context.ports.disk);
    if (!context.ports.disk.info(absolute)) throw Error(ErrorCode::NotFound, "no such file: " + path);
    return quality::thresholds_from_json(context.ports.disk.read_all(absolute, k_largest_thresholds));
}

json::Object assessment_object(const quality::Assessment& assessment, std::optional<Persona> only) {
    json::Object personas;
    for (const PersonaResult& result : assessment.personas)
        if (!only || *only == result.persona)
            personas.append(std::string(quality::name_of(result.persona)), persona_object(result));
    json::Object object;
    object.append("trace_id", assessment.trace_id);
    object.append("session_id", assessment.session_id);
    object.append("task_description", assessment.task_description);
    object.append("overall_utility", assessment.overall_utility);
    object.append("personas", std::move(personas));
    return object;
}

flow::Failures broken_lines(const Batch& batch) {
    flow::Failures failures(k_most_failures);
    for (const Diagnostic& line : batch.broken())
        failures.add(line, ErrorCode::CheckFailed);
    failures.add_unnamed(batch.broken_total() - failures.total());
    return failures;
}

void note_failing(const trace::TraceRecord& record, const quality::Assessment& assessment,
                  FailingAgents& failing) {
    for (const PersonaResult& result : assessment.personas)
        for (const CheckResult& check : result.checks)
            if (check.verdict == Verdict::Failed)
                failing[std::string(check.check->id)].insert(record.agent.name);
}

std::string scores_text(const Batch& batch, const QualitySummary& summary,
                        const quality::Thresholds& thresholds, const FailingAgents& agents,
                        const Terminal& terminal) {
    // Without a trace there is neither a mean nor a gate to show.
    if (batch.traces() == 0) return "Nothing was scored.\n" + broken_text(batch);
    const Paint paint(terminal.colour());
    std::string text =
        fmt::format("{}, rubric {}\n\n", counted(batch.traces(), "trace"), quality::name_of(batch.rubric()));
    text += fmt::format("  {:<12} {:<20} {:>6} {:>6} {:>6}  gate\n", "persona", "", "mean", "min", "max");
    for (const quality::PersonaScore& score : summary.personas)
        text += persona_row(score, thresholds.of(*quality::parse_persona(score.name)), paint);
    text += fmt::format("\nOverall utility {:.1f}\n", summary.overall_utility);
    if (summary.preservation_average)
        text += fmt::format("Preservation {:.2f}\n", *summary.preservation_average);
    const bool passes = summary.gate_failures.empty();
    text += "Gate " + (passes ? paint(k_green, "passing") : paint(k_red, "failing")) + "\n";
    for (const std::string& failure : summary.gate_failures)
        text += "  " + printable_line(failure) + "\n";
    return text + worst_text(batch) + fixes_text(batch, agents) + broken_text(batch);
}

std::string checks_text(const quality::Assessment& assessment, const std::string& agent,
                        std::optional<Persona> only) {
    std::string text = fmt::format("{} {:.1f}  {}\n", printable_line(assessment.trace_id),
                                   assessment.overall_utility, printable_line(assessment.task_description));
    for (const PersonaResult& result : assessment.personas) {
        if (only && *only != result.persona) continue;
        text += fmt::format("  {} {:.1f}\n", quality::name_of(result.persona), result.total);
        for (const CheckResult& check : result.checks) {
            const std::string_view word = check.passed()                            ? "pass"
                                          : check.verdict == Verdict::Failed        ? "FAIL"
                                          : check.verdict == Verdict::NotApplicable ? "skip"
                                                                                    : "????";
            text += fmt::format("    {} {:<4} {:.2f}  {}: {}\n", word, check.check->id, check.score,
                                check.check->name, printable_line(check.evidence));
            if (check.verdict == Verdict::Failed)
                text += fmt::format("         fix: {}\n", quality::advice(*check.check, agent));
        }
    }
    return text;
}

std::string comparison_text(const QualitySummary& local, const QualitySummary& remote) {
    std::string text = "\nAgainst what the dataset has published\n";
    for (const quality::PersonaScore& score : local.personas) {
        const double other = average_in(remote, score.name);
        text += fmt::format("  {:<12} {:>6.1f} -> {:>6.1f}  {:+.1f}\n", score.name, other, score.average,
                            score.average - other);
    }
    return text;
}

json::Object comparison_object(const std::string& name, const QualitySummary& local,
                               const std::optional<QualitySummary>& remote) {
    json::Object personas;
    if (remote) {
        for (const quality::PersonaScore& score : local.personas) {
            const double other = average_in(*remote, score.name);
            json::Object object;
            object.append("local_average", score.average);
            object.append("remote_average", other);
            // Both have one decimal; so has what is between them.
            object.append("delta", static_cast<double>(std::lround((score.average - other) * 10)) / 10);
            personas.append(score.name, std::move(object));
        }
    }
    json::Object object;
    object.append("remote", name);
    object.append("published", remote.has_value());
    object.append("personas", std::move(personas));
    return object;
}

}  // namespace opentraces::cli
