// The Store over SQLite and trace files.
#pragma once

#include <unordered_map>

#include "opentraces/store/decisions.hpp"
#include "opentraces/store/store.hpp"
#include "store/bodies.hpp"
#include "store/rows.hpp"
#include "store/sqlite.hpp"

namespace opentraces::store {

struct DecidedTrace;

class SqliteStore final : public Store, public Decisions {
public:
    SqliteStore(const std::string& project, fs::Disk& disk, Clock& clock, bool for_writing);
    // What crashes left in pending/ goes where the rows say, if nobody is writing now.
    void settle();

    Staged stage(security::ScrubbedTrace trace, const std::string& source_path) override;
    std::vector<Staged> stage_instead(std::vector<security::ScrubbedTrace> traces,
                                      const std::string& source_path,
                                      const std::vector<TraceId>& replaced) override;
    Staged take_over(security::ScrubbedTrace trace, const std::string& source_path,
                     const TakenOver& state) override;

    std::vector<TraceRow> list(const Filter& filter) override;
    std::vector<TraceId> list_ids(const Filter& filter) override;
    std::int64_t count(const Filter& filter) override;
    std::vector<TraceRow> revisions(const TraceId& id) override;
    std::vector<TraceRow> of_session(const std::string& agent, const std::string& session_id,
                                     const std::string& mark) override;
    std::map<TraceId, LaterVersion> later_versions() override;
    std::map<Stage, std::int64_t> counts() override;
    std::optional<FindingReport> findings_of(const TraceId& id) override;
    void note_counts(const std::map<TraceId, LateCounts>& counts) override;
    TraceRow find(std::string_view id_or_prefix) override;
    std::string trace_path(const TraceId& id) override;
    std::string read_line(const TraceId& id) override;
    std::unique_ptr<fs::ReadFile> open_line(const TraceId& id) override;
    std::vector<std::string> orphans() override;

    CommitGroup commit(const std::vector<TraceId>& ids, const std::string& message,
                       IdSource& id_source) override;
    void reject(const std::vector<TraceId>& ids) override;
    void reset(const std::vector<TraceId>& ids) override;
    void discard(const std::vector<TraceId>& ids) override;
    std::vector<CommitGroup> commit_groups() override;
    std::optional<CommitGroup> find_commit(std::string_view id_or_prefix) override;
    CommitGroup amend(const CommitId& id, const std::string& message) override;
    void mark_reviewed(const std::vector<TraceId>& ids) override;
    std::vector<Decision> decisions(std::int64_t limit) override;
    Decision decision(std::int64_t id) override;
    Decision undo(std::int64_t id, std::vector<TextChange> texts) override;
    std::string note(const NoteKey& key) override;
    std::vector<Note> notes_of(const std::string& agent, const std::string& session_id,
                               const std::string& mark) override;
    std::vector<Note> notes(NoteKind kind) override;
    void decide(DecisionKind kind, const std::vector<NoteChange>& notes,
                std::vector<TextChange> texts) override;
    void distrust() override;
    TimePoint now() const override;

    std::optional<SeenSession> seen(const std::string& agent, const std::string& locator) override;
    void remember(const SeenSession& session) override;

    PushIntent begin_push(const PushIntent& intent) override;
    std::vector<PushIntent> open_pushes() override;
    void finish_push(const PushIntent& intent, const PushRecord& record) override;
    void abandon_push(const PushIntent& intent, const std::string& reason) override;
    std::vector<PushRecord> pushes() override;
    void finish_offer(const PushIntent& intent, const Offer& offer) override;
    std::vector<Offer> offers() override;
    void settle_offer(const Offer& offer, OfferState state) override;
    void note_push_failure(const PushFailure& failure) override;
    void clear_push_failure(const std::string& remote) override;
    std::vector<PushFailure> push_failures() override;
    std::vector<TraceId> pushed_to(const std::string& remote) override;

    std::optional<std::uint64_t> folder_size(const std::string& folder, std::int64_t modified_ns) override;
    void note_folder_size(const std::string& folder, std::int64_t modified_ns, std::uint64_t bytes) override;
    std::optional<std::string> cached(const std::string& kind, const std::string& digest) override;
    void cache(const std::string& kind, const std::string& digest, const std::string& bytes) override;

