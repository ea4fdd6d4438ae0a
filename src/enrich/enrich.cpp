#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

void fill_outcome(const capture::ParsedSession& parsed, trace::Outcome& outcome) {
    if (const auto commit = last_commit(parsed)) {
        outcome.committed = true;
        outcome.commit_sha = commit->sha;
        if (!outcome.description && !commit->message.empty()) outcome.description = commit->message;
    }
    if (outcome.patch) return;
    std::string patch = patch_of(parsed);
    if (!patch.empty()) outcome.patch = std::move(patch);
}

}  // namespace

void complete(capture::ParsedSession& parsed) {
    if (!parsed.record) return;
    trace::TraceRecord& record = *parsed.record;
    fill_metrics(parsed);
    if (record.environment.language_ecosystem.empty())
        record.environment.language_ecosystem = languages_of(record.steps);
    if (record.dependencies.empty()) record.dependencies = dependencies_of(record.steps);
    fill_outcome(parsed, record.outcome);
    if (!record.attribution) record.attribution = attribution_of(parsed);
}

}  // namespace opentraces::enrich
