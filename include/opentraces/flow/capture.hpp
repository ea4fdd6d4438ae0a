// Sessions into the inbox: parse, scrub, stage. And the same without a project, as a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/flow/failures.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/prices.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

class RawCopies;

// What became of sessions that gave no trace, and what of the others was not understood.
struct ReadTally {
    std::int64_t filtered = 0;
    Failures failed;
    std::map<std::string, std::size_t> unknown_line_types;
    std::map<std::string, std::size_t> context_not_kept;  // kind -> lines without a text for the model
    std::int64_t skipped_lines = 0;
    std::int64_t foreign_files = 0;    // links, or of another session, in the place of sub-agents
    std::int64_t copied_replies = 0;   // that stand in another session too
    std::int64_t missing_agents = 0;   // sub-agents without a transcript
    std::int64_t unlinked_agents = 0;  // sub-agents that no call is known to have started
    std::int64_t unknown_lines() const;
};

struct CaptureResult : ReadTally {
    std::int64_t captured = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::vector<TraceId> traces;  // captured or updated
};

struct CaptureOptions {
    security::ScrubOptions scrub;
    bool reparse = false;  // also sessions that have not changed since the last capture
    // The project's folder: git is asked there for what a session's own log does not show. Empty: git is not
    // asked.
    std::string project = {};
    bool episodes = false;     // a trace for each part of a session that has not been captured as a whole
    RawCopies* raw = nullptr;  // keeps what was read of each session that becomes a trace; null: nothing
    OwnPricesPtr prices = {};  // null: those of the program
};

// Agents by their names; none: all. Error UnknownAgent.
std::vector<const capture::Agent*> chosen_agents(const std::vector<std::string>& names);
// For people: the names, or "any agent".
std::string agents_said(const std::vector<std::string>& names);

// The sessions of files, and of all files below folders. Missing paths become failures with status 6;
// `progress` is told what was left out of a folder.
std::vector<capture::Found> find_sessions(const std::vector<std::string>& paths,
                                          const std::vector<std::string>& agents, fs::Disk& disk,
                                          Failures& failed, Progress& progress);
// Those that the agents keep of this project, and of no other.
std::vector<capture::Found> find_project_sessions(const std::string& project,
                                                  const std::vector<std::string>& agents, const Ports& ports,
                                                  Progress& progress);

// Captures each into the store; one broken file never keeps another from being captured.
CaptureResult capture(const std::vector<capture::Found>& sessions, store::Store& store,
                      const CaptureOptions& options, fs::Disk& disk, Progress& progress);

// A raw copy of a session that is to be read again.
struct Recapture {
    std::string agent;
    std::string locator;
};
// Reads each again with the readers and rules of today, from its copy, whether the agent still has it or not.
// A session without a copy, or with a damaged one, is a failure. What a copy unpacks to lies in nameless
// files in `storage`.
CaptureResult recapture(const std::vector<Recapture>& sessions, RawCopies& raw, store::Store& store,
                        const CaptureOptions& options, fs::Disk& disk, const std::string& storage,
                        Progress& progress);

struct ParseResult : ReadTally {
    std::int64_t files = 0;
    std::int64_t written = 0;
    std::int64_t redactions = 0;
    std::int64_t findings = 0;
};

struct ParseOptions {
    security::ScrubOptions scrub;
    bool episodes = false;
    OwnPricesPtr prices = {};  // null: those of the program
};

// Writes one scrubbed TraceRecord line per session, or part of one.
ParseResult parse(const std::vector<capture::Found>& sessions, const ParseOptions& options, fs::Disk& disk,
                  json::Sink& out, Progress& progress);

}  // namespace opentraces::flow
