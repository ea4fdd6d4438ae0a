// What a reviewer has decided, each decision as one transaction that can be taken back until it was pushed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::store {

enum class DecisionKind { Commit, Reject, Reset, Review, Redact, Unredact, Annotate, Allow };

// What is remembered of a session beside its traces: it holds for all its versions, also for those to come.
enum class NoteKind { Redactions, Annotation, Allowances };
struct NoteKey {
    std::string agent;
    std::string session_id;  // both empty: of the whole project
    NoteKind kind = NoteKind::Redactions;
    bool operator==(const NoteKey&) const = default;
};
struct Note {
    NoteKey key;
    std::string value;  // whoever writes it knows the form; empty: nothing is remembered
};
struct NoteChange {
    NoteKey key;
    std::string before;
    std::string after;
};

// Another text of a trace in the inbox or rejected. Made of the stored one (its findings are then known to
// the store) or of the session itself.
struct TextChange {
    TraceId id;
    ContentHash read;  // of the text that it was made of
    security::ScrubbedTrace trace;
};

struct Decision {
    std::int64_t id = 0;  // grows with every decision, and is never given twice
    DecisionKind kind = DecisionKind::Commit;
    TimePoint at{};
    std::vector<TraceId> traces;     // those that are still there
    std::vector<NoteChange> notes;   // what it remembered
    bool of_committed = false;       // all of them were committed before it
    std::int64_t gone = 0;           // versions of sessions that made room: nothing brings them back
    std::optional<Error> objection;  // why it stays what it is; none: it can be undone
};
// "commit", "uncommit" (a reset of what was committed), "reject", "reset", "reviewed", "redact", "unredact",
// "annotate", "allow".
std::string_view name_of(const Decision& decision);

// The store's journal. The last thousand decisions are kept.
class Decisions {
public:
    virtual ~Decisions() = default;
    // Newest first, without those whose traces were all discarded. limit 0: all.
    virtual std::vector<Decision> decisions(std::int64_t limit) = 0;
    // NotFound.
    virtual Decision decision(std::int64_t id) = 0;
    // Brings back stages, commits, marks and notes as they were before, in one transaction; `texts` are those
    // that follow from the notes. NotFound; InvalidState when one of the traces was pushed, is on its way or
    // was changed since, or the decision let a version go.
    virtual Decision undo(std::int64_t id, std::vector<TextChange> texts) = 0;

    virtual std::string note(const NoteKey& key) = 0;
    // Of a session and of those that are named after it (Store::of_session).
    virtual std::vector<Note> notes_of(const std::string& agent, const std::string& session_id,
                                       const std::string& mark) = 0;
    virtual std::vector<Note> notes(NoteKind kind) = 0;
    // Notes and texts in one transaction. A text that somebody had looked at still counts as looked at.
    // InvalidState when a trace is committed, pushed or on its way; Locked when a note or text is not any
    // more what the change was made of.
    virtual void decide(DecisionKind kind, const std::vector<NoteChange>& notes,
                        std::vector<TextChange> texts) = 0;
    // Of a store that may have been somebody else's: what its journal says and what it allows goes; what it
    // redacts stays.
    virtual void distrust() = 0;
    virtual TimePoint now() const = 0;  // by which allowances end
};

// Of the same database.
Decisions& decisions_of(Store& store);

}  // namespace opentraces::store
