#include "opentraces/flow/capture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

#include "flow/annotations.hpp"
#include "flow/decided_texts.hpp"
#include "flow/git_past.hpp"
#include "flow/rebuild.hpp"
#include "flow/session_form.hpp"
#include "flow/session_report.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/enrich/enrich.hpp"
#include "opentraces/enrich/episodes.hpp"
#include "opentraces/flow/raw_copies.hpp"
#include "opentraces/fs/scratch_disk.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

// Whatever else than the session decides what is kept of it. The key makes it tell nothing about the texts.
std::string settings_of(const CaptureOptions& all) {
    const security::ScrubOptions& options = all.scrub;
    std::string settings;
    if (options.personal != security::PersonalData{})
        for (const bool kind : {options.personal.names, options.personal.hosts, options.personal.emails,
                                options.personal.ips, options.personal.phones, options.personal.repos})
            settings += kind ? '+' : '-';
    for (const std::string& text : options.custom_strings)
        settings += fmt::format("{}:{}", text.size(), text);
    return fmt::format("{}/{}/{}{}{}{}", security::k_scanner_version, options.limits.observation,
                       hmac_sha256_hex(options.pseudonym_key, options.user_name + "\n" + settings),
                       all.episodes ? "/episodes" : "", all.prices == nullptr ? "" : "/" + all.prices->digest,
                       options.own_rules ? "/rules " + security::digest_of(*options.own_rules) : "");
}

// What became of a session that was read: "trace", or how many there are of its parts: "trace 3".
constexpr std::string_view k_traces = "trace";

std::int64_t traces_in(const std::string& verdict) {
    const std::string count = verdict.substr(std::min(k_traces.size() + 1, verdict.size()));
    return count.empty() ? 1 : std::atoll(count.c_str());
}

using Rows = std::vector<store::TraceRow>;

class Capturer {
public:
    Capturer(store::Store& store, const CaptureOptions& options, fs::Disk& disk, Progress& progress)
        : m_store(store),
          m_options(options),
          m_progress(progress),
          m_disk(disk),
          m_sources(disk),
          m_settings(settings_of(options)) {}

    void add(const capture::Found& found) {
        guarded(found.session.locator,
                [&] { capture_one(*found.agent, found.session, found.session, m_sources); });
    }

    // From its raw copy.
    void add(const Recapture& wanted, RawCopies& raw, const std::string& storage) {
        guarded(wanted.locator, [&] { read_copy(wanted, raw, storage); });
    }

    // The part of it that is called so, from its raw copy, instead of staging anything.
    security::ScrubbedTrace rebuild(const Recapture& wanted, const std::string& session_id, RawCopies& raw,
                                    const std::string& storage) {
        m_wanted = session_id;
        read_copy(wanted, raw, storage);
        if (!m_rebuilt)
            throw Error(ErrorCode::NotFound, "the raw copy of the session has no such trace any more");
        return *std::move(m_rebuilt);
    }

    CaptureResult take() { return std::move(m_result); }

private:
    void read_copy(const Recapture& wanted, RawCopies& raw, const std::string& storage) {
        const auto stream = raw.open(wanted.agent, wanted.locator);
        if (!stream)
            throw Error(ErrorCode::NotFound, "there is no raw copy of this session",
                        "Raw copies are made by capture, unless capture.keep_raw is off.");
        const std::string folder = "/dev/null/opentraces-raw";  // nothing can be there
        const auto scratch = fs::scratch_disk(m_disk, folder, storage);
        const capture::UnpackedSession session = capture::unpack_raw_copy(*stream, *scratch, folder);
        const capture::Agent* const agent = capture::find_agent(session.named.agent);
        const bool is_wanted = session.named.agent == wanted.agent && session.named.locator == wanted.locator;
        if (agent == nullptr || !is_wanted)
            throw Error(ErrorCode::CorruptSession, "the raw copy is of another session");
        capture::Sources sources(*scratch);
        if (m_wanted.empty())
            capture_one(*agent, session.named, session.unpacked, sources);
        else
            rebuild_from(agent->read(session.unpacked, sources));
    }

    void rebuild_from(capture::ParsedSession parsed) {
        if (!parsed.record) return;
        price_again(m_options.prices, parsed);
        if (parsed.report.alike_sessions == 0) keep_copied(*parsed.record);
        if (parsed.record->session_id == m_wanted) {
            m_rebuilt = scrubbed(*parsed.record, parsed.evidence);
            return;
        }
        for (enrich::Episode& part : enrich::episodes_of(std::move(*parsed.record), parsed.evidence))
            if (part.record.session_id == m_wanted) m_rebuilt = scrubbed(part.record, part.evidence);
    }

