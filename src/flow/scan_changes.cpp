#include <fmt/format.h>

#include <memory>
#include <utility>

#include "flow/diff_reader.hpp"
#include "flow/git_process.hpp"
#include "flow/scan_content.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/scan_sources.hpp"

namespace opentraces::flow {
namespace {

// Every option that a repository's settings or attributes could change what is printed by.
std::vector<std::string> patch_words() {
    return {"--text",
            "--unified=3",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--no-relative",
            "--find-renames",
            "--submodule=short",
            "--no-color-moved",
            "--ws-error-highlight=none",
            "--output-indicator-new=+",
            "--output-indicator-old=-",
            "--output-indicator-context= "};
}

std::vector<std::string> question_of(const GitChanges& changes) {
    std::vector<std::string> words = {"-c", "core.quotePath=false", "-c", "diff.suppressBlankEmpty=false",
                                      "-c", "log.showRoot=true",    "-c", "log.follow=false"};
    const std::vector<std::string> patch = patch_words();
    if (changes.commits.empty()) {
        words.insert(words.end(), {"diff", "--cached"});
        words.insert(words.end(), patch.begin(), patch.end());
    } else {
        words.insert(words.end(), {"log", "--cc", "--no-show-signature", "--no-notes",
                                   std::string("--format=") + DiffReader::k_commit_format});
        words.insert(words.end(), patch.begin(), patch.end());
        words.insert(words.end(), {"--end-of-options", changes.commits});
    }
    words.emplace_back("--");
    words.insert(words.end(), changes.paths.begin(), changes.paths.end());
    return words;
}

class Changes {
public:
    Changes(ScanJob& job, json::ByteSource patches)
        : m_job(job), m_reader(std::move(patches)), m_scrub(job.scrub) {}

    bool run() {
        DiffPart part;
        bool any = false;
        while (m_reader.next(part)) {
            const ScanPlace place{part.path, part.commit};
            if (!any || place.path != m_place.path || place.commit != m_place.commit) begin(place, any);
            any = true;
            scan();
        }
        if (any) m_job.visitor.scanned(m_place);
        return any;
    }

private:
    void begin(const ScanPlace& place, bool is_another) {
        if (is_another) m_job.visitor.scanned(m_place);
        m_place = place;
        m_scrub.scope.commit = place.commit;
        m_kind = ContentKind::Text;
        m_job.counts.files += place.path.empty() ? 0 : 1;
    }

    void scan() {
        Content content =
            content_of([this](char* buffer, std::size_t size) { return m_reader.read(buffer, size); });
        if (content.kind != ContentKind::Text) {
            leave_out(content.kind);
            return;
        }
        const ScanSummary summary = scan_stream(
            std::move(content.source), m_place.path, m_scrub, nullptr,
            [&](const security::Finding& finding, const FindingContext& context) { tell(finding, context); });
        m_job.counts.bytes += summary.bytes;
    }

    // However many of its hunks are none of a text.
    void leave_out(ContentKind kind) {
        if (m_kind != ContentKind::Text) return;
        m_kind = kind;
        --m_job.counts.files;
        ++(kind == ContentKind::Binary ? m_job.counts.binary : m_job.counts.archives);
    }

    void tell(security::Finding finding, const FindingContext& context) {
        const DiffReader::Place where = m_reader.place_of(finding.offset, finding.length, finding.line);
        if (!where.added) return;
        finding.line = where.line;
        m_job.visitor.found(m_place, finding, context);
    }

    ScanJob& m_job;
    DiffReader m_reader;
    ScanPlace m_place;
    security::ScrubOptions m_scrub;
    ContentKind m_kind = ContentKind::Text;  // of what is there
};

}  // namespace

std::string repository_top(const std::string& folder) {
    std::string top = git_answer(folder, {"rev-parse", "--show-toplevel"});
    if (top.ends_with('\n')) top.pop_back();
    if (top.empty())
        throw Error(ErrorCode::NotFound, folder + " is in no git repository with a working folder",
                    "Run it inside of one that is yours; the program git must be installed.");
    return top;
}

void scan_changes(ScanJob& job, const GitChanges& changes) {
    repository_top(changes.folder);
    GitProcess git(changes.folder, question_of(changes));
    if (git.output() < 0) throw Error(ErrorCode::DiskFailed, "git could not be started");
    // Through the disk, where a command can be stopped.
    const std::shared_ptr<fs::ReadFile> output = job.disk.open(fmt::format("/dev/fd/{}", git.output()));
    Changes reading(job, [output](char* buffer, std::size_t size) { return output->read(buffer, size); });
    const bool any = reading.run();
    if (git.ended_well()) return;
    if (any)
        throw Error(ErrorCode::DiskFailed, "git ended before it was through", "Look at it with: git fsck");
    throw Error(ErrorCode::BadOption,
                changes.commits.empty() ? "git cannot say what is staged"
                                        : "git knows no commits " + printable_line(changes.commits),
                "Give a range of revisions such as main..HEAD, as git log takes it.");
}

}  // namespace opentraces::flow
