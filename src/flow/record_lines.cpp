#include "opentraces/flow/record_lines.hpp"

#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::flow {

void visit_lines(LineVisitor& visitor, const std::string& source, json::ByteSource bytes) {
    json::LineReader lines(std::move(bytes));
    json::Line line;
    while (!visitor.full() && lines.next(line)) {
        if (line.too_long) {
            visitor.broken(source, line.number, "line_too_long: " + std::to_string(line.length) + " bytes");
        } else if (!trim(line.text).empty()) {
            visitor.line(source, line.number, line.text);
        }
    }
}

void visit_stored(LineVisitor& visitor, store::Store& store, const std::vector<TraceId>& ids) {
    for (const TraceId& id : ids) {
        if (visitor.full()) return;
        std::string line;
        try {
            line = store.read_line(id);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptTrace) throw;
            visitor.broken(id.str(), 1, "corrupt_trace: " + error.message());
            continue;
        }
        visitor.line(id.str(), 1, line);
    }
}

DatasetLines visit_dataset(LineVisitor& visitor, dataset::Dataset& dataset) {
    DatasetLines read;
    dataset::State state;
    dataset.read([&] {
        const hub::DatasetInfo info = dataset.existing();
        read.remote = info.name;
        state = dataset.reader().read(info.head);
    });
    for (const shard::IndexEntry* entry : state.index.entries()) {
        if (visitor.full()) break;
        const std::string& path = entry->summary.path;
        const dataset::ShardCopy copy = dataset.copy(state.head, state.shard_file(path));
        visit_lines(visitor, path, copy.open());
        ++read.shards_read;
    }
    read.shards = static_cast<std::int64_t>(state.index.entries().size());
    return read;
}

ReadRecord read_record(std::string_view line) {
    trace::Decoded decoded = trace::decode(line);
    ReadRecord read;
    if (trace::is_unknown_schema(decoded.schema_version)) {
        read.reason = "newer_schema: schema_version";
    } else if (!decoded.record) {
        const Diagnostic& problem = *decoded.problem;
        read.reason = problem.rule + ": " + (problem.field.empty() ? problem.words : problem.field);
    } else {
        read.record = std::move(decoded.record);
        read.unknown_keys = decoded.unknown_keys.size();
    }
    return read;
}

}  // namespace opentraces::flow
