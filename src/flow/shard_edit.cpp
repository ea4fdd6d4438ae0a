#include "flow/shard_edit.hpp"

#include <fmt/format.h>

#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

ShardLine shard_line(const json::Line& line, std::size_t number, const std::string& where) {
    if (line.too_long) throw Error(ErrorCode::CorruptDataset, where + " is too long for a record");
    const trace::Decoded decoded = trace::decode(line.text);
    if (!decoded.record)
        throw Error(ErrorCode::CorruptDataset, where + " is not a TraceRecord: " + decoded.problem->words);
    const trace::TraceRecord& record = *decoded.record;
    const bool has_hash = record.content_hash && shard::is_content_hash(*record.content_hash);
    return {record.trace_id,
            has_hash ? ContentHash(to_lower_ascii(*record.content_hash)) : trace::content_hash(record),
            line.text, number};
}

// The receipt of what was scanned just now, or the one from before.
std::optional<shard::ScanReceipt> receipt_of(const EditedShard& edited,
                                             const std::optional<shard::ScanReceipt>& before, bool removed,
                                             const std::map<std::string, std::int64_t>& redactions,
                                             const security::ScrubOptions& scan) {
    if (!edited.unclean.empty()) return before;
    shard::ScanReceipt receipt{std::string(security::k_scanner_version),
                               security::rule_set_digest(scan.own_rules, scan.personal),
                               {},
                               {}};
    // What was taken out of a trace that is gone is not told apart.
    if (before && !removed) receipt.redactions = before->redactions;
    for (const auto& [rule, count] : redactions)
        receipt.redactions[rule] += count;
    return receipt;
}

}  // namespace

ShardEditor::~ShardEditor() {
    for (const auto& [key, edited] : m_edited) {
        try {
            if (edited.shard) m_dataset.ports().disk.remove(edited.shard->local_path);
        } catch (const Error&) {
            // It is in a folder of copies; whoever clears that takes it along.
        }
    }
}

const EditedShard& ShardEditor::edit(const std::string& head, const hub::RemoteFile& file,
                                     const std::optional<shard::ScanReceipt>& scan, const std::string& what,
                                     const Edit& edit) {
    const std::string key = file.digest + "\n" + file.path + "\n" + what;
    const auto known = m_edited.find(key);
    if (known != m_edited.end()) return known->second;
    const dataset::ShardCopy copy = m_dataset.copy(head, file);
    return m_edited.emplace(key, make(copy, file, scan, edit)).first->second;
}

EditedShard ShardEditor::make(const dataset::ShardCopy& copy, const hub::RemoteFile& file,
                              const std::optional<shard::ScanReceipt>& scan, const Edit& edit) {
    std::string path;
    do {
        path = shard::shard_path(m_dataset.ports().clock.now(), m_dataset.ports().ids);
    } while (path == file.path);
    const std::string local = fs::join(m_dataset.place().downloads, fs::file_name(path));
    shard::ShardWriter writer(m_dataset.ports().disk, local, path);
    EditedShard edited;
    edited.bytes_before = file.size;
    bool removed = false;
    std::map<std::string, std::int64_t> redactions;
    json::LineReader lines(copy.open());
    json::Line line;
    for (std::size_t number = 0; lines.next(line);) {
        if (!line.too_long && trim(line.text).empty()) continue;
        const ShardLine known = shard_line(line, number++, fmt::format("{}:{}", file.path, line.number));
        EditedLine instead = edit(known);
        edited.changed += instead.gone || instead.text ? 1 : 0;
        removed = removed || instead.gone;
        if (instead.gone) continue;
        for (const auto& [rule, count] : instead.redactions)
            redactions[rule] += count;
        const std::string_view text = instead.text ? std::string_view(*instead.text) : line.text;
        if (!security::residual_findings(text, m_scan).empty()) edited.unclean.insert(known.trace_id);
        writer.add(text);
    }
    if (writer.traces() == 0) return edited;
    dataset::NewShard shard{local, writer.finish(), {}};
    shard.scan = receipt_of(edited, scan, removed, redactions, m_scan);
    edited.shard = std::move(shard);
    return edited;
}

}  // namespace opentraces::flow
