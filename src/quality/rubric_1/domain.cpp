// Domain of rubric 1.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "quality/rubric_0_2/white_space.hpp"
#include "quality/rubric_1/check.hpp"

namespace opentraces::quality {
namespace {

constexpr std::size_t k_task_length = 20;

// Repositories whose issues are test sets: traces on them contaminate evaluations.
constexpr std::array<std::string_view, 30> k_benchmark_repositories{"astropy/astropy",
                                                                    "django/django",
                                                                    "matplotlib/matplotlib",
                                                                    "mwaskom/seaborn",
                                                                    "pallets/flask",
                                                                    "psf/requests",
                                                                    "pydata/xarray",
                                                                    "pylint-dev/pylint",
                                                                    "pytest-dev/pytest",
                                                                    "scikit-learn/scikit-learn",
                                                                    "sphinx-doc/sphinx",
                                                                    "sympy/sympy",
                                                                    "marshmallow-code/marshmallow",
                                                                    "pvlib/pvlib-python",
                                                                    "pydicom/pydicom",
                                                                    "pylint-dev/astroid",
                                                                    "pyvista/pyvista",
                                                                    "sqlfluff/sqlfluff",
                                                                    "cli/cli",
                                                                    "grpc/grpc-go",
                                                                    "zeromicro/go-zero",
                                                                    "ponylang/ponyc",
                                                                    "facebook/zstd",
                                                                    "jqlang/jq",
                                                                    "fmtlib/fmt",
                                                                    "nlohmann/json",
                                                                    "simdjson/simdjson",
                                                                    "tokio-rs/tokio",
                                                                    "clap-rs/clap",
                                                                    "sveltejs/svelte"};

CheckResult languages(const StrictSubject& subject) {
    if (!subject.strict.last_edit && subject.facts.snippets == 0) return not_applicable("no code");
    const std::size_t count = subject.record.environment.language_ecosystem.size();
    return all_or_nothing(count > 0, fmt::format("{} languages", count));
}

CheckResult dependencies(const StrictSubject& subject) {
    if (subject.record.environment.language_ecosystem.empty()) return not_applicable("no languages");
    const std::size_t count = subject.record.dependencies.size();
    return all_or_nothing(count > 0, fmt::format("{} dependencies", count));
}

CheckResult task(const StrictSubject& subject) {
    return stated_task(subject, k_task_length);
}

CheckResult code_state(const StrictSubject& subject) {
    if (subject.runtime) return not_applicable("runtime");
    const trace::Vcs& vcs = subject.record.environment.vcs;
    const bool typed = vcs.type == trace::VcsType::Git;
    const bool branch = has_text(vcs.branch);
    const bool commit = has_text(vcs.base_commit) || has_text(subject.record.task.base_commit);
    return graded(typed && commit, (typed ? 0.4 : 0.0) + (branch ? 0.2 : 0.0) + (commit ? 0.4 : 0.0),
                  fmt::format("git {}, branch {}, base commit {}", typed, branch, commit));
}

CheckResult snippet_languages(const StrictSubject& subject) {
    if (subject.facts.snippets == 0) return not_applicable("no snippets");
    return share(subject.facts.snippets_with_language, subject.facts.snippets, 0.5);
}

CheckResult attribution(const StrictSubject& subject) {
    if (!subject.strict.last_edit) return not_applicable("no edits");
    const auto& attribution = subject.record.attribution;
    const std::size_t files = attribution ? attribution->files.size() : 0;
    return all_or_nothing(files > 0, fmt::format("{} files", files));
}

CheckResult agent_version(const StrictSubject& subject) {
    const bool version = has_text(subject.record.agent.version);
    return all_or_nothing(version, version ? *subject.record.agent.version : "missing");
}

CheckResult system(const StrictSubject& subject) {
    const bool os = has_text(subject.record.environment.os);
    const bool shell = has_text(subject.record.environment.shell);
    return graded(os, (os ? 0.7 : 0.0) + (shell ? 0.3 : 0.0), fmt::format("os {}, shell {}", os, shell));
}

CheckResult benchmark(const StrictSubject& subject) {
    const trace::OptText& repository = subject.record.task.repository;
    if (!has_text(repository)) return unknown("the repository is not known");
    const std::string name = to_lower_ascii(strip(*repository));
    const bool known = std::find(k_benchmark_repositories.begin(), k_benchmark_repositories.end(), name) !=
                       k_benchmark_repositories.end();
    return known ? failed("works on " + name) : passed("not a known benchmark");
}

constexpr std::string_view k_discovery = "discovery";
constexpr std::string_view k_reproduction = "reproduction";
constexpr std::string_view k_contamination = "contamination";

constexpr std::array k_rows{
    StrictRow{{"M1", "Languages are named", k_discovery, 1.0, "Consumers select by language.",
               "environment.language_ecosystem", "Record the languages of the project."},
              languages},
    StrictRow{{"M2", "Dependencies are named", k_discovery, 0.7, "Consumers select by library.",
               "dependencies", "Record the dependencies of the project."},
              dependencies},
    StrictRow{{"M3", "The task can be searched for", k_discovery, 0.8, "Search works on the task.",
               "task.description", "Set task.description to what the user asked, in a sentence."},
              task},
    StrictRow{{"M4", "Snippets have a language", k_discovery, 0.5, "Code search filters by language.",
               "steps[].snippets[].language", "Tag snippets with their language."},
              snippet_languages},
    StrictRow{{"M5", "The state of the code is known", k_reproduction, 1.0,
               "Without the base commit nothing can be run again.", "environment.vcs, task.base_commit",
               "Record type, branch and base commit."},
              code_state},
    StrictRow{
        {"M6", "Edits are attributed", k_reproduction, 0.6, "Which lines the agent wrote should be known.",
         "attribution", "Record the edited files and lines."},
        attribution},
    StrictRow{{"M7", "Agent version is known", k_reproduction, 0.5, "Behaviour changes with versions.",
               "agent.version", "Record the agent's version."},
              agent_version},
    StrictRow{{"M8", "The system is known", k_reproduction, 0.4, "Commands depend on the system.",
               "environment.os, environment.shell", "Record operating system and shell."},
              system},
    StrictRow{{"M9", "No known benchmark repository", k_contamination, 1.0,
               "Training on a test set spoils the test.", "task.repository",
               "Keep such traces in a dataset of their own."},
              benchmark},
};

}  // namespace

std::span<const StrictRow> strict_domain() {
    return k_rows;
}

}  // namespace opentraces::quality
