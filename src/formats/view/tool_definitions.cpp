#include "formats/view/prepared.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::formats {
namespace {

constexpr std::string_view k_no_parameters = R"({"type":"object","properties":{}})";

ToolDefinition read_definition(const json::Object& element) {
    ToolDefinition tool;
    const json::Value* function = element.find("function");
    const json::Object* bare = function != nullptr ? function->if_object() : nullptr;
    if (bare != nullptr) {
        tool.wrapped = &element;
    } else {
        bare = &element;
    }
    if (const json::Value* name = bare->find("name")) tool.name = name->string_or();
    const json::Value* description = bare->find("description");
    if (description != nullptr && description->if_string() != nullptr) tool.description = description;
    for (const std::string_view key : {"parameters", "input_schema", "inputSchema"}) {
        const json::Value* schema = bare->find(key);
        if (schema != nullptr && schema->if_object() != nullptr) {
            tool.parameters = schema;
            break;
        }
    }
    return tool;
}

}  // namespace

std::vector<ToolDefinition> tool_definitions(const trace::TraceRecord& record) {
    std::vector<ToolDefinition> tools;
    std::unordered_set<std::string_view> names;
    for (const json::Object& element : record.tool_definitions) {
        const ToolDefinition tool = read_definition(element);
        if (!tool.name.empty() && names.insert(tool.name).second) tools.push_back(tool);
    }
    return tools;
}

void append_bare_form(std::string& out, const ToolDefinition& tool) {
    out.append("{\"name\":");
    json::append_compact_string(out, tool.name);
    if (tool.description != nullptr) {
        out.append(",\"description\":");
        json::append_compact(out, *tool.description);
    }
    out.append(",\"parameters\":");
    if (tool.parameters != nullptr) {
        json::append_compact(out, *tool.parameters);
    } else {
        out.append(k_no_parameters);
    }
    out.push_back('}');
}

void append_function_form(std::string& out, const ToolDefinition& tool) {
    if (tool.wrapped != nullptr) {
        json::append_compact(out, json::Value(*tool.wrapped));
        return;
    }
    out.append(R"({"type":"function","function":)");
    append_bare_form(out, tool);
    out.push_back('}');
}

}  // namespace opentraces::formats
