#include "opentraces/shard/shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "shard/line_facts.hpp"

namespace opentraces::shard {
namespace {

constexpr std::string_view k_prefix = "data/traces_";
constexpr std::string_view k_suffix = ".jsonl";

// SHA-256 of everything that flows through, and the git blob id if it stays small.
class Digester {
public:
    void add(std::string_view bytes) {
        m_sha.update(bytes);
        m_size += bytes.size();
        if (m_size > k_max_blob_size)
            std::string().swap(m_start);
        else
            m_start.append(bytes);
    }

    void finish(ShardSummary& summary) {
        summary.size = m_size;
        summary.sha256 = m_sha.finish_hex();
        if (m_size <= k_max_blob_size) summary.git_blob = git_blob_id(m_start);
    }

private:
    Sha256 m_sha;
    std::string m_start;
    std::uint64_t m_size = 0;
};

void add_line(ShardSummary& summary, const LineFacts& facts) {
    summary.hashes.add(facts.hash);
    summary.ids.add(facts.id);
    summary.stats.add(facts.facts);
}

}  // namespace

std::string shard_path(TimePoint at, IdSource& ids) {
    return fmt::format("{}{}_{}{}", k_prefix, format_basic_utc(at), ids.hex(8), k_suffix);
}

bool is_shard_path(std::string_view path) {
    if (path.size() < k_prefix.size() + k_suffix.size() || !path.starts_with(k_prefix) ||
        !path.ends_with(k_suffix))
        return false;
    const std::string_view name =
        path.substr(k_prefix.size(), path.size() - k_prefix.size() - k_suffix.size());
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
}

bool is_content_of(const ShardSummary& summary, std::uint64_t size, std::string_view digest) {
    return size == summary.size && !digest.empty() &&
           (digest == summary.sha256 || digest == summary.git_blob);
}

bool describes(const ShardSummary& line, const ShardSummary& shard) {
    if (line.has_ids() && line.has_marks()) return line == shard;
    ShardSummary known = shard;
    if (!line.has_ids()) known.ids = {};
    if (!line.has_marks()) known.stats.marks = {};
    return line == known;
}

struct ShardWriter::State {
    std::unique_ptr<fs::NewFile> file;
    ShardSummary summary;
    Digester digester;

    void write(std::string_view line) {
        if (line.find('\n') != std::string_view::npos)
            throw Error(ErrorCode::Internal, "a record must be one line");
        for (const std::string_view bytes : {line, std::string_view("\n")}) {
            file->write(bytes);
            digester.add(bytes);
            summary.size += bytes.size();
        }
    }
};

ShardWriter::ShardWriter(fs::Disk& disk, std::string spool_path, std::string path)
    : m_state(std::make_unique<State>()) {
    m_state->file = disk.create(spool_path, 0600);
    m_state->summary.path = std::move(path);
}

ShardWriter::~ShardWriter() = default;
ShardWriter::ShardWriter(ShardWriter&&) noexcept = default;
ShardWriter& ShardWriter::operator=(ShardWriter&&) noexcept = default;

void ShardWriter::add(std::string_view line, const ContentHash& hash, const trace::TraceRecord& record) {
    m_state->write(line);
    m_state->summary.hashes.add(hash);
    m_state->summary.ids.add(trace_key(record.trace_id));
    m_state->summary.stats.add(record);
}

void ShardWriter::add(std::string_view line) {
    const LineFacts facts = read_line_facts(line, "the trace", ErrorCode::CorruptTrace);
    m_state->write(line);
    add_line(m_state->summary, facts);
}

std::uint64_t ShardWriter::size() const {
    return m_state->summary.size;
}

std::size_t ShardWriter::traces() const {
    return m_state->summary.hashes.size();
}

ShardSummary ShardWriter::finish() {
    m_state->file->commit();
    m_state->digester.finish(m_state->summary);
    return std::move(m_state->summary);
}

ShardSummary summarise(json::ByteSource source, const std::string& path) {
    ShardSummary summary;
    summary.path = path;
    Digester digester;
    json::LineReader lines([&](char* buffer, std::size_t size) {
        const std::size_t count = source(buffer, size);
        digester.add({buffer, count});
        return count;
    });
    json::Line line;
    while (lines.next(line)) {
        const std::string where = fmt::format("{}:{}", path, line.number);
        if (line.too_long) throw Error(ErrorCode::CorruptDataset, where + " is too long for a record");
        if (trim(line.text).empty()) continue;
        add_line(summary, read_line_facts(line.text, where, ErrorCode::CorruptDataset));
    }
    digester.finish(summary);
    return summary;
}

}  // namespace opentraces::shard
