#include "card/features.hpp"

#include <string_view>

#include "opentraces/trace/schema.hpp"

namespace opentraces::card {
namespace {

using trace::SchemaMember;
using trace::SchemaNode;
using trace::ValueType;

std::string_view type_name(ValueType type) {
    switch (type) {
        case ValueType::Integer:
            return "int64";
        case ValueType::Number:
            return "float64";
        case ValueType::Flag:
            return "bool";
        case ValueType::Map:  // its keys are data: as a struct each of them would become a column
        case ValueType::FreeForm:
            return "json";
        default:
            return "string";
    }
}

void append_columns(std::string& out, const SchemaNode& model, const std::string& indent);

// The member that says of what type the column is.
void append_type(std::string& out, const SchemaNode& node, const std::string& indent) {
    const bool list = node.type == ValueType::List;
    const SchemaNode& value = list ? *node.item : node;
    const bool model = value.type == ValueType::Model;
    out += indent + (list ? "list:" : model ? "struct:" : "dtype:");
    if (model) {
        out += '\n';
        append_columns(out, value, indent);
    } else {
        out.append(" ").append(type_name(value.type)).append("\n");
    }
}

void append_columns(std::string& out, const SchemaNode& model, const std::string& indent) {
    for (const SchemaMember& member : model.members) {
        out.append(indent).append("- name: ").append(member.key).append("\n");
        append_type(out, *member.node, indent + "  ");
    }
}

}  // namespace

std::string dataset_info_yaml() {
    std::string text = "config_name: default\nfeatures:\n";
    append_columns(text, trace::record_schema(), {});
    return text;
}

}  // namespace opentraces::card