    template <class Work>
    void guarded(const std::string& locator, const Work& work) {
        try {
            work();
        } catch (const Error& error) {
            if (stops_everything(error)) throw;
            m_result.failed.add(locator, error);
        }
    }

    // Trouble of the store is trouble for every session: nothing further may be tried.
    static bool stops_everything(const Error& error) {
        return error.code() == ErrorCode::CorruptStore || error.code() == ErrorCode::NewerSchema ||
               error.code() == ErrorCode::Locked || error.code() == ErrorCode::ScannerFailed ||
               error.code() == ErrorCode::Interrupted;
    }

    // `session` is what it is called, `where` the same where it is read.
    void capture_one(const capture::Agent& agent, const capture::SessionRef& session,
                     const capture::SessionRef& where, capture::Sources& sources) {
        // Taken before reading: what is written meanwhile is read the next time.
        store::Store::SeenSession seen;
        seen.agent = agent.name;
        seen.locator = session.locator;
        seen.fingerprint = session.fingerprint;
        seen.version = fmt::format("{}/{}", agent.version, m_settings);
        if (unchanged(seen)) return;
        capture::ParsedSession parsed = agent.read(where, sources);
        const std::vector<std::string> files = std::move(parsed.files);
        add_report(m_result, parsed.report);
        warn_of_skipped(session.locator, parsed.report, m_progress);
        seen.verdict = keep(session, std::move(parsed));
        if (seen.verdict.starts_with(k_traces)) keep_raw(session, files);
        if (!seen.fingerprint.empty()) m_store.remember(seen);
    }

    // What was refused is tried again each time, so that it is named each time.
    bool unchanged(const store::Store::SeenSession& now) {
        auto before = m_store.seen(now.agent, now.locator);
        m_read_as_before = before && before->version == now.version && !m_options.reparse;
        if (!m_read_as_before || now.fingerprint.empty()) return false;
        const std::string verdict = std::exchange(before->verdict, {});
        if (!(*before == now)) return false;
        if (verdict == "filtered") ++m_result.filtered;
        const bool traces = verdict.starts_with(k_traces);
        if (traces) m_result.unchanged += traces_in(verdict);
        return verdict == "filtered" || traces;
    }

    // That there is no copy is no reason to be without the trace.
    void keep_raw(const capture::SessionRef& session, const std::vector<std::string>& files) {
        if (m_options.raw == nullptr || files.empty()) return;
        try {
            m_options.raw->keep(session, files, m_disk);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            m_progress.warning(fmt::format("{}: no raw copy was kept: {}", session.locator, error.what()));
        }
    }

    std::string keep(const capture::SessionRef& session, capture::ParsedSession parsed) {
        if (parsed.verdict == capture::ParseVerdict::Refused) {
            m_result.failed.add({.source = session.locator, .line = parsed.line, .words = parsed.reason});
            return "refused";
        }
        if (parsed.verdict == capture::ParseVerdict::Filtered) {
            ++m_result.filtered;
            return "filtered";
        }
        price_again(m_options.prices, parsed);
        if (parsed.report.alike_sessions == 0) keep_copied(*parsed.record);
        const trace::TraceRecord& record = *parsed.record;
        const Rows known =
            m_store.of_session(record.agent.name, record.session_id, std::string(enrich::k_episode_mark));
        const SessionForm form = form_of(known, record.session_id, session.locator, m_options.episodes);
        if (form == SessionForm::Parts) return keep_parts(session, std::move(parsed), known);
        const std::vector<TraceId> replaced = replaced_by({record.session_id}, known, session.locator);
        std::vector<security::ScrubbedTrace> whole;
        whole.push_back(scrubbed(*parsed.record, parsed.evidence));
        parsed.record.reset();
        count(m_store.stage_instead(std::move(whole), session.locator, replaced));
        return std::string(k_traces);
    }

