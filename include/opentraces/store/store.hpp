// The project's traces and their stages: .opentraces/store.db (SQLite) and .opentraces/traces/.
// docs/on-disk-format.md describes every file.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/security/scrub.hpp"

namespace opentraces::store {

enum class Stage { Inbox, Committed, Pushed, Rejected };
std::string_view name_of(Stage stage);  // "inbox", …
std::optional<Stage> parse_stage(std::string_view name);

enum class Action { Commit, Reject, Reset, Discard, Push, Redact };

// The table of legal moves: nullopt means refused.
// commit: inbox -> committed · reject: inbox, committed -> rejected · reset: committed, rejected -> inbox ·
// push: committed -> pushed · discard: inbox, rejected only · redact: all but pushed, stage kept.
std::optional<Stage> next_stage(Stage from, Action action);

// Tokens that a provider's cache has saved, or was paid for to keep: the sums over a trace's steps.
struct CacheTokens {
    std::int64_t read = 0;
    std::int64_t written = 0;
};
CacheTokens cache_tokens_of(const trace::TraceRecord& record);

// What not every opentraces has counted that stages traces.
struct LateCounts {
    CacheTokens cache;
    bool cost_is_lower_bound = false;  // the last token count of some reply is not in the log
    bool usage_is_unknown = false;     // no token count is in the log: those of the row are none
};
LateCounts late_counts_of(const trace::TraceRecord& record);

// What listings need without opening a trace file.
struct TraceRow {
    TraceId id;
    std::string session_id;
    std::string agent;
    std::string model;  // empty when unknown
    Stage stage = Stage::Inbox;
    std::string task;  // the first words of it that say something, already scrubbed
    std::int64_t steps = 0;
    std::int64_t tool_calls = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::optional<CacheTokens> cache;  // nullopt: staged by an opentraces that did not count them
    std::optional<double> cost_usd;
    std::optional<bool> cost_is_lower_bound;  // nullopt as above
    std::optional<bool> usage_is_unknown;     // nullopt as above
    std::string started_at;                   // ISO 8601 or empty
    std::string ended_at;
    std::int64_t findings = 0;
    std::int64_t redactions = 0;
    bool needs_review = true;  // by what scrubbing found, unless somebody has looked at this text
    bool reviewed = false;     // somebody has marked this text as looked at
    ContentHash content_hash;
    std::int64_t bytes = 0;  // of the trace file
    int revision = 0;
    TraceId supersedes;       // the latest revision before this one that was pushed, or empty
    std::string source_path;  // session file
    TimePoint captured_at{};
    TimePoint stage_changed_at{};
    std::string last_error;  // last failed push of this trace, empty if none

