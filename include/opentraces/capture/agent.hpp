// Session files of coding agents as TraceRecords. One parser per agent; agents.hpp lists them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/environment.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/fs/walk.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture {

// One session as found on disk.
struct SessionFile {
    std::string agent;  // "claude-code"
    std::string path;
    std::uint64_t size = 0;        // bytes
    std::int64_t modified_ns = 0;  // since the Unix epoch
};

// The session files below a folder, and what was not looked into.
struct Discovered {
    std::vector<SessionFile> sessions;  // sorted by path
    fs::Walked walked;
};

struct SkippedLine {
    std::size_t line = 0;  // 1-based; 0 when the whole file is meant
    std::string reason;    // never quotes the line
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
    std::vector<SkippedLine> skipped;                       // broken lines
    std::size_t repeated_lines = 0;                         // same uuid again, copies of a resumed session
    std::size_t foreign_files = 0;  // in the place of sub-agents, but links or of another session: not read
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

// What lies beside the sessions of a folder, read once for all of them. For one run: files that come later
// are not in it.
struct Neighbours {
    // By folder and session id: the files of sub-agents.
    std::map<std::string, std::map<std::string, std::vector<std::string>>> agent_files;
};

class AgentParser {
public:
    virtual ~AgentParser() = default;
    virtual std::string_view name() const = 0;
    // Does the start of this file look like a session of this agent? `head` is at most 256 KiB.
    virtual bool recognises(std::string_view path, std::string_view head) const = 0;
    // Never throws on bad content: Refused with a reason. Throws Error DiskFailed when reading fails.
    // Nothing is read through a link that lies beside the session or below.
    virtual ParsedSession parse(const std::string& path, fs::Disk& disk, Neighbours& neighbours) const = 0;
    ParsedSession parse(const std::string& path, fs::Disk& disk) const {
        Neighbours none;
        return parse(path, disk, none);
    }
    // Main session files below a folder (sub-agent files are not sessions of their own). Links are not
    // followed; the folders of git and of opentraces are not entered.
    virtual Discovered discover(const std::string& folder, fs::Disk& disk) const = 0;
    // Where this agent keeps the sessions of a project, existing or not.
    virtual std::string sessions_folder(const std::string& project, const Environment& environment) const = 0;
};

std::span<const AgentParser* const> agents();
const AgentParser* find_agent(std::string_view name);
// Names for help texts and errors: "claude-code, codex".
std::string agent_names();

}  // namespace opentraces::capture