    std::unique_ptr<fs::Lock> lock() override;

private:
    using Withdrawn = std::vector<fs::FileInfo>;  // files that go
    // What stage() was given, taken apart.
    struct Arrival {
        trace::TraceRecord record;
        StoredRow stored;
        std::optional<FindingReport> report;
        std::vector<security::Finding> found;  // where there is no report: in a text that came scrubbed
        Withdrawn withdrawn;
    };

    Database open_database_in(bool for_writing);
    TraceRow answered(TraceRow row);

    // Files are removed only after a further write has been
    // committed: a commit that failed half-way (full disk) can come back when the log is read again, and
    // then needs its file.
    void settle_pending();
    std::vector<fs::FileInfo> adopt_pending();
    void remove_undecided(const std::vector<fs::FileInfo>& files);
    void adopt(const TraceId& id);
    static Arrival arrival_of(security::ScrubbedTrace trace, const std::string& source_path);
    void settle_stage(const Arrival& arrival, const TraceId& id, const TakenOver& state);
    void mark_pushed(const TraceId& id, const std::string& remote, std::int64_t push);
    std::int64_t push_taken_over(const std::string& remote);
    Staged place(Arrival& arrival);
    Staged write_new(Arrival& arrival, int revision);
    Staged rewrite(Arrival& arrival, const StoredRow& before);
    std::optional<Staged> take_back(Arrival& arrival, const StoredRow& latest);
    void fill_from_body(Arrival& arrival);

    // Several revisions of one session (revisions.cpp). Files that go are added to `withdrawn`.
    void erase(const StoredRow& stored, Withdrawn& withdrawn);
    void finish_removal(const Withdrawn& withdrawn);
    TraceId pushed_before(const TraceRow& row);
    void keep_latest_in_inbox(const TraceRow& row, Withdrawn& withdrawn);
    void replace_committed(const TraceRow& row, std::vector<TraceId>& replaced, Withdrawn& withdrawn);
    bool settle_supersedes(const TraceId& id);
    void finish_rewrite(const std::vector<TraceId>& ids);

    StoredRow need_row(const TraceId& id);
    // What `read` answers for the row's id and digest, of either place; CorruptTrace when that is nothing.
    template <class Read>
    auto read_body(const TraceId& id, const Read& read);
    void need_move(const TraceId& id, Action action, const TraceRow& row);
    std::vector<TraceRow> need_moves(const std::vector<TraceId>& ids, Action action);
    void set_stage(const TraceId& id, Stage stage);
    void leave_group(const TraceId& id);
    void drop_empty_groups();
    void move_all(const std::vector<TraceId>& ids, Action action);
    // Of taking back a decision (undo.cpp).
    std::optional<Error> objection_to(const Decision& decision);
    std::optional<std::string> reason_against(const DecidedTrace& trace);
    TraceId change_text(TextChange& change);
    void bring_back(const DecidedTrace& trace, std::vector<TraceId>& rewritten);
    bool in_open_push(const TraceId& id);
    std::optional<std::string> open_offer_of(const TraceId& id);  // its address
    bool is_under_way(const TraceId& id);                         // in an open push or offer
    void mark_all_pushed(const PushIntent& intent, const std::string& remote, const PushRecord& record);
    std::vector<TraceId> traces_of_offer(std::int64_t offer);
    // Whether the files of the traces that came from there are there, in their full length.
    bool has_files_of(const std::string& agent, const std::string& locator);
    void need_pushable(const TraceId& id, const std::string& remote);
    void need_unchanged(const PushIntent& intent);
    void close_intent(const PushIntent& intent);
    // Of every trace id, so many letters.
    std::vector<std::string> beginnings(std::size_t length);
    std::vector<TraceId> candidates(const std::string& sql, std::string_view prefix);
    std::string cache_path(const std::string& kind, const std::string& digest) const;

    std::string m_folder;
    std::unique_ptr<fs::Disk> m_disk;  // confined to the project
    Clock& m_clock;
    Bodies m_bodies;
    Database m_database;
    // The stages that callers have seen: a move that is not legal any more is one that somebody else made.
    std::unordered_map<TraceId, Stage> m_answered;
};

}  // namespace opentraces::store
