#include "push_schedule.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "doubles/hub_bench.hpp"
#include "opentraces/card/card.hpp"
#include "opentraces/flow/takedown.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"
#include "schedule_faults.hpp"

namespace opentraces::testing {
namespace {

using hub_emulator::HubEmulator;

constexpr std::size_t k_long_text = 200'000;
constexpr int k_disturbed_pushes = 3;
constexpr int k_quiet_pushes = 3;

class Schedule {
public:
    Schedule(HubEmulator& hub, net::Transport& transport, std::uint64_t seed)
        : m_hub(hub),
          m_seed(seed),
          m_chance(seed),
          m_repo(fmt::format("alice/s{}", seed)),
          m_transport(transport),
          m_ours(m_transport, seed * 3 + 1),
          m_theirs(transport, seed * 3 + 2) {
        for (Project* project : {&m_ours, &m_theirs}) {
            project->environment.variables["HF_ENDPOINT"] = hub.hub_url();
            project->environment.variables["HF_TOKEN"] = "hf_alice";
        }
        m_ours.scrub.pseudonym_key = "ours";
        m_theirs.scrub.pseudonym_key = "theirs";
        m_options.remote = m_repo;
        if (m_chance.one_in(4)) m_options.max_shard_bytes = 2500;
        m_options.replace = m_chance.one_in(3);
    }

    ScheduleReport run() {
        m_hub.clear_faults();
        m_hub.clear_log();
        make_history();
        commit_traces();
        disturb();
        for (int round = 0; round < k_disturbed_pushes && m_ours.count(store::Stage::Committed) > 0; ++round)
            push_once(true);
        m_hub.clear_faults();
        m_transport.calm();
        for (int round = 0; round < k_quiet_pushes && m_ours.count(store::Stage::Committed) > 0; ++round)
            push_once(false);
        check_convergence();
        take_down_disturbed();
        check_convergence();
        check_history();
        count_faults();
        m_hub.remove_repo(m_repo);
        return m_report;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw BrokenPromise(fmt::format("seed {}: {}", m_seed, what));
    }

    std::string session(int number) const { return fmt::format("session-{}", number); }

    void make_history() {
        const int pushes = static_cast<int>(m_chance.below(3));
        for (int i = 0; i < pushes; ++i) {
            m_theirs.commit(session(i), k_text_with_name);
            m_theirs.push(m_options);
        }
        if (pushes > 0 && m_chance.one_in(3)) {
            m_theirs.commit(session(0), "Even more");  // a later revision than ours will be
            m_theirs.push(m_options);
        }
        if (pushes > 0 && m_chance.one_in(4))
            m_hub.commit_files(m_repo, {}, "alice", "Drop the index", "main", {shard::index_path(1)});
    }

    // Some of them are in the dataset already, or will be when somebody else pushes first.
    void commit_traces() {
        const int count = 1 + static_cast<int>(m_chance.below(4));
        const int first = static_cast<int>(m_chance.below(3));
        for (int i = first; i < first + count; ++i)
            m_ours.commit(session(i), k_text_with_name);
        if (m_chance.one_in(6)) m_ours.commit("long", long_text());
    }

    std::string long_text() const {
        std::string text;
        while (text.size() < k_long_text)
            text += "step by step the work goes on, ";
        return text;
    }

    void disturb() {
        const int faults = 1 + static_cast<int>(m_chance.below(3));
        for (int i = 0; i < faults; ++i) {
            hub_emulator::Fault fault = random_fault(m_chance, m_repo);
            if (fault.kind == hub_emulator::FaultKind::k_commit_slips_in) fill_slip(fault);
            m_hub.add_fault(fault);
        }
        if (m_chance.one_in(4))
            m_transport.kill_at(1 + static_cast<int>(m_chance.below(12)), m_chance.one_in(2));
    }

    void fill_slip(hub_emulator::Fault& fault) {
        const int kind = static_cast<int>(m_chance.below(3));
        if (kind == 0) {
            fault.files = {{fmt::format("notes/{}.txt", m_chance.below(1000)), "hello"}};
        } else if (kind == 1) {
            trace::TraceRecord record = sample_record(session(100 + static_cast<int>(m_chance.below(100))));
            record.trace_id = trace_id_for(record.agent.name, record.session_id, 0).str();
            fault.files = {{"data/traces_20250101T000000Z_0badcafe.jsonl", trace::encode(record) + "\n"}};
        } else {
            fault.callback = [this] { push_theirs(); };
            fault.files = {{"notes/after.txt", "hello"}};
        }
    }

