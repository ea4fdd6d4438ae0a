#include "opentraces/flow/rescan.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/shard/hash_list.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

constexpr const char* k_cache = "rescan-1";
constexpr std::string_view k_format = "opentraces-rescan";
constexpr int k_version = 1;

json::Object counts_of(const std::map<std::string, std::int64_t>& findings) {
    json::Object object;
    for (const auto& [rule, count] : findings)
        object.append(rule, count);
    return object;
}

json::Object trace_object(const RescannedTrace& trace) {
    json::Object object;
    object.append("kind", "trace");
    object.append("trace_id", trace.trace_id);
    object.append("content_hash", trace.content_hash);
    object.append("shard", trace.place);
    object.append("line", static_cast<std::int64_t>(trace.line));
    object.append("findings_by_rule", counts_of(trace.findings));
    object.append("bytes", trace.bytes);
    return object;
}

RescannedTrace trace_in(const json::Value& object) {
    RescannedTrace trace;
    trace.trace_id = object["trace_id"].string_or();
    trace.content_hash = object["content_hash"].string_or();
    trace.place = object["shard"].string_or();
    trace.line = static_cast<std::size_t>(object["line"].integer().value_or(0));
    trace.bytes = static_cast<std::uint64_t>(object["bytes"].integer().value_or(0));
    if (const json::Object* findings = object["findings_by_rule"].if_object())
        for (const auto& [rule, count] : *findings)
            trace.findings[rule] = count.integer().value_or(0);
    return trace;
}

// What a line holds that the rules would take out; no findings: nothing.
RescannedTrace look_at(std::string_view line, const security::ScrubOptions& scan) {
    RescannedTrace trace;
    for (const security::Finding& finding : security::residual_findings(line, scan)) {
        ++trace.findings[finding.rule];
        trace.bytes += finding.length;
    }
    if (trace.findings.empty()) return trace;
    if (const trace::Decoded decoded = trace::decode(line); decoded.record) {
        const auto& hash = decoded.record->content_hash;
        trace.trace_id = decoded.record->trace_id;
        trace.content_hash = hash && shard::is_content_hash(*hash)
                                 ? to_lower_ascii(*hash)
                                 : trace::content_hash(*decoded.record).str();
    }
    return trace;
}

// What was found in a shard or a stored trace, as it is remembered.
struct Looked {
    std::int64_t traces = 0;
    std::vector<RescannedTrace> found;
};

std::string text_of(const Looked& looked) {
    json::Object head;
    head.append("traces", looked.traces);
    std::string text = json::write_document(head) + "\n";
    for (const RescannedTrace& trace : looked.found)
        text += json::write_document(trace_object(trace)) + "\n";
    return text;
}

std::optional<Looked> looked_in(std::string_view text) {
    Looked looked;
    try {
        for (bool first = true; !text.empty(); first = false) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            const json::Value object = json::read_document(text.substr(0, end));
            if (first)
                looked.traces = object["traces"].integer().value_or(0);
            else
                looked.found.push_back(trace_in(object));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    } catch (const json::SyntaxError&) {
        return std::nullopt;
    }
    return looked;
}

class Rescan {
public:
    Rescan(Ports& ports, store::Store& store, const RescanOptions& options, Progress& progress)
        : m_ports(ports),
          m_store(store),
          m_options(options),
          m_progress(progress),
          m_rules(security::rule_set_digest(options.scan.own_rules, options.scan.personal)) {}

    void look_at_dataset(dataset::Dataset& dataset) {
        hub::DatasetInfo info = dataset.remote().info();
        if (!info.exists && !m_options.must_exist) {
            m_progress.note("there is no dataset " + info.name + " yet; only the project's traces are read");
            return;
        }
        info = dataset.existing();
        report.remote = info.name;
        report.url = info.url;
        report.head = info.head;
        const dataset::State state = dataset.reader().read(info.head);
        write_header();
        const auto entries = state.index.entries();
        std::size_t done = 0;
        for (const shard::IndexEntry* entry : entries) {
            m_progress.working("reading shards", done++, entries.size());
            ++report.shards;
            if (is_vouched_for(*entry) && !m_options.all) {
                ++report.vouched;
                continue;
            }
            look_at_shard(dataset, state, *entry);
        }
        m_progress.working("reading shards", done, entries.size());
    }

    void look_at_stored() {
        for (const store::TraceRow& row : m_store.list({})) {
            Looked looked = remembered_or(row.content_hash.str(), [&] {
                RescannedTrace trace = look_at(m_store.read_line(row.id), m_options.scan);
                Looked one{1, {}};
                if (!trace.findings.empty()) one.found.push_back(std::move(trace));
                return one;
            });
            ++report.stored_read;
            for (RescannedTrace& trace : looked.found) {
                trace.trace_id = row.id.str();
                trace.place = store::name_of(row.stage);
                keep(std::move(trace), report.stored);
            }
        }
    }

    void open_plan() {
        if (!m_options.output.empty()) m_plan = m_ports.disk.create(m_options.output, 0600);
    }
    void finish_plan() {
        if (m_plan) m_plan->commit();
    }

    RescanReport report;

private:
    bool is_vouched_for(const shard::IndexEntry& entry) const {
        return entry.scan && entry.scan->scanner == security::k_scanner_version &&
               entry.scan->rules == m_rules;
    }

