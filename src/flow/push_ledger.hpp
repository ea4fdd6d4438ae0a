// What the store knows of a push that is under way.
#pragma once

#include <string>
#include <vector>

#include "flow/push_selection.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/dataset/plan.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

class PushLedger {
public:
    PushLedger(store::Store& store, Clock& clock) : m_store(store), m_clock(clock) {}

    // Before anything is uploaded. Error CommitConflict when a capture has changed one of the traces since
    // they were read.
    store::PushIntent begin(const std::string& remote, const std::string& parent, const Selection& batch,
                            const std::vector<dataset::NewShard>& shards);
    void abandon(const store::PushIntent& intent, const std::string& reason);
    // The commit is in the dataset; both are empty when none was needed.
    void finish(const store::PushIntent& intent, const std::string& oid, const std::string& url);
    // It is in a pull request to `dataset`.
    void offer(const store::PushIntent& intent, const std::string& dataset, std::int64_t number,
               const std::string& url);

private:
    store::Store& m_store;
    Clock& m_clock;
};

std::vector<TraceId> ids_of(const std::vector<Candidate>& traces);

}  // namespace opentraces::flow