    bool knows_usage() const { return !usage_is_unknown.value_or(false); }
};

// Of a committed trace, in the inbox.
struct LaterVersion {
    TraceId id;
    // The session has gone on; else it says the same, and would be read differently now: other settings,
    // rules or parser.
    bool grown = true;
    bool operator==(const LaterVersion&) const = default;
};

// How many of each there are.
struct LaterCounts {
    std::int64_t grown = 0;
    std::int64_t reread = 0;
};
LaterCounts count_later(const std::map<TraceId, LaterVersion>& versions);

struct CommitGroup {
    CommitId id;
    std::string message;
    TimePoint at{};
    std::vector<TraceId> traces;
    std::vector<TraceId> replaced;  // unpushed versions that these took the place of; told by commit() only
};

// What scrubbing has found in one place of a trace; never what it was.
struct FoundPlace {
    std::string rule;
    security::Severity severity = security::Severity::Medium;
    std::optional<std::int64_t> step;  // position in the trace's steps; none: not in a step
    std::string field;                 // path in the record
    std::int64_t length = 0;           // in bytes, of what was found
    std::string fingerprint;           // security::finding_fingerprint(); empty for what stays
    std::string layer;                 // security::name_of(Layer)
    bool redacted = true;              // false: a flag, which only asks for a look
    std::int64_t times = 1;            // so often, all alike
};
struct FindingReport {
    std::vector<FoundPlace> places;  // in the order of the record
    std::int64_t omitted = 0;        // places beyond those that are kept of one trace
};

enum class Order { Newest, Oldest, Steps, Tokens, Cost, Findings };  // the most first, except Oldest

// Everything that is said must hold; of a list, any.
struct Filter {
    std::vector<Stage> stages;        // none = any
    std::vector<std::string> agents;  // exact
    std::vector<std::string> models;  // substrings, any case
    // Of the session's own time (its end, else its start; without both, that of its capture); inclusive.
    std::optional<TimePoint> since;
    std::optional<TimePoint> until;
    bool needs_review = false;  // only such
    bool failed = false;        // only those whose last push failed
    std::int64_t min_steps = 0;
    std::string
        words;  // in the task, the agent, the model, the session id or at the start of the id, any case
    Order order = Order::Newest;
    std::int64_t limit = 0;  // 0 = all
};

enum class StageOutcome { Captured, Updated, Unchanged };

struct Staged {
    TraceId id;
    StageOutcome outcome = StageOutcome::Captured;
};

// What another tool had done with a trace.
struct TakenOver {
    Stage stage = Stage::Pushed;  // or Rejected
    std::string remote;           // where it was pushed to
};

// A push that has started: written before anything is uploaded, so that the next run can finish or undo it.
struct PushIntent {
    std::int64_t id = 0;
    std::string remote;  // owner/name or folder
    std::string parent;  // expected head
    std::vector<std::string> shard_paths;
    std::vector<TraceId> traces;
    std::vector<TraceId> duplicates;  // already in the dataset, to be marked pushed with it
    TimePoint started_at{};
    // Of `traces` and then of `duplicates`, as they were read; not kept. If given, begin_push refuses
    // (CommitConflict) when one has changed since: what is in the dataset must be what is marked pushed.
    std::vector<ContentHash> content_hashes;
};

struct PushRecord {
    std::int64_t id = 0;
    std::string remote;
    std::string commit_oid;
    std::string commit_url;
    std::vector<std::string> shard_paths;
    std::int64_t traces = 0;
    std::int64_t duplicates = 0;
    TimePoint at{};
    std::vector<TraceId> trace_ids;  // that it brought there or found there; told by pushes() only
};

// The last push to a remote, when it failed.
struct PushFailure {
    std::string remote;  // as it was named
    std::string code;    // name of the error
    std::string message;
    TimePoint at{};
};

// Traces that a pull request proposes to a dataset of somebody else.
enum class OfferState { Open, Merged, Closed };
std::string_view name_of(OfferState state);  // "open", …
struct Offer {
    std::int64_t id = 0;
    std::string remote;  // owner/name
    std::int64_t number = 0;
    std::string url;
    OfferState state = OfferState::Open;
    std::vector<TraceId> traces;
    TimePoint at{};
};

// All changes are transactions; several processes may have the store open (SQLite WAL, busy timeout).
// Errors: CorruptStore, NewerSchema (made by a later opentraces), Locked, InvalidState, NotFound, DiskFailed.
class Store {
public:
    // Opens or creates <project>/.opentraces/store.db and migrates it. Whether the project is its user's own
    // is asked before (registry.hpp). Files are used through one disk that is confined to the project.
    static std::unique_ptr<Store> open(const std::string& project, fs::Disk& disk, Clock& clock);
    // For what only reads: creates, moves and removes nothing, and so needs neither space nor permission to
    // write. A store that does not exist yet is an empty one.
    static std::unique_ptr<Store> open_for_reading(const std::string& project, fs::Disk& disk, Clock& clock);
    virtual ~Store() = default;

