// What git knows of a folder at a time in the past, from its reflog.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::flow {

// Empty where it is not known.
struct GitPast {
    std::string head;
    std::string branch;
    std::string repository;  // "owner/name" of origin
};

// The program `git` is run, without hooks, monitors, pagers, signatures, transports, or anything else that a
// repository's settings name; none, a slow one and a folder that is in no repository are an empty answer.
class GitReader {
public:
    GitPast at(const std::string& folder, TimePoint when);

private:
    struct Moved {
        std::string to;  // sha
        std::int64_t second = 0;
        std::string what;  // "checkout: moving from a to b"
    };
    struct Known {
        std::vector<Moved> moves;  // of HEAD, newest first
        std::string branch;        // now
        std::string repository;
    };
    const Known& known(const std::string& folder);
    static std::string branch_at(const Known& known, std::size_t move);

    std::map<std::string, Known> m_known;  // by folder
};

// Base, branch and repository that the session's own log does not show, from git at the time of its
// beginning: when it began in a folder of `project` that is there. metadata.opentraces_vcs_source says so.
void fill_from_git(trace::TraceRecord& record, const enrich::Evidence& evidence, const std::string& project,
                   fs::Disk& disk, GitReader& git);

}  // namespace opentraces::flow
