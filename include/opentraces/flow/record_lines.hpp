// Lines of TraceRecords, wherever they are: a stream, the traces of a project, the shards of a dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/dataset/dataset.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/store/store.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {

// Is told of one line after the other; `source` and `number` say where it is. Blank lines are left out.
class LineVisitor {
public:
    virtual ~LineVisitor() = default;
    virtual void line(const std::string& source, std::size_t number, std::string_view text) = 0;
    // A line that could not even be read. `reason` never quotes text.
    virtual void broken(const std::string& source, std::size_t number, std::string reason) = 0;
    // No further line is wanted.
    virtual bool full() const { return false; }
};

void visit_lines(LineVisitor& visitor, const std::string& source, json::ByteSource bytes);
// The source of each is its trace id. A trace that cannot be read is broken.
void visit_stored(LineVisitor& visitor, store::Store& store, const std::vector<TraceId>& ids);

struct DatasetLines {
    std::string remote;  // canonical name
    std::int64_t shards = 0;
    std::int64_t shards_read = 0;
};
// Every line of every shard, verified; the source is the shard's path. Errors of hub::Remote; NotFound when
// there is no such dataset, CorruptDataset when a shard or the index cannot be trusted.
DatasetLines visit_dataset(LineVisitor& visitor, dataset::Dataset& dataset);

// A line as a record, or why it is none: "missing: agent.name", "newer_schema: schema_version".
struct ReadRecord {
    std::optional<trace::TraceRecord> record;
    std::string reason;
    std::size_t unknown_keys = 0;  // that the schema does not have; they are not part of the record
};
ReadRecord read_record(std::string_view line);

}  // namespace opentraces::flow