    // Puts a scrubbed trace into the inbox. The trace id is derived from agent, session and revision:
    // unknown session -> Captured; same content as stored, or a copy from another file that does not go
    // further -> Unchanged; changed while inbox or rejected -> Updated in place (stage kept); changed while
    // committed, or gone on after push or while an open push names it -> Captured: a new revision in the
    // inbox, the only one of its session there. A revision in the inbox whose session says again what the
    // committed or pushed one before it says goes (Unchanged, with the id of that one). A stored file that
    // was damaged or lost is written again (Updated).
    virtual Staged stage(security::ScrubbedTrace trace, const std::string& source_path) = 0;
    // The same of several at once, the parts of a session or the whole of it, which take the place of traces
    // that are in the inbox or rejected (else InvalidState): all of it in one transaction.
    virtual std::vector<Staged> stage_instead(std::vector<security::ScrubbedTrace> traces,
                                              const std::string& source_path,
                                              const std::vector<TraceId>& replaced) = 0;
    // The same of a trace that another tool has decided about, in one transaction: it is never seen in the
    // inbox. Only if what is stored is what is given; traces in an open push and other moves than inbox or
    // committed -> pushed and inbox -> rejected are left alone.
    virtual Staged take_over(security::ScrubbedTrace trace, const std::string& source_path,
                             const TakenOver& state) = 0;

    // Newest is by the session's own time; sessions without one come last, in the order of their capture.
    // Where an order says that two are equal, the newest is first; what is unknown comes last.
    virtual std::vector<TraceRow> list(const Filter& filter) = 0;
    // The same without their rows, for lists that are looked at a page at a time.
    virtual std::vector<TraceId> list_ids(const Filter& filter) = 0;
    virtual std::int64_t count(const Filter& filter) = 0;  // ignores the limit
    // All revisions of the trace's session, the first one first.
    virtual std::vector<TraceRow> revisions(const TraceId& id) = 0;
    // All revisions of this session, and of those that are named after it: `mark` and a number behind its id.
    virtual std::vector<TraceRow> of_session(const std::string& agent, const std::string& session_id,
                                             const std::string& mark) = 0;
    // Committed traces whose session has a later version in the inbox, with that one.
    virtual std::map<TraceId, LaterVersion> later_versions() = 0;
    virtual std::map<Stage, std::int64_t> counts() = 0;
    // What was found when the trace was scrubbed. nullopt: nobody knows, because an opentraces staged it that
    // kept no report, or because it came scrubbed.
    virtual std::optional<FindingReport> findings_of(const TraceId& id) = 0;
    // Of traces whose rows do not have them yet.
    virtual void note_counts(const std::map<TraceId, LateCounts>& counts) = 0;
    // Full id or unique prefix of it (at least 4 characters), else unique prefix of a session id (its latest
    // revision). NotFound; BadOption when several match, naming up to five.
    virtual TraceRow find(std::string_view id_or_prefix) = 0;
    virtual std::string trace_path(const TraceId& id) = 0;
    // The stored line without LF. CorruptTrace if it is missing or its digest is not the recorded one.
    virtual std::string read_line(const TraceId& id) = 0;
    // The same line with its LF, to be read a piece at a time. Its digest has been compared, and it stays
    // what it was when the trace is changed meanwhile. Errors as read_line().
    virtual std::unique_ptr<fs::ReadFile> open_line(const TraceId& id) = 0;

    // Trace files that no row names (the database was moved aside): to be scrubbed again and staged.
    virtual std::vector<std::string> orphans() = 0;

