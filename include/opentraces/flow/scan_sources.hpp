// What there is to scan: the files below a folder, and what git changes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/flow/scan.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {

// Where a text was. A path of git's is seen from the top of its repository.
struct ScanPlace {
    std::string path;    // empty: the message of the commit
    std::string commit;  // empty: a file, or what is staged
};

struct ScanCounts {
    std::int64_t files = 0;  // that were scanned; what git has changed of a file counts as one
    std::uint64_t bytes = 0;
    // Left out.
    std::int64_t binary = 0;
    std::int64_t archives = 0;  // not entered
    std::int64_t ignored = 0;   // files and folders
    std::int64_t unread = 0;
    std::string left_out;  // links, pipes, …: as Walked::left_out()
};

struct ScanVisitor {
    std::function<void(const ScanPlace&, const security::Finding&, const FindingContext&)> found;
    std::function<void(const ScanPlace&)> scanned;               // to its end; of git's once per file
    std::function<void(const ScanPlace&, const Error&)> failed;  // that one alone
};

struct ScanJob {
    fs::Disk& disk;
    const security::ScrubOptions& scrub;
    const ScanVisitor& visitor;
    ScanCounts counts = {};
};

// Everything below `folder`, sorted by path, hidden files too; never `.git`. Links are not followed. Without
// `all`, what ignore files name is left out (fs::ignoring_disk). Places are named below `shown`.
void scan_folder(ScanJob& job, const std::string& folder, const std::string& shown, bool all);

struct GitChanges {
    std::string folder;              // in the repository
    std::string commits;             // a range of revisions; empty: what is staged
    std::vector<std::string> paths;  // seen from `folder`; empty: all of it
};

// Texts that git adds, with a few lines around them so that what a secret belongs to is seen: in each commit
// and its message, or in the index. What a finding has nothing new of is not told. Nothing that the
// repository names is run. Errors NotFound (no repository), BadOption (no such commits), DiskFailed (git
// failed).
void scan_changes(ScanJob& job, const GitChanges& changes);

// The top folder of the repository around `folder`; Error NotFound if git knows of none.
std::string repository_top(const std::string& folder);

}  // namespace opentraces::flow
