#include "opentraces/trace/schema.hpp"

#include "opentraces/trace/schema_tree.hpp"

namespace opentraces::trace {

const SchemaNode& record_schema() {
    return k_record_schema;
}

}  // namespace opentraces::trace