    // One transaction for all of them: refuses all when one move is illegal (InvalidState names it; Locked
    // when it was legal for the stage that this store answered last, so that somebody else has moved the
    // trace), also when an open push names the trace. Committing takes the place of an unpushed committed
    // revision of the same session, whose row and file go (InvalidState while an open push names that one, or
    // when it is the later one), and settles what the trace supersedes: its metadata
    // ("opentraces_supersedes") names the latest revision before it that was pushed, or is left out. From
    // then on its text is not changed. Resetting and rejecting take the trace out of its commit group; an
    // empty group goes; a trace that is reset while a later version waits in the inbox goes. Discarding
    // removes row and file, and what seen() knew about its session file.
    virtual CommitGroup commit(const std::vector<TraceId>& ids, const std::string& message,
                               IdSource& id_source) = 0;
    virtual void reject(const std::vector<TraceId>& ids) = 0;
    virtual void reset(const std::vector<TraceId>& ids) = 0;
    virtual void discard(const std::vector<TraceId>& ids) = 0;
    virtual std::vector<CommitGroup> commit_groups() = 0;  // newest first
    // Full id or unique prefix (at least 4 digits). nullopt if there is none; BadOption when several match.
    virtual std::optional<CommitGroup> find_commit(std::string_view id_or_prefix) = 0;
    // Another message. NotFound; InvalidState once one of its traces is pushed, or in an open push or offer.
    virtual CommitGroup amend(const CommitId& id, const std::string& message) = 0;
    // Marks these texts as looked at: the traces need no review until they say something else.
    virtual void mark_reviewed(const std::vector<TraceId>& ids) = 0;

    // So that an unchanged session is not read again; nothing is known of one whose trace file is not whole.
    struct SeenSession {
        std::string agent;
        std::string locator;
        std::string fingerprint;
        std::string version;  // of whatever read and scrubbed it
        std::string verdict;  // "trace", "filtered", "refused"
        bool operator==(const SeenSession&) const = default;
    };
    virtual std::optional<SeenSession> seen(const std::string& agent, const std::string& locator) = 0;
    virtual void remember(const SeenSession& session) = 0;

    // Answers the intent with its id. InvalidState when a trace may not be pushed, or is in another open push
    // to the same remote.
    virtual PushIntent begin_push(const PushIntent& intent) = 0;
    virtual std::vector<PushIntent> open_pushes() = 0;
    // Marks traces and duplicates pushed to the intent's remote and writes the push record: one transaction.
    // An intent can be finished or abandoned once (InvalidState). `reason` becomes the traces' last_error.
    virtual void finish_push(const PushIntent& intent, const PushRecord& record) = 0;
    virtual void abandon_push(const PushIntent& intent, const std::string& reason) = 0;
    virtual std::vector<PushRecord> pushes() = 0;  // newest first
    // The intent ended in a pull request: its traces stay committed and are offered, its duplicates are in
    // the dataset itself and pushed. While an offer is open its traces are neither moved nor changed.
    virtual void finish_offer(const PushIntent& intent, const Offer& offer) = 0;
    virtual std::vector<Offer> offers() = 0;  // newest first
    // What has become of an open one (InvalidState if it is not): merged means that its traces are pushed.
    virtual void settle_offer(const Offer& offer, OfferState state) = 0;
    virtual void note_push_failure(const PushFailure& failure) = 0;
    virtual void clear_push_failure(const std::string& remote) = 0;
    virtual std::vector<PushFailure> push_failures() = 0;  // newest first
    // Stage Pushed means pushed to at least one remote; this is about one of them.
    virtual std::vector<TraceId> pushed_to(const std::string& remote) = 0;

    // What the files in a folder of the project take together, as it was when the folder was last changed at
    // `modified_ns`; nullopt if it was changed since, or was never counted.
    virtual std::optional<std::uint64_t> folder_size(const std::string& folder, std::int64_t modified_ns) = 0;
    virtual void note_folder_size(const std::string& folder, std::int64_t modified_ns,
                                  std::uint64_t bytes) = 0;

    // Remote knowledge derived from immutable shards, keyed by the shard's content digest. Kinds and digests
    // are plain names. A cached file may vanish at any time; a damaged one is not answered.
    virtual std::optional<std::string> cached(const std::string& kind, const std::string& digest) = 0;
    virtual void cache(const std::string& kind, const std::string& digest, const std::string& bytes) = 0;

    // Exclusive: commit, push and the like on one project. Locked when somebody else holds it.
    virtual std::unique_ptr<fs::Lock> lock() = 0;
};

}  // namespace opentraces::store
