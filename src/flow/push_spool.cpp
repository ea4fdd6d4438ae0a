#include "flow/push_spool.hpp"

#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>

#include "flow/decided_texts.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_named_traces = 5;

// The trace id of a serialised record, for messages.
std::string trace_id_of(std::string_view line) {
    const trace::Decoded decoded = trace::decode(line);
    return decoded.record ? decoded.record->trace_id : "unknown";
}

[[noreturn]] void throw_changed(const TraceId& id) {
    throw Error(ErrorCode::CommitConflict, fmt::format("trace {} changed while it was read", id.str()));
}

// A later version may have taken its place since it was chosen.
std::string line_of(store::Store& store, const Candidate& trace) {
    try {
        return store.read_line(trace.id);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        throw_changed(trace.id);
    }
}

std::optional<ContentHash> hash_now(store::Store& store, const TraceId& id) {
    try {
        return store.find(id.str()).content_hash;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return std::nullopt;
    }
}

struct Leak {
    std::set<std::string> rules;
    std::set<std::string> traces;
};

[[noreturn]] void stop(const Leak& leak) {
    std::string rules;
    for (const std::string& rule : leak.rules)
        rules += (rules.empty() ? "" : ", ") + rule;
    std::string traces;
    std::size_t named = 0;
    for (const std::string& id : leak.traces) {
        if (named++ == k_named_traces) break;
        traces += (traces.empty() ? "" : ", ") + id;
    }
    if (leak.traces.size() > k_named_traces)
        traces += fmt::format(" and {} more", leak.traces.size() - k_named_traces);
    throw Error(ErrorCode::SecretsFound,
                fmt::format("the last scan found {} in trace {}; nothing was uploaded", rules, traces),
                "Run: opentraces reject " + *leak.traces.begin() + ", or capture the session again.");
}

// The last scan of one line, with what is allowed in its session.
class LastScan {
public:
    LastScan(store::Store* store, const security::ScrubOptions& options)
        : m_store(store),
          m_options(options),
          m_any(store != nullptr && !store::decisions_of(*store).notes(store::NoteKind::Allowances).empty()) {
    }

    std::vector<security::Finding> run(std::string_view line, Residue& allowed) const {
        std::vector<security::Finding> all = security::residual_findings(line, m_options);
        if (all.empty() || !m_any) return all;
        const trace::Decoded decoded = trace::decode(line);
        if (!decoded.record) return all;
        security::ScrubOptions options = m_options;
        options.own_rules = security::with_decisions(
            options.own_rules, {{},
                                allowed_in(*m_store, decoded.record->agent.name, decoded.record->session_id),
                                options.pseudonym_key});
        std::vector<security::Finding> left = security::residual_findings(line, options);
        for (const security::Finding& finding : all)
            ++allowed[finding.rule];
        for (const security::Finding& finding : left)
            if (--allowed[finding.rule] <= 0) allowed.erase(finding.rule);
        return left;
    }

private:
    store::Store* m_store;
    const security::ScrubOptions& m_options;
    bool m_any;
};

void scan_shard(const dataset::NewShard& shard, fs::Disk& disk, const LastScan& scan, Residue& residue,
                Residue& allowed, Leak& leak) {
    const auto file = disk.open(shard.local_path);
    json::LineReader lines([&](char* buffer, std::size_t size) { return file->read(buffer, size); });
    json::Line line;
    while (lines.next(line)) {
        if (line.too_long)
            throw Error(ErrorCode::ScannerFailed,
                        fmt::format("{}:{} is too long to be scanned", shard.summary.path, line.number));
        const std::vector<security::Finding> findings = scan.run(line.text, allowed);
        for (const security::Finding& finding : findings) {
            ++residue[finding.rule];
            leak.rules.insert(finding.rule);
        }
        if (!findings.empty()) leak.traces.insert(trace_id_of(line.text));
    }
}

// What was taken out of the trace, as far as that is known.
void count_redactions(store::Store& store, const TraceId& id, std::map<std::string, std::int64_t>& counts) {
    const auto report = store.findings_of(id);
    if (!report) return;
    for (const store::FoundPlace& place : report->places)
        if (place.redacted) counts[place.rule] += place.times;
}

}  // namespace

