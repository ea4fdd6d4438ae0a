#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

void fill_outcome(trace::TraceRecord& record, const Evidence& evidence) {
    trace::Outcome& outcome = record.outcome;
    if (const auto commit = last_commit(record, evidence)) {
        outcome.committed = true;
        outcome.commit_sha = commit->sha;
        if (!outcome.description && !commit->message.empty()) outcome.description = commit->message;
    }
    if (outcome.patch) return;
    std::string patch = patch_of(evidence);
    if (!patch.empty()) outcome.patch = std::move(patch);
}

}  // namespace

void complete(trace::TraceRecord& record, const Evidence& evidence) {
    fill_metrics(record, evidence);
    if (record.environment.language_ecosystem.empty())
        record.environment.language_ecosystem = languages_of(record.steps);
    if (record.dependencies.empty()) record.dependencies = dependencies_of(record.steps);
    fill_outcome(record, evidence);
    if (!record.attribution) record.attribution = attribution_of(record, evidence);
}

}  // namespace opentraces::enrich
