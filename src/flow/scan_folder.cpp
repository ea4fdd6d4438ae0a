#include <memory>
#include <utility>

#include "flow/scan_content.hpp"
#include "opentraces/flow/scan_sources.hpp"
#include "opentraces/fs/ignoring_disk.hpp"
#include "opentraces/fs/walk.hpp"

namespace opentraces::flow {
namespace {

constexpr std::string_view k_repository = ".git";

std::string shown_path(const std::string& path, const std::string& folder, const std::string& shown) {
    const std::string relative = path.substr(folder == "/" ? 1 : folder.size() + 1);
    return shown == "." || shown == "./" ? relative : fs::join(shown, relative);
}

void scan_one(ScanJob& job, fs::Disk& disk, const std::string& path, const ScanPlace& place) {
    const std::shared_ptr<fs::ReadFile> file = disk.open(path);
    Content content = content_of([file](char* buffer, std::size_t size) { return file->read(buffer, size); });
    if (content.kind != ContentKind::Text) {
        ++(content.kind == ContentKind::Binary ? job.counts.binary : job.counts.archives);
        return;
    }
    const ScanSummary summary =
        scan_stream(std::move(content.source), place.path, job.scrub, nullptr,
                    [&](const security::Finding& finding, const FindingContext& context) {
                        job.visitor.found(place, finding, context);
                    });
    ++job.counts.files;
    job.counts.bytes += summary.bytes;
    job.visitor.scanned(place);
}

}  // namespace

void scan_folder(ScanJob& job, const std::string& folder, const std::string& shown, bool all) {
    std::size_t ignored = 0;
    const fs::WalkRules rules{[](std::string_view) { return true; },
                              [](std::string_view name) { return name != k_repository; }, fs::Links::Stay};
    const std::unique_ptr<fs::Disk> kept = all ? nullptr : fs::ignoring_disk(job.disk, folder, ignored);
    const fs::Walked walked = fs::walk(folder, rules, all ? job.disk : *kept);
    job.counts.ignored += static_cast<std::int64_t>(ignored);
    job.counts.left_out = walked.left_out();
    const std::unique_ptr<fs::Disk> below = job.disk.beneath(folder);
    for (const fs::FileInfo& file : walked.files) {
        const ScanPlace place{shown_path(file.path, folder, shown), {}};
        try {
            scan_one(job, *below, file.path, place);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::NotFound && error.code() != ErrorCode::DiskFailed &&
                error.code() != ErrorCode::UnsafePath)
                throw;
            ++job.counts.unread;
            job.visitor.failed(place, error);
        }
    }
}

}  // namespace opentraces::flow