struct Spool::OpenShard {
    std::string spool_path;
    shard::ShardWriter writer;
    std::vector<const Candidate*> traces;
};

Spool::Spool(Ports& ports, store::Store& store, const std::string& project, Progress& progress)
    : m_ports(ports),
      m_store(store),
      m_progress(progress),
      m_folder(store::in_project(project, store::k_spool_folder)),
      m_disk(ports.disk.beneath(project)) {}

std::string Spool::path_of(const std::string& shard_path) const {
    return fs::join(m_folder, fs::file_name(shard_path));
}

void Spool::clear() {
    m_disk->remove_matching(m_folder, [](std::string_view name) {
        return fs::is_temporary_name(name) || shard::is_shard_path("data/" + std::string(name)) ||
               name.ends_with(".download") || name.ends_with(".scored");
    });
}

void Spool::append(OpenShard& shard, const Candidate& trace, const std::string& line) {
    try {
        shard.writer.add(line);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::CorruptTrace) throw;
        throw Error(ErrorCode::CorruptTrace, fmt::format("trace {}: {}", trace.id.str(), error.message()));
    }
    shard.traces.push_back(&trace);
}

dataset::NewShard Spool::close(OpenShard& shard) {
    dataset::NewShard spooled{shard.spool_path, shard.writer.finish(), {}};
    // The receipt is filled in when the shard has passed.
    shard::ScanReceipt& receipt = spooled.scan.emplace();
    for (const Candidate* const trace : shard.traces)
        count_redactions(m_store, trace->id, receipt.redactions);
    // Duplicates are recognised by the recorded hashes and ids, so these must be the ones that travel.
    for (std::size_t i = 0; i < shard.traces.size(); ++i) {
        const Candidate& trace = *shard.traces[i];
        if (spooled.summary.ids.at(i) != shard::trace_key(trace.id.str()))
            throw Error(ErrorCode::CorruptTrace,
                        fmt::format("the record of trace {} has another trace id", trace.id.str()));
        if (spooled.summary.hashes.at(i) == trace.hash) continue;
        if (hash_now(m_store, trace.id) != trace.hash) throw_changed(trace.id);
        throw Error(ErrorCode::CorruptTrace,
                    fmt::format("trace {} does not have the content that was recorded", trace.id.str()));
    }
    return spooled;
}

std::vector<dataset::NewShard> Spool::write(const std::vector<Candidate>& traces, std::uint64_t max_bytes) {
    m_disk->make_directories(m_folder, 0700);
    const auto names = m_disk->defer_folder_syncs();
    std::vector<dataset::NewShard> shards;
    std::unique_ptr<OpenShard> open;
    std::size_t done = 0;
    for (const Candidate& trace : traces) {
        m_progress.working("writing shards", done++, traces.size());
        const std::string line = line_of(m_store, trace);
        if (open && max_bytes != 0 && open->writer.size() + line.size() + 1 > max_bytes) {
            shards.push_back(close(*open));
            open.reset();
        }
        if (!open) {
            const std::string path = shard::shard_path(m_ports.clock.now(), m_ports.ids);
            const std::string spool_path = path_of(path);
            open.reset(new OpenShard{spool_path, shard::ShardWriter(*m_disk, spool_path, path), {}});
        }
        append(*open, trace, line);
    }
    if (open) shards.push_back(close(*open));
    m_progress.working("writing shards", done, traces.size());
    names->sync();
    return shards;
}

Residue scan_spool(std::vector<dataset::NewShard>& shards, store::Store* store, fs::Disk& disk,
                   const security::ScrubOptions& options, bool dry_run) {
    const LastScan scan(store, options);
    Residue residue;
    Leak leak;
    const shard::ScanReceipt receipt{std::string(security::k_scanner_version),
                                     security::rule_set_digest(options.own_rules, options.personal),
                                     {},
                                     {}};
    for (dataset::NewShard& shard : shards) {
        shard::ScanReceipt passed = receipt;
        scan_shard(shard, disk, scan, residue, passed.allowed, leak);
        if (shard.scan) passed.redactions = std::move(shard.scan->redactions);
        shard.scan = std::move(passed);
    }
    if (!leak.traces.empty() && !dry_run) stop(leak);
    return residue;
}

}  // namespace opentraces::flow
