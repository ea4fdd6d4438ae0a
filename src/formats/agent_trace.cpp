// Agent Trace 0.1.0: which lines of which files an agent wrote.
#include <algorithm>
#include <array>

#include "formats/exporters.hpp"
#include "formats/json_out.hpp"
#include "formats/view/remarks.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::formats {
namespace {

using trace::AttributionConversation;
using trace::AttributionFile;
using trace::AttributionRange;
using trace::TraceRecord;

constexpr std::string_view k_version = "0.1.0";
constexpr std::size_t k_longest_model_id = 250;
constexpr std::array<std::string_view, 4> k_contributors{"human", "ai", "mixed", "unknown"};

// The id itself, else a version 8 UUID (RFC 9562) of its digest.
std::string uuid_of(const std::string& trace_id) {
    if (is_uuid(trace_id)) return trace_id;
    std::string digits = sha256_hex(trace_id).substr(0, 32);
    digits[12] = '8';
    digits[16] = "89ab"[hex_digit(digits[16]) & 3];
    for (const std::size_t dash : {8, 13, 18, 23})
        digits.insert(dash, 1, '-');
    return digits;
}

bool is_absolute_uri(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!letter(text.front())) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
    });
}

bool is_absolute_path(std::string_view path) {
    return path.starts_with('/') || (path.size() > 2 && path[1] == ':' && path[2] == '/');
}

// Below the working folder, with '/'; empty when it is elsewhere.
std::string relative_path(const TraceRecord& record, std::string path) {
    std::replace(path.begin(), path.end(), '\\', '/');
    const json::Value* cwd = record.metadata.find("cwd");
    std::string root(cwd == nullptr ? std::string_view() : cwd->string_or());
    std::replace(root.begin(), root.end(), '\\', '/');
    while (root.ends_with('/'))
        root.pop_back();
    if (!root.empty() && path.starts_with(root + "/")) path.erase(0, root.size() + 1);
    while (path.starts_with("./"))
        path.erase(0, 2);
    const bool leaves = path == ".." || path.starts_with("../") || path.find("/../") != std::string::npos;
    return is_absolute_path(path) || leaves ? std::string() : path;
}

std::string_view entry_of(const trace::TextMap& map, std::string_view key) {
    for (const auto& [name, text] : map) {
        if (name == key) return text;
    }
    return {};
}

struct Lines {
    std::int64_t start = 1;
    std::int64_t end = 1;
};

Lines lines_of(const AttributionRange& range) {
    const std::int64_t start = std::max<std::int64_t>(range.start_line.value(), 1);
    const std::int64_t end = std::max<std::int64_t>(range.end_line.value(), 1);
    return {std::min(start, end), std::max(start, end)};
}

struct PlacedFile {
    const AttributionFile* file;
    std::string path;
};

class RecordWriter {
public:
    RecordWriter(JsonOut& out, const TraceRecord& record, const std::vector<PlacedFile>& files, Instant at)
        : m_out(out), m_record(record), m_files(files), m_at(at) {}

    void write() {
        m_out.begin_object().member("version", k_version).member("id", uuid_of(m_record.trace_id));
        m_out.member("timestamp", m_at);
        write_vcs();
        m_out.key("tool").begin_object().member("name", m_record.agent.name);
        m_out.member("version",
                     m_record.agent.version ? std::string_view(*m_record.agent.version) : "unknown");
        m_out.end_object().key("files").begin_array();
        for (const PlacedFile& placed : m_files)
            write_file(placed);
        m_out.end_array();
        write_metadata();
        m_out.end_object();
        m_out.end_line();
    }

private:
    void write_vcs() {
        const trace::Vcs& vcs = m_record.environment.vcs;
        const auto& revision = m_record.outcome.commit_sha ? m_record.outcome.commit_sha : vcs.base_commit;
        if (vcs.type != trace::VcsType::Git || !revision) return;
        m_revision_is_base = !m_record.outcome.commit_sha;
        m_out.key("vcs").begin_object().member("type", "git").member("revision", *revision).end_object();
    }

    void write_file(const PlacedFile& placed) {
        m_out.begin_object().member("path", placed.path).key("conversations").begin_array();
        for (const AttributionConversation& conversation : placed.file->conversations)
            write_conversation(conversation);
        m_out.end_array().end_object();
    }

