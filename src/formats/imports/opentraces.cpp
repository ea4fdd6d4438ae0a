// TraceRecord lines: validated, and kept as they are.
#include <utility>

#include "formats/imports/importers.hpp"
#include "formats/imports/row.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/doubts.hpp"

namespace opentraces::formats {
namespace {

bool recognises(const json::Value& row) {
    return row["session_id"].if_string() != nullptr && row["agent"].if_object() != nullptr &&
           row["trace_id"].if_string() != nullptr && row["steps"].if_array() != nullptr;
}

void note_doubts(const trace::Decoded& decoded, ImportedRow& row) {
    Remarks remarks;
    const trace::TraceRecord& record = *decoded.record;
    if (!decoded.unknown_keys.empty())
        remarks.add("unknown_key", "not part of the schema; left out", decoded.unknown_keys.size());
    if (!decoded.non_finite.empty())
        remarks.add("non_finite_number", "JSON cannot write it; becomes null", decoded.non_finite.size());
    if (trace::has_stale_hash(decoded)) remarks.add("content_hash", "not that of the record; computed anew");
    for (const Diagnostic& doubt : trace::doubts(record))
        remarks.add(doubt.rule, "kept as it is");
    row.remarks = remarks.take();
}

// Written is this program's schema. What the row's own writer made of it stays beside.
void bring_back(trace::Decoded& decoded) {
    trace::TraceRecord& record = *decoded.record;
    json::Object source;
    source.append("schema_version", decoded.schema_version);
    if (record.content_hash) source.append("content_hash", *record.content_hash);
    source.append("unknown_keys", static_cast<std::int64_t>(decoded.unknown_keys.size()));
    record.metadata.set("opentraces_source_schema", std::move(source));
    record.schema_version = trace::k_schema_version;
    record.content_hash.reset();
}

ImportedRow read(json::Value value, const RowOrigin& origin) {
    return guarded([&](ImportedRow& row) {
        trace::Decoded decoded = trace::decode(std::move(value));
        if (trace::is_unknown_schema(decoded.schema_version)) {
            row.code = ErrorCode::NewerSchema;
            throw RowProblem("schema_version", "made by a later opentraces; this one cannot read it");
        }
        if (decoded.problem) throw RowProblem(decoded.problem->field, decoded.problem->words);
        note_doubts(decoded, row);
        trace::TraceRecord& record = *decoded.record;
        if (record.session_id.empty())
            record.session_id = record.trace_id.empty() ? origin_name(origin) : record.trace_id;
        if (trace::is_newer_schema(decoded.schema_version)) bring_back(decoded);
        row.whole = true;
        row.record = std::move(decoded.record);
    });
}

}  // namespace

constinit const Importer k_import_opentraces{"opentraces",
                                             "TraceRecord lines, as capture and push write them",
                                             "TraceRecord 0.1 to 0.9", recognises, read};

}  // namespace opentraces::formats
