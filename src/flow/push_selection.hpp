// Which committed traces a dataset lacks, and why it needs no more of the others.
#pragma once

#include <vector>

#include "flow/push_spool.hpp"
#include "opentraces/dataset/state.hpp"

namespace opentraces::flow {

// A revision in the dataset that one of this push goes further than.
struct Earlier {
    TraceId id;
    std::string shard;
};

struct Selection {
    std::vector<Candidate> fresh;
    std::vector<Candidate> same_text;   // the dataset has the text, or this push has it twice
    std::vector<Candidate> other_text;  // the dataset has the trace, that is its id, with another text
    std::vector<Candidate> superseded;  // the dataset has a later revision of the session
    std::vector<Candidate> withdrawn;   // were taken back from the dataset, they or another revision
    std::vector<Earlier> earlier;       // revisions that the dataset has of the sessions of fresh ones

    std::vector<Candidate> duplicates() const;
};

// What the index says is not enough to leave a trace out: the shards that it names are read, unless this
// store has read them before. `state` is corrected where they say something else. Errors of
// dataset::Reader::read().
Selection select_fresh(const std::vector<Candidate>& committed, dataset::Reader& reader,
                       dataset::State& state);

}  // namespace opentraces::flow
