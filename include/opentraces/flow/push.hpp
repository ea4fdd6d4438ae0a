// The push: committed traces become shards of a dataset in one commit, and are marked pushed only after the
// remote has confirmed it. docs/hub-protocol.md has the requests and what each failure means.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/card/card.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/quality/gate.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

inline constexpr std::uint64_t k_default_max_shard_bytes = std::uint64_t{256} << 20;

// Who has to be told before everybody can read something.
using BeforePublic = std::function<void(const std::string& dataset)>;

// Asks under which licence others may use the traces of a dataset that states none; empty: none is chosen.
using AskLicense = std::function<std::string(const std::string& dataset)>;

struct PushOptions {
    std::string remote;                         // owner/name or a folder; empty = {username}/opentraces
    std::optional<hub::Visibility> visibility;  // --private, --public
    std::optional<hub::Visibility> configured_visibility;  // what the project's configuration says
    bool publish = false;                                  // change the visibility to public, nothing else
    BeforePublic before_public;   // called before a dataset is published or made as a public one; may throw
    bool all = false;             // also what was pushed to other remotes
    std::vector<TraceId> traces;  // only these, wherever they were pushed to; empty: all committed ones
    std::optional<hub::Gating> gated;
    bool dry_run = false;
    bool create_pull_request = false;
    std::string message;  // summary line of the commit; empty = the message of the traces' commit
    std::uint64_t max_shard_bytes = k_default_max_shard_bytes;
    card::CardSettings card;
    std::string license;          // --license, goes before the card's settings; empty: not given
    AskLicense ask_license;       // called once, when no licence is stated or chosen
    bool card_reset = false;      // write a fresh README.md; the old one is kept as README.before-reset.md
    security::ScrubOptions scan;  // for message and card, and for the last look at the exact bytes
    bool assess = false;          // score the dataset; quality.json and the card's scores are in the commit
    bool replace = false;         // take earlier revisions out of the dataset of what is sent
    bool gate = false;            // with assess: nothing is uploaded when the gate fails (Error GateFailed)
    quality::Thresholds thresholds = quality::default_thresholds();
};

struct PushedShard {
    std::string path;
    std::string sha256;
    std::uint64_t size = 0;
    std::int64_t traces = 0;
};

// What --dry-run adds.
struct PushPreview {
    std::vector<TraceId> traces;                   // that would be sent, oldest first
    std::int64_t redactions = 0;                   // made in the traces that would be sent
    std::map<std::string, std::int64_t> findings;  // rule -> count, left in the bytes that would be sent
    std::string card_diff;                         // of README.md; empty if it would not change
    bool creates_dataset = false;
};

struct PushResult {
    std::string remote;  // canonical name
    std::int64_t uploaded = 0;
    std::int64_t duplicates = 0;  // not sent: those below, and whose text is there (or twice in this push)
    std::vector<TraceId> other_text;  // the dataset has a trace of this id with another text, and keeps it
    std::vector<TraceId> superseded;  // the dataset has a later revision of the session
    std::vector<TraceId> withdrawn;   // not sent: they, or another revision, were taken back from the dataset
    std::vector<TraceId> earlier;     // revisions in the dataset of which a later one was sent
    std::vector<TraceId> replaced;    // of these, taken out of it in the same commit
    std::int64_t recovered = 0;       // traces of interrupted pushes that turned out to be in the dataset
    store::LaterCounts later;         // of committed traces, in the inbox
    std::int64_t elsewhere = 0;       // pushed to other remotes only, and not asked for
    std::int64_t offered = 0;         // not sent: an open pull request offers them already
    std::int64_t here = 0;            // asked for, and pushed there before
    std::int64_t postponed = 0;       // traces of an interrupted push to another remote that cannot be asked
    std::vector<PushedShard> shards;
    std::string commit;  // empty: nothing was committed
    std::string commit_url;
    std::string url;                            // of the dataset
    std::optional<hub::Visibility> visibility;  // as the remote says; nullopt for folders and unborn datasets
    std::optional<hub::Gating> gating;
    std::string license;           // that the card states; empty: none, or nothing was sent
    bool became_public = false;    // private when looked at before the commit, public after it
    std::string pull_request_url;  // the traces are offered there, and not pushed
    int attempts = 0;              // commits tried; more than 1: somebody else pushed meanwhile
    // rule -> count: replaced in the message and the card's settings before they left
    std::map<std::string, std::int64_t> text_redactions;
    std::optional<PushPreview> preview;
    std::optional<quality::QualitySummary> scores;  // of the whole dataset, with PushOptions::assess
};

// Takes the project's lock. A failure is kept in the store until a push to the same remote ends well. With
// `dry_run` what would stop the push stops it too, except what the last scan finds: the preview has it.
// Errors beside those of hub::Remote: Locked; BadOption; InvalidState (--license is not the dataset's);
// VisibilityMismatch (the dataset is more public than
// asked for, or private when --public is asked); SecretsFound (in traces, the message, the card's settings or
// the branch's name) and ScannerFailed (nothing was uploaded); CorruptTrace (names the trace, nothing was
// uploaded); CorruptDataset (a shard or the index cannot be trusted); NewerSchema; CardMalformed;
// CommitConflict (others kept pushing).
PushResult push(Ports& ports, store::Store& store, const std::string& project, const PushOptions& options,
                Progress& progress);

// The same on a remote that is already open.
PushResult push_to(hub::Remote& remote, Ports& ports, store::Store& store, const std::string& project,
                   const PushOptions& options, Progress& progress);

}  // namespace opentraces::flow
