#include "opentraces/flow/capture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_head = std::size_t{256} << 10;
// A session file is parsed again when this changes, even if the file has not.
constexpr std::string_view k_parser_version = "1";

std::vector<const capture::AgentParser*> chosen_agents(const std::vector<std::string>& names) {
    std::vector<const capture::AgentParser*> chosen;
    for (const std::string& name : names) {
        const capture::AgentParser* agent = capture::find_agent(name);
        if (agent == nullptr) {
            throw Error(ErrorCode::UnknownAgent, fmt::format("no agent is called '{}'", name),
                        "Known agents: " + capture::agent_names());
        }
        chosen.push_back(agent);
    }
    if (chosen.empty()) chosen.assign(capture::agents().begin(), capture::agents().end());
    return chosen;
}

std::string read_head(const std::string& path, fs::Disk& disk) {
    const auto file = disk.open(path);
    std::string head(k_head, '\0');
    std::size_t length = 0;
    while (length < head.size()) {
        const std::size_t count = file->read(head.data() + length, head.size() - length);
        if (count == 0) break;
        length += count;
    }
    head.resize(length);
    return head;
}

// The agent that recognises the file; without one, the first chosen agent says what is wrong with it.
const capture::AgentParser* agent_of(const std::string& path,
                                     const std::vector<const capture::AgentParser*>& agents, fs::Disk& disk) {
    const std::string head = read_head(path, disk);
    const auto found = std::find_if(agents.begin(), agents.end(), [&](const capture::AgentParser* agent) {
        return agent->recognises(path, head);
    });
    return found != agents.end() ? *found : agents.front();
}

void add_folder(const std::string& folder, const std::vector<const capture::AgentParser*>& agents,
                fs::Disk& disk, std::vector<SessionInput>& sessions, Progress& progress) {
    for (const capture::AgentParser* agent : agents) {
        capture::Discovered found = agent->discover(folder, disk);
        for (capture::SessionFile& file : found.sessions)
            sessions.push_back({agent, std::move(file.path)});
        const std::string left_out = found.walked.left_out();
        if (!left_out.empty()) progress.warning(fmt::format("{}: left out: {}", folder, left_out));
    }
}

FailedFile failure_of(const std::string& path, const Error& error) {
    return {path, 0, error.what(), error.exit_status()};
}

template <class Result>
void add_report(Result& result, const capture::ParseReport& report) {
    for (const auto& [type, lines] : report.unknown_line_types)
        capture::add_to_counts(result.unknown_line_types, type, lines);
    result.foreign_files += static_cast<std::int64_t>(report.foreign_files);
    result.skipped_lines += static_cast<std::int64_t>(report.skipped.size());
}

void warn_of_skipped(const std::string& path, const capture::ParseReport& report, Progress& progress) {
    constexpr std::size_t k_shown = 3;
    if (report.foreign_files > 0) {
        progress.warning(
            fmt::format("{}: {} in the place of its sub-agents' files: links, or of another "
                        "session; not read",
                        path, report.foreign_files));
    }
    for (std::size_t i = 0; i < report.skipped.size() && i < k_shown; ++i) {
        progress.warning(fmt::format("{}:{}: {}; the line is left out", path, report.skipped[i].line,
                                     report.skipped[i].reason));
    }
    if (report.skipped.size() > k_shown) {
        progress.warning(
            fmt::format("{}: {} more lines are left out", path, report.skipped.size() - k_shown));
    }
}

std::int64_t sum(const std::map<std::string, std::size_t>& counts) {
    std::int64_t total = 0;
    for (const auto& [name, count] : counts)
        total += static_cast<std::int64_t>(count);
    return total;
}

int first_failure(const std::vector<FailedFile>& failed) {
    return failed.empty() ? 0 : failed.front().exit_status;
}

class Capturer {
public:
    Capturer(store::Store& store, const CaptureOptions& options, fs::Disk& disk, Progress& progress)
        : m_store(store), m_options(options), m_disk(disk), m_progress(progress) {}

    void add(const SessionInput& session) {
        try {
            capture_one(session);
        } catch (const Error& error) {
            if (stops_everything(error)) throw;
            m_result.failed.push_back(failure_of(session.path, error));
        }
    }

    CaptureResult take() { return std::move(m_result); }

private:
    // Trouble of the store is trouble for every session: nothing further may be tried.
    static bool stops_everything(const Error& error) {
        return error.code() == ErrorCode::CorruptStore || error.code() == ErrorCode::NewerSchema ||
               error.code() == ErrorCode::Locked || error.code() == ErrorCode::ScannerFailed ||
               error.code() == ErrorCode::Interrupted;
    }

