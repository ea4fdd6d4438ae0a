// Every field of the record as the path that tables name it by: "steps[].tool_calls[].input".
#pragma once

#include <string>
#include <vector>

#include "opentraces/trace/schema.hpp"

namespace opentraces::testing {

inline void add_schema_leaves(std::vector<std::string>& leaves, const trace::SchemaNode& node,
                              const std::string& path) {
    if (node.type == trace::ValueType::List && node.item->type == trace::ValueType::Model) {
        add_schema_leaves(leaves, *node.item, path + "[]");
    } else if (node.type != trace::ValueType::Model) {
        leaves.push_back(path);
    } else {
        for (const trace::SchemaMember& member : node.members)
            add_schema_leaves(leaves, *member.node,
                              (path.empty() ? "" : path + ".") + std::string(member.key));
    }
}

inline std::vector<std::string> schema_leaves() {
    std::vector<std::string> leaves;
    add_schema_leaves(leaves, trace::record_schema(), {});
    return leaves;
}

}  // namespace opentraces::testing
