// Sessions of coding agents as TraceRecords. An agent is a row: where its sessions are, how they are known
// and read, what its counts mean. src/capture/agents.cpp lists them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/capture/sources.hpp"
#include "opentraces/core/diagnostic.hpp"
#include "opentraces/core/environment.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/fs/walk.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture {

struct HookSpec;  // hook.hpp

// A session that has not been read.
struct SessionRef {
    std::string agent;    // "claude-code"
    std::string locator;  // a path; for a database, path#session id
    std::string project;  // the working directory that it began in; empty: the session does not say
    std::string
        fingerprint;  // other whenever reading would read other bytes: every file, write-ahead log included
};

// How many names that a file makes up are told apart; the further ones are counted together.
inline constexpr std::size_t k_most_names = 100;

// Counts under a name from a file, made safe to show.
void add_to_counts(std::map<std::string, std::size_t>& counts, std::string_view name, std::size_t more = 1);

// Everything that was not understood or left out; nothing is dropped without being counted here.
struct ParseReport {
    std::size_t lines = 0;
    std::size_t conversation_lines = 0;
    std::map<std::string, std::size_t> unknown_line_types;  // type -> lines
    std::map<std::string, std::size_t> unknown_blocks;
    std::map<std::string, std::size_t> ignored_line_types;  // known, but not conversation
    std::vector<Diagnostic> skipped;                        // broken lines
    std::size_t repeated_lines = 0;                         // same uuid again, copies of a resumed session
    std::size_t foreign_files = 0;  // in the place of sub-agents, but links or of another session: not read
    // Attachments and hooks of whose output the log has no text for the model: kind -> lines.
    std::map<std::string, std::size_t> context_not_kept;
    std::size_t alike_sessions = 0;   // that are there and begin with the same lines
    std::size_t copied_replies = 0;   // that another of these holds too, and is counted by
    std::size_t missing_agents = 0;   // started, but without a transcript
    std::size_t unlinked_agents = 0;  // with a transcript, but nobody knows which call started them
    bool incomplete_last_line = false;
    std::size_t unknown_lines() const;
};

enum class ParseVerdict {
    Trace,     // record is set
    Filtered,  // a session, but with fewer than 2 steps or without tool calls
    Refused,   // not a session of this agent, or broken: see reason
};

struct ParsedSession {
    ParseVerdict verdict = ParseVerdict::Refused;
    // Complete, enrichment included; trace_id is not yet the final one when revisions exist.
    std::optional<trace::TraceRecord> record;
    ParseReport report;
    std::string reason;              // for Filtered and Refused
    std::size_t line = 0;            // where, 0 when the whole file is meant
    std::vector<std::string> files;  // every file that was read, sub-agents included
    enrich::Evidence evidence;       // what the record was completed from
};

// Where an agent keeps the sessions of a project, existing or not.
struct Place {
    std::string path;
    bool shared = false;  // with all other projects of the user
};

// What the token counts of an agent's own sessions mean. Records are the same for all agents: input without
// what came from the cache or went into it.
struct Accounting {
    bool cache_in_input = false;  // cached tokens are a part of the input count
    std::int64_t input(std::int64_t counted, std::int64_t read, std::int64_t written) const;
};

// What a file may be, by its name.
enum class FileRole {
    None,
    Sessions,
    Part,     // of a session whose own file is another
    Perhaps,  // a name that many programs use: a session if its content says so, else nothing to tell of
};

struct Agent {
    std::string_view name;   // "claude-code"
    std::string_view title;  // for people: "Claude Code"
    // Of the reader: sessions that an older one has read are read again.
    std::string_view version;
    Accounting accounting;
    // How it tells that a session has ended; null if it cannot be told to.
    const HookSpec* hook = nullptr;

    std::vector<Place> (*places)(const std::string& project, const Environment& environment) = nullptr;
    // Cheap, and wrong at times.
    FileRole (*role_of)(std::string_view file_name) = nullptr;
    // Does the file hold sessions of this agent? Looks at its content, whatever its name.
    bool (*recognises)(const std::string& path, Sources& sources) = nullptr;
    // The sessions of a file that was recognised; none of them is read.
    std::vector<SessionRef> (*list)(const std::string& path, Sources& sources) = nullptr;
    // Never throws on bad content: Refused with a reason. Throws Error DiskFailed when reading fails.
    // Nothing is read through a link that lies beside the session or below.
    ParsedSession (*read)(const SessionRef& session, Sources& sources) = nullptr;
    // After how many days without a change the agent deletes a session; 0: never. Null: it is not known to.
    std::int64_t (*kept_days)(const Environment& environment, fs::Disk& disk) = nullptr;

    // Files of sub-agents in a folder, or below, that belong to no session there; sorted. Null: it has none.
    std::vector<std::string> (*strays)(const std::string& folder, Sources& sources) = nullptr;

    // For one session and nothing else.
    ParsedSession read_from(const std::string& locator, fs::Disk& disk) const;
};

std::span<const Agent* const> agents();
const Agent* find_agent(std::string_view name);
// Names for help texts and errors: "claude-code, codex".
std::string agent_names();

struct Found {
    const Agent* agent = nullptr;
    SessionRef session;
};

// The sessions of a file, or of every file below a folder, and what was not looked into.
struct Discovered {
    std::vector<Found> sessions;  // sorted by locator
    fs::Walked walked;
    std::vector<std::string> strays;     // files of sub-agents of no session
    std::size_t other_projects = 0;      // sessions out of scope
    std::size_t worktrees_left_out = 0;  // linked worktrees beyond those that are searched
};

// A file belongs to the first agent that recognises it; one that none does, to the first that would take its
// name, whose reader says what is wrong with it. Below a folder, parts of sessions are no sessions of their
// own. Links are not followed; the folders of git and of opentraces are not entered.
Discovered discover(const std::string& path, std::span<const Agent* const> agents, Sources& sources);
// The same in every place where the agents keep sessions of the project. Sessions that began elsewhere are
// left out, and those that do not say where, in a shared place.
Discovered discover_project(const std::string& project, std::span<const Agent* const> agents,
                            const Environment& environment, Sources& sources);

}  // namespace opentraces::capture
