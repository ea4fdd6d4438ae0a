// Traces taken back from a dataset: shards rewritten, and a list of what must not come back, in one commit.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "opentraces/card/settings.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/shard/withdrawn.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct TakedownTarget {
    std::string trace;         // its id, or a beginning of at least 4 hex digits that no other id has
    std::string content_hash;  // only this text of it; empty: whatever text the dataset has
    shard::Withdrawal::Kind kind = shard::Withdrawal::Kind::Removed;
    bool may_be_gone = false;  // from a plan: somebody may have mended it since
};

struct TakedownOptions {
    std::string remote;  // as PushOptions::remote
    std::vector<TakedownTarget> targets;
    // Instead of targets: what is there twice, by its text or its id, is there once afterwards, as the oldest
    // shard has it. Nothing is withdrawn by that.
    bool duplicates = false;
    std::string reason;           // one line, scrubbed before it leaves
    card::CardSettings settings;  // of the project, for the card
    security::ScrubOptions scan;  // what redaction takes out
    bool dry_run = false;
};

struct TakenBack {
    std::string trace_id;
    ContentHash content_hash;  // of the text that is gone
    shard::Withdrawal::Kind kind = shard::Withdrawal::Kind::Removed;
    std::string shard;                               // where it was
    std::map<std::string, std::int64_t> redactions;  // rule -> count
};

struct TakedownReport {
    std::string remote;
    std::string url;
    std::vector<TakenBack> traces;
    std::vector<std::string> already;    // trace ids: taken back before, and not there
    std::vector<std::string> unchanged;  // trace ids: the rules of today find nothing to redact
    std::vector<std::string> unclean;    // trace ids in the shards rewritten in which they find something
    std::int64_t doubled = 0;            // second copies that were taken out
    std::int64_t shards_rewritten = 0;
    std::int64_t shards_removed = 0;  // of which nothing was left
    std::uint64_t bytes_read = 0;     // of the shards concerned
    std::string before;               // the head with the old bytes; empty: nothing was changed
    std::string commit;
    std::string commit_url;
    bool scores_are_older = false;  // the published scores still count what was taken back
    bool dry_run = false;
};

// Takes the project's lock. One commit on the head that was read, made again while others are first; read
// back afterwards. Calls and bytes are those of the shards concerned, which the index names. Errors: NotFound
// (the dataset, or one of the traces is neither there nor taken back); BadOption (a beginning that several
// ids have); SecretsFound when a trace cannot be redacted, and CheckFailed when the dataset still holds
// something afterwards; those of dataset::rewrite().
TakedownReport take_down(Ports& ports, store::Store& store, const std::string& project,
                         const TakedownOptions& options, Progress& progress);

struct Squashed {
    std::string remote;
    std::string url;
    std::string before;  // the head whose history is gone
    std::string head;
};
// Makes one commit of the dataset's history on the Hub; cannot be undone. `confirmed`: what the user has
// typed. Errors ConfirmationRequired when that is not the dataset's name, BadOption for a folder; those of
// the remote.
Squashed squash_history(Ports& ports, store::Store& store, const std::string& project,
                        const std::string& remote, const std::string& confirmed, Progress& progress);

}  // namespace opentraces::flow