    void look_at_shard(dataset::Dataset& dataset, const dataset::State& state,
                       const shard::IndexEntry& entry) {
        const std::string& path = entry.summary.path;
        bool was_read = false;
        Looked looked = remembered_or(entry.summary.sha256, [&] {
            was_read = true;
            return read_shard(dataset.copy(state.head, state.shard_file(path)), path);
        });
        ++(was_read ? report.shards_read : report.remembered);
        report.traces_read += looked.traces;
        if (looked.found.empty()) return;
        ++report.shards_with_findings;
        for (RescannedTrace& trace : looked.found) {
            trace.place = path;  // the same bytes may have another name by now
            if (m_plan) m_plan->write(json::write_document(trace_object(trace)) + "\n");
            keep(std::move(trace), report.published);
        }
    }

    Looked read_shard(const dataset::ShardCopy& copy, const std::string& path) const {
        Looked looked;
        json::LineReader lines(copy.open());
        json::Line line;
        while (lines.next(line)) {
            if (line.too_long)
                throw Error(ErrorCode::CorruptDataset,
                            fmt::format("{}:{} is too long to be scanned", path, line.number));
            if (trim(line.text).empty()) continue;
            ++looked.traces;
            RescannedTrace trace = look_at(line.text, m_options.scan);
            if (trace.findings.empty()) continue;
            trace.line = line.number;
            looked.found.push_back(std::move(trace));
        }
        return looked;
    }

    // What is looked for besides the rules is nobody else's business: with the key it cannot be tried out.
    std::string key_of(const std::string& digest) const {
        const security::ScrubOptions& scan = m_options.scan;
        std::string text =
            fmt::format("{}\n{}\n{}\n{}\n", digest, security::k_scanner_version, m_rules, scan.user_name);
        for (const std::string& custom : scan.custom_strings)
            text += sha256_hex(custom) + "\n";
        return hmac_sha256_hex(scan.pseudonym_key, text);
    }

    template <class Look>
    Looked remembered_or(const std::string& digest, const Look& look) {
        const std::string key = key_of(digest);
        if (const auto text = m_store.cached(k_cache, key))
            if (auto looked = looked_in(*text)) return *std::move(looked);
        Looked looked = look();
        m_store.cache(k_cache, key, text_of(looked));
        return looked;
    }

    void keep(RescannedTrace trace, std::vector<RescannedTrace>& kept) {
        for (const auto& [rule, count] : trace.findings)
            report.findings[rule] += count;
        report.bytes += trace.bytes;
        if (kept.size() < k_most_rescanned)
            kept.push_back(std::move(trace));
        else
            ++report.more;
    }

    void write_header() {
        if (!m_plan) return;
        json::Object object;
        object.append("kind", "dataset");
        object.append("format", k_format);
        object.append("version", k_version);
        object.append("remote", report.remote);
        object.append("head", report.head);
        object.append("scanner", security::k_scanner_version);
        object.append("rules", m_rules);
        m_plan->write(json::write_document(object) + "\n");
    }

    Ports& m_ports;
    store::Store& m_store;
    const RescanOptions& m_options;
    Progress& m_progress;
    std::string m_rules;  // digest of today's
    std::unique_ptr<fs::NewFile> m_plan;
};

[[noreturn]] void refuse_plan(const std::string& path, std::size_t line, std::string_view reason) {
    throw Error(ErrorCode::CorruptDataset, fmt::format("{}:{}: {}", path, line, reason),
                "Write a plan with: opentraces rescan --output FILE");
}

}  // namespace

RescanReport rescan(Ports& ports, store::Store& store, const std::string& project,
                    const RescanOptions& options, Progress& progress) {
    RescanReport report;
    const auto look = [&](dataset::Dataset* dataset) {
        Rescan rescan(ports, store, options, progress);
        rescan.open_plan();
        if (dataset != nullptr) rescan.look_at_dataset(*dataset);
        if (options.stored) rescan.look_at_stored();
        rescan.finish_plan();
        report = std::move(rescan.report);
    };
    if (!options.published) {
        look(nullptr);
        return report;
    }
    dataset::Dataset dataset(dataset::in_project(ports, store, project), options.remote,
                             dataset::Access::Read, progress);
    dataset.read([&] { look(&dataset); });
    return report;
}

std::vector<TakedownTarget> targets_in_plan(const std::string& path, shard::Withdrawal::Kind kind,
                                            fs::Disk& disk) {
    const std::shared_ptr<fs::ReadFile> file = disk.open(path);
    json::LineReader lines([file](char* buffer, std::size_t size) { return file->read(buffer, size); });
    json::Line line;
    std::vector<TakedownTarget> targets;
    while (lines.next(line)) {
        json::Value object;
        try {
            object = json::read_document(line.text);
        } catch (const json::SyntaxError& error) {
            refuse_plan(path, line.number, error.what());
        }
        if (line.number == 1) {
            if (object["format"].string_or() != k_format || object["version"].integer() != k_version)
                refuse_plan(path, 1, "is not the first line of a plan");
            continue;
        }
        const RescannedTrace trace = trace_in(object);
        if (object["kind"].string_or() != "trace" || trace.trace_id.empty() ||
            !shard::is_content_hash(trace.content_hash))
            refuse_plan(path, line.number, "names no trace");
        targets.push_back({trace.trace_id, trace.content_hash, kind, true});
    }
    return targets;
}

}  // namespace opentraces::flow
