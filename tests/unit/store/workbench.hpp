// A project in a temporary folder with a store that tests open and reopen.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/traces.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::testing {

struct StoreBench {
    StoreBench() { reopen(); }

    void reopen() {
        store.reset();
        store = store::Store::open(folder.path(), *disk, clock);
    }
    TraceId stage(const std::string& session, const std::string& text = "Fix the bug") {
        return store->stage(sample_trace(session, text), "/sessions/" + session + ".jsonl").id;
    }
    store::Stage stage_of(const TraceId& id) { return store->find(id.str()).stage; }
    store::PushIntent begin(const std::vector<TraceId>& traces, const std::string& remote = "me/data") {
        store::PushIntent intent;
        intent.remote = remote;
        intent.parent = "abc";
        intent.shard_paths = {"data/a.jsonl"};
        intent.traces = traces;
        return store->begin_push(intent);
    }
    void push(const std::vector<TraceId>& traces, const std::string& remote = "me/data") {
        store::PushRecord record;
        record.commit_oid = "oid";
        record.shard_paths = {"data/a.jsonl"};
        store->finish_push(begin(traces, remote), record);
    }
    std::string at(const std::string& name) const { return folder.file(".opentraces/" + name); }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    FixedClock clock{TimePoint(std::chrono::milliseconds(1'767'225'600'000))};
    SeededIds ids{7};
    std::unique_ptr<store::Store> store;
};

template <class Action>
Error error_of(const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error was thrown");
    return Error(ErrorCode::Internal, "");
}

}  // namespace opentraces::testing