    // Another machine that pushes some of the same traces in the middle of our push.
    void push_theirs() {
        m_hub.clear_faults();
        try {
            m_theirs.commit(session(1), k_text_with_name);
            m_theirs.commit(session(4), k_text_with_name);
            m_theirs.push(m_options);
        } catch (const Error&) {
            // It may be disturbed too; what it leaves behind must be right all the same.
        }
    }

    void push_once(bool disturbed) {
        ++m_report.pushes;
        try {
            m_ours.push(m_options);
        } catch (const Error& error) {
            ++m_report.errors;
            if (error.code() == ErrorCode::Internal) fail("internal error: " + error.message());
            if (!disturbed) fail("an undisturbed push failed: " + std::string(error.what()));
        } catch (const Killed&) {
            ++m_report.kills;
            m_ours.reopen();
        }
        check_pushed_are_there();
    }

    // One of our traces is taken back while the same things go wrong; in the end it is gone and stays away.
    void take_down_disturbed() {
        store::Filter filter;
        filter.stages = {store::Stage::Pushed};
        const std::vector<store::TraceRow> pushed = m_ours.store->list(filter);
        if (pushed.empty()) return;
        const store::TraceRow trace = pushed[m_chance.below(pushed.size())];
        if (!published().contains(shard::trace_key(trace.id.str()))) return;  // replaced by a later revision
        disturb();
        for (int round = 0; round < k_disturbed_pushes; ++round)
            take_down(trace, true);
        m_hub.clear_faults();
        m_transport.calm();
        take_down(trace, false);
        if (published().contains(shard::trace_key(trace.id.str()))) fail("taken back but still there");
        if (!withdrawn_at(m_hub.head(m_repo)).holds(shard::trace_key(trace.id.str())))
            fail("taken back but not listed");
        m_ours.commit(trace.session_id, "Even more");
        push_once(false);
        m_ours.store->reject(committed());
    }

    std::vector<TraceId> committed() {
        store::Filter filter;
        filter.stages = {store::Stage::Committed};
        std::vector<TraceId> ids;
        for (const store::TraceRow& row : m_ours.store->list(filter))
            ids.push_back(row.id);
        if (ids.size() != 1) fail("a later revision of what was taken back was sent");
        return ids;
    }

    void take_down(const store::TraceRow& trace, bool disturbed) {
        ++m_report.takedowns;
        flow::Ports ports = m_ours.ports();
        flow::TakedownOptions options;
        options.remote = m_repo;
        options.targets = {{trace.id.str(), {}, shard::Withdrawal::Kind::Removed, false}};
        try {
            flow::take_down(ports, *m_ours.store, m_ours.folder.path(), options, m_ours.progress);
        } catch (const Error& error) {
            ++m_report.errors;
            if (error.code() == ErrorCode::Internal) fail("internal error: " + error.message());
            if (!disturbed) fail("an undisturbed takedown failed: " + std::string(error.what()));
        } catch (const Killed&) {
            ++m_report.kills;
            m_ours.reopen();
        }
    }

    shard::Withdrawals withdrawn_at(const std::string& commit) const {
        for (const hub_emulator::CommitRecord& record : m_hub.commits(m_repo, commit)) {
            if (record.oid != commit || record.files.count(std::string(shard::k_withdrawn_path)) == 0)
                continue;
            return shard::Withdrawals::read(m_hub.file(m_repo, std::string(shard::k_withdrawn_path), commit));
        }
        return {};
    }

    bool has_later(const std::set<shard::TraceKey>& there, const store::TraceRow& row) const {
        constexpr int k_revisions = 8;
        for (int ahead = 1; ahead <= k_revisions; ++ahead)
            if (there.contains(
                    shard::trace_key(trace_id_for(row.agent, row.session_id, row.revision + ahead).str())))
                return true;
        return false;
    }

    std::set<shard::TraceKey> published() const {
        if (!m_hub.has_repo(m_repo)) return {};
        return recount(m_hub, m_repo, m_hub.head(m_repo)).ids;
    }

    // Whoever has sent it: two homes have copies of the same sessions, under different pseudonyms.
    void check_pushed_are_there() {
        const std::set<shard::TraceKey> there = published();
        const shard::Withdrawals withdrawn =
            m_hub.has_repo(m_repo) ? withdrawn_at(m_hub.head(m_repo)) : shard::Withdrawals();
        for (Project* project : {&m_ours, &m_theirs}) {
            store::Filter filter;
            filter.stages = {store::Stage::Pushed};
            for (const store::TraceRow& row : project->store->list(filter))
                if (!there.contains(shard::trace_key(row.id.str())) && !has_later(there, row) &&
                    !withdrawn.holds(shard::trace_key(row.id.str())))
                    fail("marked pushed but not there: " + row.id.str());
        }
    }

