#include "shard/line_facts.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "opentraces/shard/hash_list.hpp"
#include "opentraces/trace/codec.hpp"
#include "shard/wire_reader.hpp"

namespace opentraces::shard {
namespace {

LineFacts decode_facts(std::string_view line, std::string_view where, ErrorCode code) {
    const trace::Decoded decoded = trace::decode(line);
    if (!decoded.record) {
        const Diagnostic& problem = *decoded.problem;
        throw Error(code, fmt::format("{} is not a TraceRecord: {}{}{}", where, problem.field,
                                      problem.field.empty() ? "" : ": ", problem.words));
    }
    const trace::TraceRecord& record = *decoded.record;
    const bool has_hash = record.content_hash && is_content_hash(*record.content_hash);
    return {facts_of(record), has_hash ? ContentHash(*record.content_hash) : trace::content_hash(record),
            trace_key(record.trace_id)};
}

}  // namespace

LineFacts read_line_facts(std::string_view line, std::string_view where, ErrorCode code) {
    WireRecord wire;
    LineFacts facts = read_wire_record(line, wire)
                          ? LineFacts{std::move(wire.facts), ContentHash(std::string(wire.content_hash)),
                                      trace_key(wire.trace_id)}
                          : decode_facts(line, where, code);
    const std::string& version = facts.facts.schema_version;
    if (trace::is_unknown_schema(version))
        throw Error(ErrorCode::NewerSchema, fmt::format("{} has schema {}, this program knows {}", where,
                                                        version, trace::k_schema_version));
    return facts;
}

}  // namespace opentraces::shard