    std::string keep_parts(const capture::SessionRef& session, capture::ParsedSession parsed,
                           const Rows& known) {
        const bool others_are_gone = parsed.report.alike_sessions == 0;
        std::vector<enrich::Episode> parts = enrich::episodes_of(std::move(*parsed.record), parsed.evidence);
        parsed.record.reset();
        std::set<std::string> sessions;
        std::vector<security::ScrubbedTrace> traces;
        for (std::size_t at = 0; at < parts.size(); ++at) {
            trace::TraceRecord& record = parts[at].record;
            if (!enrich::says_something(record)) continue;
            sessions.insert(record.session_id);
            if (others_are_gone) keep_copied(record);
            const bool is_last = at + 1 == parts.size();
            if (!is_last && is_committed_so(record, known))
                ++m_result.unchanged;
            else
                traces.push_back(scrubbed(record, parts[at].evidence));
        }
        const std::vector<TraceId> replaced = replaced_by(sessions, known, session.locator);
        count(m_store.stage_instead(std::move(traces), session.locator, replaced));
        return sessions.size() == 1 ? std::string(k_traces) : fmt::format("{} {}", k_traces, sessions.size());
    }

    // A part that is not the last any more has lost what is said of the session's end: that alone is no
    // other version.
    bool is_committed_so(const trace::TraceRecord& part, const Rows& known) const {
        const store::TraceRow* latest = nullptr;
        for (const store::TraceRow& row : known)
            if (row.session_id == part.session_id) latest = &row;
        if (!m_read_as_before || latest == nullptr || latest->stage != store::Stage::Committed) return false;
        std::size_t calls = 0;
        for (const trace::Step& step : part.steps)
            calls += step.tool_calls.size();
        return latest->steps == static_cast<std::int64_t>(part.steps.size()) &&
               latest->tool_calls == static_cast<std::int64_t>(calls);
    }

    security::ScrubbedTrace scrubbed(trace::TraceRecord& record, const enrich::Evidence& evidence) {
        fill_from_git(record, evidence, m_options.project, m_disk, m_git);
        // What is rebuilt is asked for with decisions of its own.
        if (!m_wanted.empty()) {
            apply(annotation_noted(m_store, record), record);
            return security::scrub(std::move(record), m_options.scrub);
        }
        return scrub_decided(m_store, std::move(record), m_options.scrub);
    }

    void count(const std::vector<store::Staged>& staged) {
        for (const store::Staged& one : staged)
            count(one);
    }

    // What a session has from another cannot be seen any more when the other is gone, or not in the raw copy.
    void keep_copied(trace::TraceRecord& record) {
        constexpr std::string_view k_key = "opentraces_copied";
        try {
            const auto before = m_store.revisions(TraceId(record.trace_id));
            const std::string line = before.empty() ? std::string() : m_store.read_line(before.back().id);
            if (line.find(k_key) == std::string::npos) return;
            const trace::Decoded decoded = trace::decode(line);
            const json::Value* const copied = decoded.record ? decoded.record->metadata.find(k_key) : nullptr;
            if (copied != nullptr) record.metadata.set(std::string(k_key), *copied);
        } catch (const Error& error) {
            if (stops_everything(error)) throw;  // else there is no such trace, or it was damaged
        }
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
    Progress& m_progress;
    fs::Disk& m_disk;
    capture::Sources m_sources;
    std::string m_settings;
    bool m_read_as_before = false;  // by the same reader, under the same settings
    GitReader m_git;
    CaptureResult m_result;
    std::string m_wanted;  // instead of staging: the session that is asked for
    std::optional<security::ScrubbedTrace> m_rebuilt;
};

}  // namespace

CaptureResult capture(const std::vector<capture::Found>& sessions, store::Store& store,
                      const CaptureOptions& options, fs::Disk& disk, Progress& progress) {
    Capturer capturer(store, options, disk, progress);
    std::size_t done = 0;
    for (const capture::Found& session : sessions) {
        progress.working("capturing sessions", done++, sessions.size());
        capturer.add(session);
    }
    progress.working("capturing sessions", done, sessions.size());
    if (options.raw != nullptr) options.raw->note_size(store);
    return capturer.take();
}

CaptureResult recapture(const std::vector<Recapture>& sessions, RawCopies& raw, store::Store& store,
                        const CaptureOptions& options, fs::Disk& disk, const std::string& storage,
                        Progress& progress) {
    CaptureOptions again = options;
    again.reparse = true;
    again.raw = nullptr;  // the copy stays what it is
    Capturer capturer(store, again, disk, progress);
    for (const Recapture& session : sessions)
        capturer.add(session, raw, storage);
    return capturer.take();
}

security::ScrubbedTrace rebuild(const Recapture& session, const std::string& session_id, RawCopies& raw,
                                store::Store& store, const CaptureOptions& options, fs::Disk& disk,
                                const std::string& storage, Progress& progress) {
    return Capturer(store, options, disk, progress).rebuild(session, session_id, raw, storage);
}

}  // namespace opentraces::flow