    void capture_one(const SessionInput& session) {
        const auto info = m_disk.info(session.path);
        store::Store::SeenSession seen;
        seen.path = session.path;
        if (info) {
            seen.size = info->size;
            seen.modified_ns = info->modified_ns;
        }
        seen.parser_version = fmt::format("{}/{}", k_parser_version, security::k_scanner_version);
        if (!m_options.reparse && unchanged(seen)) return;
        capture::ParsedSession parsed = session.agent->parse(session.path, m_disk, m_neighbours);
        add_report(m_result, parsed.report);
        warn_of_skipped(session.path, parsed.report, m_progress);
        seen.verdict = keep(session, std::move(parsed));
        m_store.remember(seen);
    }

    bool unchanged(const store::Store::SeenSession& now) {
        auto before = m_store.seen(now.path);
        // A session made of several files may grow in a sub-agent's file only, so traces are parsed again.
        if (!before || before->verdict != "filtered") return false;
        before->verdict.clear();
        if (!(*before == now)) return false;
        ++m_result.filtered;
        return true;
    }

    std::string keep(const SessionInput& session, capture::ParsedSession parsed) {
        if (parsed.verdict == capture::ParseVerdict::Refused) {
            m_result.failed.push_back({session.path, parsed.line, parsed.reason, 5});
            return "refused";
        }
        if (parsed.verdict == capture::ParseVerdict::Filtered) {
            ++m_result.filtered;
            return "filtered";
        }
        auto scrubbed = security::scrub(std::move(*parsed.record), m_options.scrub);
        parsed.record.reset();
        count(m_store.stage(std::move(scrubbed), session.path));
        return "trace";
    }

    void count(const store::Staged& staged) {
        switch (staged.outcome) {
            case store::StageOutcome::Captured:
                ++m_result.captured;
                break;
            case store::StageOutcome::Updated:
                ++m_result.updated;
                break;
            case store::StageOutcome::Unchanged:
                ++m_result.unchanged;
                return;
        }
        m_result.traces.push_back(staged.id);
    }

    store::Store& m_store;
    const CaptureOptions& m_options;
    fs::Disk& m_disk;
    Progress& m_progress;
    capture::Neighbours m_neighbours;
    CaptureResult m_result;
};

// One record line at a time, with its line end.
void write_line(const trace::TraceRecord& record, json::Sink& out) {
    trace::encode(record, out);
    out.write("\n");
}

}  // namespace

std::int64_t CaptureResult::unknown_lines() const {
    return sum(unknown_line_types);
}
int CaptureResult::exit_status() const {
    return first_failure(failed);
}
std::int64_t ParseResult::unknown_lines() const {
    return sum(unknown_line_types);
}
int ParseResult::exit_status() const {
    return first_failure(failed);
}

std::vector<SessionInput> find_sessions(const std::vector<std::string>& paths,
                                        const std::vector<std::string>& agent_names, fs::Disk& disk,
                                        std::vector<FailedFile>& failed, Progress& progress) {
    const auto agents = chosen_agents(agent_names);
    std::vector<SessionInput> sessions;
    for (const std::string& path : paths) {
        try {
            const auto info = disk.info(path);
            if (!info) {
                failed.push_back({path, 0, "no such file or folder", 6});
            } else if (info->is_directory()) {
                add_folder(path, agents, disk, sessions, progress);
            } else if (info->kind == fs::FileKind::Other) {
                failed.push_back({path, 0, "is not a regular file (a FIFO, socket or device)", 5});
            } else {
                sessions.push_back({agent_of(path, agents, disk), path});
            }
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            failed.push_back(failure_of(path, error));
        }
    }
    return sessions;
}

CaptureResult capture(const std::vector<SessionInput>& sessions, store::Store& store,
                      const CaptureOptions& options, fs::Disk& disk, Progress& progress) {
    Capturer capturer(store, options, disk, progress);
    for (const SessionInput& session : sessions)
        capturer.add(session);
    return capturer.take();
}

ParseResult parse(const std::vector<SessionInput>& sessions, const security::ScrubOptions& scrub,
                  fs::Disk& disk, json::Sink& out, Progress& progress) {
    ParseResult result;
    capture::Neighbours neighbours;
    for (const SessionInput& session : sessions) {
        ++result.files;
        try {
            capture::ParsedSession parsed = session.agent->parse(session.path, disk, neighbours);
            add_report(result, parsed.report);
            warn_of_skipped(session.path, parsed.report, progress);
            if (parsed.verdict == capture::ParseVerdict::Refused) {
                result.failed.push_back({session.path, parsed.line, parsed.reason, 5});
            } else if (parsed.verdict == capture::ParseVerdict::Filtered) {
                ++result.filtered;
            } else {
                const auto scrubbed = security::scrub(std::move(*parsed.record), scrub);
                result.redactions += static_cast<std::int64_t>(scrubbed.redactions());
                result.findings += static_cast<std::int64_t>(scrubbed.findings().size());
                write_line(scrubbed.record(), out);
                ++result.written;
            }
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            result.failed.push_back(failure_of(session.path, error));
        }
    }
    return result;
}

}  // namespace opentraces::flow
