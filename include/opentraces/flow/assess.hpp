// Scoring traces: lines of JSONL in bounded memory, and whole datasets through their index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/card/settings.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/flow/record_lines.hpp"
#include "opentraces/quality/batch.hpp"
#include "opentraces/quality/gate.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

// Told of every trace, once it is scored.
using OnTrace = std::function<void(const trace::TraceRecord&, const quality::Assessment&)>;
// May blend something into the scores of a trace.
using Judge = std::function<void(const trace::TraceRecord&, quality::Assessment&)>;

struct AssessOptions {
    quality::Rubric rubric = quality::Rubric::Compatible;
    std::int64_t limit = 0;  // traces; 0 = all
    // Folder with raw sessions, <session_id>.jsonl: adds how much of them the traces keep. Empty = none.
    std::string sessions;
    std::string judge_model;  // as the summary names it; empty = no judge
    Judge judge;
    OnTrace on_trace;
    // Told of every trace that was compared with its raw session.
    std::function<void(const quality::Preservation&)> on_preservation;
};

// Scores lines one after the other; what is not a TraceRecord is rejected and counted.
class Scorer final : public LineVisitor {
public:
    Scorer(Ports& ports, AssessOptions options);
    Scorer(const Scorer&) = delete;
    Scorer& operator=(const Scorer&) = delete;
    void line(const std::string& source, std::size_t number, std::string_view text) override;
    void broken(const std::string& source, std::size_t number, std::string reason) override;
    bool full() const override;  // the limit is reached
    const quality::Batch& batch() const { return m_batch; }

private:
    void compare_with_session(const trace::TraceRecord& record);

    Ports& m_ports;
    AssessOptions m_options;
    quality::AssessOptions m_scoring;
    quality::Batch m_batch;
    std::string_view m_line;
};

struct DatasetOptions {
    quality::Thresholds thresholds;
    card::CardSettings card;
    bool dry_run = false;
    security::ScrubOptions scan;  // for the card's settings
};

struct DatasetScores {
    std::string remote;  // canonical name
    quality::Batch batch;
    std::int64_t shards = 0;
    std::int64_t shards_read = 0;  // that the index had no scores of
    quality::QualitySummary summary;
    std::string commit;  // empty: nothing was written
    std::string commit_url;
};

// Scores a dataset with the compatible rubric, reading only shards that its index has no scores of, and
// writes card, quality.json and index in one commit unless `dry_run`. Errors of hub::Remote; CorruptDataset
// when a shard or the index cannot be trusted; CardMalformed; CommitConflict (others kept pushing).
DatasetScores assess_dataset(dataset::Dataset& dataset, const DatasetOptions& options);
// Every line of every shard with any rubric, judge and observer; writes nothing.
DatasetScores score_dataset(dataset::Dataset& dataset, Scorer& scorer);

// Error BadOption: the scores of a selection are not for publishing.
void check_publishable(bool selection, bool dry_run);
// One of these: the plain scores of the whole come from its index and go into it. A selection, which is what
// the scorer's options make of it, is read line by line. Errors as check_publishable().
DatasetScores score_or_assess(dataset::Dataset& dataset, Scorer& scorer, bool selection,
                              const DatasetOptions& options);

// The sum of partial results (quality::Batch as JSON), named as the user did. Errors NotFound,
// CorruptDataset; BadOption for different rubrics.
quality::Batch merge_partials(const std::vector<std::string>& paths, Ports& ports);

// What the dataset says about its quality; nullopt if it says nothing.
std::optional<quality::QualitySummary> published_scores(hub::Remote& remote);

}  // namespace opentraces::flow
