// Domain of rubric 0.2.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "opentraces/core/text.hpp"
#include "quality/rubric_0_2/check.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

constexpr std::size_t k_meaningful = 10;
constexpr double k_tagged = 0.5;

CheckResult languages(const Subject& subject) {
    if (subject.runtime && !subject.facts.writes_code) return not_applicable("runtime without code edits");
    const auto& languages = subject.record.environment.language_ecosystem;
    return all_or_nothing(!languages.empty(),
                          languages.empty() ? "none" : fmt::format("{}", fmt::join(languages, ", ")));
}

CheckResult dependencies(const Subject& subject) {
    const std::size_t count = subject.record.dependencies.size();
    if (count > 0) return passed(fmt::format("{} dependencies", count));
    if (subject.record.environment.language_ecosystem.empty())
        return with_note(passed("no languages"), "not applicable");
    return failed("none");
}

CheckResult task_description(const Subject& subject) {
    const trace::OptText& task = subject.record.task.description;
    if (!has_text(task)) return failed("missing");
    const std::string_view text = strip(*task);
    const std::size_t length = code_points(text);
    return graded(length > k_meaningful, length > k_meaningful ? 1.0 : 0.5,
                  fmt::format("{} characters: {}", length, first_code_points(text, 80)));
}

CheckResult vcs(const Subject& subject) {
    if (subject.runtime) return not_applicable("runtime");
    const trace::Vcs& vcs = subject.record.environment.vcs;
    const bool typed = vcs.type != trace::VcsType::None;
    const bool branch = has_text(vcs.branch);
    return graded(typed && branch, (typed ? 0.5 : 0.0) + (branch ? 0.5 : 0.0),
                  fmt::format("type {}, branch {}", name_of(vcs.type), text_or(vcs.branch, "missing")));
}

CheckResult snippet_languages(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.snippets == 0) return not_applicable("no snippets");
    const double ratio =
        static_cast<double>(facts.snippets_with_language) / static_cast<double>(facts.snippets);
    return graded(ratio >= k_tagged, rounded(ratio, 3),
                  part_of(facts.snippets_with_language, facts.snippets));
}

CheckResult attribution(const Subject& subject) {
    if (!subject.facts.writes_code) return with_note(passed("no edits"), "not applicable");
    const auto& attribution = subject.record.attribution;
    if (!attribution) return failed("missing");
    if (attribution->files.empty()) return failed("names no file", 0.3);
    return passed(fmt::format("{} files", attribution->files.size()));
}

CheckResult agent_identity(const Subject& subject) {
    const trace::Agent& agent = subject.record.agent;
    const bool name = !is_blank(agent.name);
    const bool version = has_text(agent.version);
    const std::string evidence = fmt::format("{} {}", agent.name, text_or(agent.version, "(no version)"));
    if (name && version) return passed(evidence);
    if (subject.runtime) return name ? passed(evidence, 0.7) : failed(evidence);
    return failed(evidence, name || version ? 0.5 : 0.0);
}

CheckResult operating_system(const Subject& subject) {
    const trace::OptText& os = subject.record.environment.os;
    if (has_text(os)) return passed(*os);
    return with_note(passed("missing"), "not yet implemented");
}

constexpr std::string_view k_category = "domain";

constexpr std::array k_rows{
    CheckRow{{"D1", "D1: Language ecosystem populated", k_category, 1.0, "Consumers select by language.",
              "environment.language_ecosystem", "Record the languages of the project."},
             languages},
    CheckRow{{"D2", "D2: Dependencies extracted", k_category, 0.9, "Consumers select by library.",
              "dependencies", "Record the dependencies of the project."},
             dependencies},
    CheckRow{{"D3", "D3: Task description meaningful", k_category, 0.8, "Search works on the task.",
              "task.description", "Set task.description to what the user asked, in a sentence."},
             task_description},
    CheckRow{{"D4", "D4: VCS info populated", k_category, 0.7, "The state of the code must be findable.",
              "environment.vcs", "Record the type of version control and the branch."},
             vcs},
    CheckRow{{"D5", "D5: Snippets with language tags", k_category, 0.6, "Code search filters by language.",
              "steps[].snippets[].language", "Tag snippets with their language."},
             snippet_languages},
    CheckRow{
        {"D6", "D6: Attribution when edits exist", k_category, 0.5,
         "Which lines the agent wrote should be known.", "attribution", "Record the edited files and lines."},
        attribution},
    CheckRow{{"D7", "D7: Agent name + version", k_category, 0.5, "Behaviour changes with versions.",
              "agent.name, agent.version", "Record name and version of the agent."},
             agent_identity},
    CheckRow{{"D8", "D8: Environment OS populated", k_category, 0.3, "Commands depend on the system.",
              "environment.os", "Record the operating system."},
             operating_system},
};

}  // namespace

std::span<const CheckRow> compatible_domain() {
    return k_rows;
}

}  // namespace opentraces::quality
