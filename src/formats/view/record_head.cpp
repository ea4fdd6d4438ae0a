#include "formats/view/record_head.hpp"

#include "opentraces/trace/codec.hpp"

namespace opentraces::formats {
namespace {

using trace::TraceRecord;

template <class Part>
void write_part(JsonOut& out, std::string_view key, const Part& part) {
    std::string text;
    trace::append_sparse(text, part);
    if (text != "{}") out.key(key).raw(text);
}

void write_texts(JsonOut& out, const std::vector<std::string>& texts) {
    out.begin_array();
    for (const std::string& text : texts)
        out.value(text);
    out.end_array();
}

}  // namespace

void write_record_head(JsonOut& out, const TraceRecord& record) {
    out.begin_object().member("schema_version", record.schema_version);
    out.optional("content_hash", record.content_hash);
    out.optional("timestamp_start", record.timestamp_start).optional("timestamp_end", record.timestamp_end);
    if (record.execution_context) out.member("execution_context", trace::name_of(*record.execution_context));
    write_part(out, "task", record.task);
    out.key("agent").begin_object().member("name", record.agent.name);
    out.optional("version", record.agent.version).optional("model", record.agent.model).end_object();
    write_part(out, "environment", record.environment);
    out.key("system_prompts").begin_object();
    for (const auto& [hash, text] : record.system_prompts)
        out.member(hash, text);
    out.end_object().key("tool_definitions").begin_array();
    for (const json::Object& definition : record.tool_definitions)
        out.value(definition);
    out.end_array();
    write_part(out, "outcome", record.outcome);
    write_texts(out.key("dependencies"), record.dependencies);
    write_part(out, "metrics", record.metrics);
    write_part(out, "security", record.security);
    if (record.attribution) write_part(out, "attribution", *record.attribution);
    out.member("metadata", record.metadata).end_object();
}

}  // namespace opentraces::formats