    void check_convergence() {
        if (m_ours.count(store::Stage::Committed) != 0) fail("traces stay committed");
        if (!m_ours.store->open_pushes().empty()) fail("a push stays open");
        if (!m_ours.disk->list(m_ours.folder.file(".opentraces/spool")).empty())
            fail("the spool is not empty");
        if (m_hub.credential_leaks() != 0) fail("credentials at the storage origin");
    }

    void check_history() {
        for (const hub_emulator::CommitRecord& commit : m_hub.commits(m_repo)) {
            ++m_report.commits;
            const Recount counted = recount(m_hub, m_repo, commit.oid);
            if (counted.doubled != 0) fail("a trace is there twice at " + commit.oid);
            const bool is_ours = commit.title.starts_with("Add ") || commit.title.starts_with("Withdraw ");
            if (is_ours) check_commit(commit, counted);
            check_withdrawn(commit.oid, counted, is_ours);
        }
    }

    // Newest first: what a later commit does not list, no earlier one may have listed.
    void check_withdrawn(const std::string& commit, const Recount& counted, bool is_ours) {
        const shard::Withdrawals withdrawn = withdrawn_at(commit);
        if (m_listed_later && withdrawn.all().size() > *m_listed_later)
            fail("a tombstone is lost after " + commit);
        m_listed_later = withdrawn.all().size();
        for (const shard::TraceKey& id : counted.ids)
            if (is_ours && withdrawn.holds(id)) fail("what was taken back is there at " + commit);
    }

    void check_commit(const hub_emulator::CommitRecord& commit, const Recount& counted) {
        shard::Index index;
        for (const auto& [path, file] : commit.files)
            if (shard::is_index_path(path)) index.read(path, m_hub.file(m_repo, path, commit.oid));
        std::vector<shard::ListedFile> listed;
        for (const auto& [path, file] : commit.files)
            listed.push_back({path, file.size, file.lfs_sha256.empty() ? file.blob_oid : file.lfs_sha256});
        const shard::IndexCheck check = index.reconcile(listed);
        if (!check.complete() || !check.gone.empty()) fail("the index lists other files at " + commit.oid);
        if (index.totals().traces != counted.traces) fail("the index does not agree at " + commit.oid);
        if (static_cast<std::int64_t>(index.entries().size()) != counted.shards)
            fail("the index lists other shards at " + commit.oid);
        const auto block = card::machine_block(m_hub.file(m_repo, "README.md", commit.oid));
        if (!block) fail("the card has no totals at " + commit.oid);
        if (json::parse(*block)["total_traces"].integer() != counted.traces)
            fail("the card does not agree at " + commit.oid);
    }

    void count_faults() {
        for (const hub_emulator::LoggedRequest& request : m_hub.requests())
            if (!request.fault.empty()) ++m_report.faults;
    }

    HubEmulator& m_hub;
    std::uint64_t m_seed;
    Chance m_chance;
    std::string m_repo;
    MortalTransport m_transport;
    Project m_ours;
    Project m_theirs;
    flow::PushOptions m_options;
    ScheduleReport m_report;
    std::optional<std::size_t> m_listed_later;  // tombstones of the commit that was looked at before
};

hub_emulator::Options hub_options(std::size_t kind) {
    hub_emulator::Options options;
    if (kind > 0) options.lfs_threshold = 1000;
    if (kind > 1) {
        options.multipart_threshold = 1000;
        options.chunk_size = 1500;
    }
    return options;
}

}  // namespace

PushSchedules::PushSchedules() : m_transport(impatient_transport()) {
    for (std::size_t kind = 0; kind < m_hubs.size(); ++kind) {
        m_hubs[kind] = std::make_unique<HubEmulator>();
        m_hubs[kind]->start(hub_options(kind));
        m_hubs[kind]->add_user("alice", "hf_alice");
    }
}

PushSchedules::~PushSchedules() = default;

ScheduleReport PushSchedules::run(std::uint64_t seed) {
    return Schedule(*m_hubs[seed % m_hubs.size()], *m_transport, seed).run();
}

}  // namespace opentraces::testing
