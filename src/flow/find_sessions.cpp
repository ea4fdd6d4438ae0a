// Which sessions are meant: of files and folders that were named, or of a project.
#include <fmt/format.h>

#include <map>
#include <utility>

#include "opentraces/capture/copies.hpp"
#include "opentraces/capture/sealed.hpp"
#include "opentraces/capture/stranger.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/capture.hpp"

namespace opentraces::flow {
namespace {

void tell_left_out(const std::string& place, const capture::Discovered& found, Progress& progress) {
    const std::string left_out = found.walked.left_out();
    if (!left_out.empty()) progress.warning(fmt::format("{}: left out: {}", place, left_out));
    if (found.worktrees_left_out > 0)
        progress.warning(fmt::format("{}: {} more of the repository's worktrees were not searched", place,
                                     found.worktrees_left_out));
    if (!found.strays.empty()) {
        progress.warning(fmt::format("{}: {} of no session that is there, not captured; the first: {}", place,
                                     found.strays.size() == 1
                                         ? std::string("1 file of a sub-agent")
                                         : fmt::format("{} files of sub-agents", found.strays.size()),
                                     found.strays.front()));
    }
    if (found.other_projects > 0) {
        progress.note(fmt::format("{}: {} of other projects, or of none that they name, left alone", place,
                                  found.other_projects == 1
                                      ? std::string("1 session")
                                      : fmt::format("{} sessions", found.other_projects)));
    }
}

// Of these it is known that they are there, and no more.
void tell_sealed(const std::vector<capture::Sealed>& all, Progress& progress) {
    for (const capture::Sealed& one : all)
        progress.note(fmt::format("{}: {} of {} that only its own program can read, not captured", one.folder,
                                  one.conversations == 1 ? std::string("1 conversation")
                                                         : fmt::format("{} conversations", one.conversations),
                                  one.agent));
}

void tell_copies(std::size_t copies, Progress& progress) {
    if (copies > 0)
        progress.note(
            fmt::format("sessions: {} of SpecStory of sessions that are there themselves, left out",
                        copies == 1 ? std::string("1 document") : fmt::format("{} documents", copies)));
}

// Files that nobody who was asked for recognises. A reader says what is wrong with the rest of them.
class Strangers {
public:
    Strangers(const std::string& place, std::span<const capture::Agent* const> asked,
              capture::Sources& sources, bool in_folder)
        : m_place(place), m_asked(asked), m_sources(sources), m_in_folder(in_folder) {}

    // Somebody else's, or nobody's: not to be read.
    bool take(const capture::Found& found, Failures& failed) {
        const std::string& path = found.session.locator;
        if (!found.session.fingerprint.empty()) return false;
        const capture::Stranger stranger = capture::look_at_stranger(path, m_asked, m_sources);
        if (stranger.owner != nullptr) {
            if (m_in_folder)
                ++m_of_others[stranger.owner->title];
            else
                name_owner(path, *stranger.owner, failed);
        } else if (stranger.nobodys && is_refused(found)) {
            failed.add({.source = path,
                        .words = "no session of an agent that is known; --agent A has the reader of A say "
                                 "what it misses"});
        } else {
            return false;
        }
        return true;
    }

    void tell(Progress& progress) const {
        for (const auto& [title, files] : m_of_others)
            progress.note(fmt::format("{}: {} of {}, which was not asked for, left alone", m_place,
                                      files == 1 ? "1 file" : fmt::format("{} files", files), title));
    }

private:
    // A session may lack what it would be recognised by. What cannot be read is told of when it is captured,
    // and keeps no other file of the folder back.
    bool is_refused(const capture::Found& found) {
        try {
            return found.agent->read(found.session, m_sources).verdict == capture::ParseVerdict::Refused;
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            return false;
        }
    }

    static void name_owner(const std::string& path, const capture::Agent& owner, Failures& failed) {
        const bool has_vowel = std::string_view("AEIOU").find(owner.title.front()) != std::string_view::npos;
        failed.add({.what = {.source = path,
                             .words = fmt::format("{} {} session; run with --agent {}",
                                                  has_vowel ? "an" : "a", owner.title, owner.name)},
                    .code = ErrorCode::NoSessions,
                    .hint = fmt::format("Run with --agent {}, or without --agent.", owner.name)});
    }

    const std::string& m_place;
    std::span<const capture::Agent* const> m_asked;
    capture::Sources& m_sources;
    bool m_in_folder;
    std::map<std::string_view, std::size_t> m_of_others;
};

}  // namespace

std::vector<const capture::Agent*> chosen_agents(const std::vector<std::string>& names) {
    std::vector<const capture::Agent*> chosen;
    for (const std::string& name : names) {
        const capture::Agent* agent = capture::find_agent(name);
        if (agent == nullptr) {
            std::vector<std::string> known;
            for (const capture::Agent* const row : capture::agents())
                known.emplace_back(row->name);
            throw Error(ErrorCode::UnknownAgent, fmt::format("no agent is called '{}'", name),
                        did_you_mean(name, known, "Known agents: " + capture::agent_names()));
        }
        chosen.push_back(agent);
    }
    if (chosen.empty()) chosen.assign(capture::agents().begin(), capture::agents().end());
    return chosen;
}

std::string agents_said(const std::vector<std::string>& names) {
    std::string said;
    for (const std::string& name : names)
        said += (said.empty() ? "" : ", ") + printable_line(name);
    return said.empty() ? "any agent" : said;
}

std::vector<capture::Found> find_sessions(const std::vector<std::string>& paths,
                                          const std::vector<std::string>& agent_names, fs::Disk& disk,
                                          Failures& failed, Progress& progress) {
    const auto agents = chosen_agents(agent_names);
    capture::Sources sources(disk);
    std::vector<capture::Found> sessions;
    for (const std::string& path : paths) {
        try {
            const auto info = disk.info(path);
            if (!info) {
                failed.add({.source = path, .words = "no such file or folder"}, ErrorCode::NotFound);
            } else if (info->kind == fs::FileKind::Other) {
                failed.add({.source = path, .words = "is not a regular file (a FIFO, socket or device)"});
            } else {
                capture::Discovered found = capture::discover(path, agents, sources);
                tell_left_out(path, found, progress);
                Strangers strangers(path, agents, sources, info->is_directory());
                for (capture::Found& one : found.sessions)
                    if (!strangers.take(one, failed)) sessions.push_back(std::move(one));
                strangers.tell(progress);
            }
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            failed.add(path, error);
        }
    }
    return sessions;
}

std::vector<capture::Found> find_project_sessions(const std::string& project,
                                                  const std::vector<std::string>& agents, const Ports& ports,
                                                  Progress& progress) {
    const auto chosen = chosen_agents(agents);
    capture::Sources sources(ports.disk);
    capture::Discovered found = capture::discover_project(project, chosen, ports.environment, sources);
    tell_left_out("sessions", found, progress);
    tell_copies(capture::leave_out_copies(found.sessions, sources), progress);
    tell_sealed(capture::sealed_conversations(chosen, ports.environment, ports.disk), progress);
    return std::move(found.sessions);
}

}  // namespace opentraces::flow
