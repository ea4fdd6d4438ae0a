// Redactions by hand: what no rule knows, taken out of a trace, of its later versions too, and put back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/flow/capture.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/flow/raw_copies.hpp"
#include "opentraces/security/decided.hpp"
#include "opentraces/store/decisions.hpp"

namespace opentraces::flow {

// What decisions about the texts of traces work with.
struct ReviewTools {
    store::Store& store;
    const CaptureOptions& options;  // of the project
    RawCopies& raw;
    fs::Disk& disk;
    std::string storage;  // folder for nameless files
    Progress& progress;
};

struct RedactOptions {
    std::vector<std::string> texts;  // each of them goes
    std::string regex;               // or what this matches; kept as it was written
    std::optional<std::int64_t> step = {};
    std::string field = {};
};

// What was taken out of one trace; never what it was.
struct Redacted {
    TraceId id;
    std::int64_t redactions = 0;
    std::map<std::string, std::int64_t> places;  // path in the record -> how many
    // Versions of the session that keep the text: committed or pushed.
    std::vector<store::TraceRow> kept_in;
};

// Takes the texts out of each trace that has them, wherever and in whatever encoding the scanner reads, and
// remembers keyed fingerprints of them for later versions of the session; all in one transaction, which
// undo() takes back. `salts`: random. Traces without them are in no answer. Errors: NotFound when none has
// them; BadOption as security::hide_text(); InvalidState for a committed trace (uncommit it first), a pushed
// one, or one on its way; SecretsFound when something is left.
std::vector<Redacted> redact(const ReviewTools& tools, const std::vector<TraceId>& ids,
                             const RedactOptions& options, IdSource& salts);

// Forgets all redactions by hand of the trace's session and reads the trace again from the raw copy, with
// the rules of today. NotFound: without a copy, or without such redactions. Answers how many there were.
std::int64_t unredact(const ReviewTools& tools, const TraceId& id);

}  // namespace opentraces::flow
