// A project with committed traces and everything a push needs, but the dataset.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "doubles/temporary_directory.hpp"
#include "doubles/traces.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/flow/push.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::testing {

// Keeps what a push tells.
class RecordedProgress final : public flow::Progress {
public:
    void note(std::string_view text) override { notes.emplace_back(text); }
    void warning(std::string_view text) override { warnings.emplace_back(text); }
    void upload(std::string_view path, std::uint64_t sent, std::uint64_t total) override {
        uploads.insert(std::string(path));
        finished = finished || sent == total;
    }
    void working_bytes(std::string_view what, std::uint64_t done, std::uint64_t total) override {
        // No CHECK: benches use this too, without a test program.
        if (done > total) throw std::logic_error("more is done than there is to do");
        worked[std::string(what)] = {done, total};
    }
    // How far each piece of work was last, and what it had to do.
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> worked;
    std::vector<std::string> notes;
    std::vector<std::string> warnings;
    std::set<std::string> uploads;
    bool finished = false;
};

// Stands still except for sleeping, which never waits; for several threads.
class QuickClock final : public Clock {
public:
    explicit QuickClock(TimePoint at) : m_now(at) {}
    TimePoint now() override {
        const std::lock_guard guard(m_mutex);
        return m_now;
    }
    void sleep(std::chrono::milliseconds duration) override {
        const std::lock_guard guard(m_mutex);
        m_now += duration;
        ++m_sleeps;
    }
    int sleeps() {
        const std::lock_guard guard(m_mutex);
        return m_sleeps;
    }

private:
    std::mutex m_mutex;
    TimePoint m_now;
    int m_sleeps = 0;
};

// A transport for pushes that must not use the network.
class NoTransport final : public net::Transport {
public:
    net::Response send(const net::Request&) override {
        throw net::TransportError(net::TransportFailure::Connect, "no network in this test", false);
    }
};

struct Project {
    explicit Project(net::Transport& transport, std::uint64_t seed = 7) : ids(seed), transport(transport) {
        environment.working_directory = folder.path();
        environment.variables["HOME"] = folder.file("home");
        reopen();
    }

    void reopen() {
        store.reset();
        store = store::Store::open(folder.path(), *disk, clock);
    }

    TraceId commit(const std::string& session, const std::string& text = "Fix the bug") {
        return commit_record(sample_record(session, text));
    }
    TraceId commit_record(trace::TraceRecord record) {
        const std::string source = "/sessions/" + record.session_id + ".jsonl";
        const TraceId id = store->stage(security::scrub(std::move(record), scrub), source).id;
        store->commit({id}, "", ids);
        return id;
    }
    void commit_many(const std::string& prefix, int count) {
        for (int i = 0; i < count; ++i)
            commit(prefix + "-" + std::to_string(i));
    }
    store::Stage stage_of(const TraceId& id) { return store->find(id.str()).stage; }
    std::int64_t count(store::Stage stage) {
        store::Filter filter;
        filter.stages = {stage};
        return store->count(filter);
    }

    flow::Ports ports() { return {*disk, clock, ids, transport, environment}; }
    flow::PushResult push(flow::PushOptions options) {
        flow::Ports all = ports();
        return flow::push(all, *store, folder.path(), options, progress);
    }
    flow::PushResult push(const std::string& remote) {
        flow::PushOptions options;
        options.remote = remote;
        return push(options);
    }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    QuickClock clock{TimePoint(std::chrono::milliseconds(1'767'225'600'000))};
    SeededIds ids;
    net::Transport& transport;
    Environment environment;
    std::unique_ptr<store::Store> store;
    security::ScrubOptions scrub;
    RecordedProgress progress;
};

}  // namespace opentraces::testing