    void write_conversation(const AttributionConversation& conversation) {
        m_out.begin_object();
        if (conversation.url && is_absolute_uri(*conversation.url)) m_out.member("url", *conversation.url);
        if (!conversation.contributor.empty()) write_contributor(conversation.contributor);
        m_out.key("ranges").begin_array();
        for (const AttributionRange& range : conversation.ranges) {
            const Lines lines = lines_of(range);
            m_out.begin_object().member("start_line", lines.start).member("end_line", lines.end);
            m_out.optional("content_hash", range.content_hash).end_object();
        }
        m_out.end_array().key("related").begin_array();
        const std::string session = "opentraces://" + m_record.trace_id;
        if (is_absolute_uri(session))
            m_out.begin_object().member("type", "session").member("url", session).end_object();
        m_out.end_array().end_object();
    }

    void write_contributor(const trace::TextMap& contributor) {
        const std::string_view type = entry_of(contributor, "type");
        const bool known =
            std::find(k_contributors.begin(), k_contributors.end(), type) != k_contributors.end();
        m_out.key("contributor").begin_object().member("type", known ? type : "unknown");
        m_out.optional("model_id", first_code_points(entry_of(contributor, "model_id"), k_longest_model_id));
        m_out.end_object();
    }

    void write_metadata() {
        m_out.key("metadata").begin_object().key("ai.opentraces").begin_object();
        m_out.member("experimental", m_record.attribution->experimental);
        m_out.member("session_id", m_record.session_id);
        if (m_record.outcome.success) {
            m_out.key("outcome").begin_object();
            m_out.member("success", *m_record.outcome.success).end_object();
        }
        if (m_revision_is_base) m_out.member("revision_is_base", true);
        write_confidence();
        m_out.end_object().end_object();
    }

    void write_confidence() {
        m_out.key("confidence").begin_array();
        for (const PlacedFile& placed : m_files) {
            for (const AttributionConversation& conversation : placed.file->conversations) {
                for (const AttributionRange& range : conversation.ranges) {
                    if (!range.confidence) continue;
                    const Lines lines = lines_of(range);
                    m_out.begin_object().member("path", placed.path).member("start_line", lines.start);
                    m_out.member("end_line", lines.end);
                    m_out.member("confidence", trace::name_of(*range.confidence)).end_object();
                }
            }
        }
        m_out.end_array();
    }

    JsonOut& m_out;
    const TraceRecord& m_record;
    const std::vector<PlacedFile>& m_files;
    Instant m_at;
    bool m_revision_is_base = false;
};

std::optional<Instant> time_of(const TraceRecord& record) {
    for (const auto* text : {&record.timestamp_end, &record.timestamp_start}) {
        if (!*text) continue;
        if (const auto at = parse_instant(**text)) return at;
    }
    return std::nullopt;
}

class AgentTraceExporter final : public Exporter {
public:
    Converted write(const TraceRecord& record, Documents& documents) const override {
        if (!record.attribution || record.attribution->files.empty()) return {Fate::NothingToSay, {}, {}};
        const auto at = time_of(record);
        if (!at) return skipped("the record has no time, and Agent Trace needs one");
        Remarks remarks;
        std::vector<PlacedFile> files;
        for (const AttributionFile& file : record.attribution->files) {
            std::string path = relative_path(record, file.path);
            if (path.empty())
                remarks.add("attribution", "file outside of the working folder: left out");
            else
                files.push_back({&file, std::move(path)});
        }
        if (files.empty()) return skipped("every attributed file lies outside of the working folder");
        JsonOut out(documents.begin(file_stem(record.session_id)));
        RecordWriter(out, record, files, *at).write();
        documents.end();
        return {Fate::Written, {}, remarks.take()};
    }
};

}  // namespace

constexpr Mappings k_agent_trace_mappings = keeps({
    {"trace_id", Coverage::Full, "id; files[].conversations[].related"},
    {"session_id", Coverage::Extension, "metadata[\"ai.opentraces\"].session_id"},
    {"timestamps", Coverage::Partial, "timestamp (the end)"},
    {"agent", Coverage::Full, "tool.name, .version; files[].conversations[].contributor.model_id"},
    {"vcs", Coverage::Partial, "vcs.type, .revision"},
    {"outcome", Coverage::Partial, "metadata[\"ai.opentraces\"].outcome.success; vcs.revision"},
    {"attribution", Coverage::Full, "files; confidence in metadata[\"ai.opentraces\"].confidence"},
});

std::unique_ptr<Exporter> open_agent_trace(const ExportOptions&) {
    return std::make_unique<AgentTraceExporter>();
}

}  // namespace opentraces::formats
