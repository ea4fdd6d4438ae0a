#include "formats/training/row_tools.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace opentraces::formats {
namespace {

// What a derived definition says of itself.
const json::Value k_derived("Derived from the calls of this session.");

std::string_view type_of(const json::Value& value) {
    if (value.if_string() != nullptr) return "string";
    if (value.if_bool() != nullptr) return "boolean";
    if (const json::Number* const number = value.if_number()) return number->is_float ? "number" : "integer";
    if (value.if_array() != nullptr) return "array";
    return value.if_object() != nullptr ? "object" : "null";
}

// JSON Schema 2020-12, "type": one name, or the list of those that were seen. Integers are numbers.
class SeenTypes {
public:
    void add(std::string_view type) {
        if (std::find(m_names.begin(), m_names.end(), type) != m_names.end()) return;
        if (type == "integer" && has("number")) return;
        if (type == "number") std::erase(m_names, "integer");
        m_names.push_back(type);
    }

    json::Value schema() const {
        json::Object property;
        if (m_names.size() == 1) {
            property.append("type", m_names.front());
        } else {
            json::Array names;
            for (const std::string_view name : m_names)
                names.emplace_back(name);
            property.append("type", std::move(names));
        }
        return property;
    }

private:
    bool has(std::string_view type) const {
        return std::find(m_names.begin(), m_names.end(), type) != m_names.end();
    }

    std::vector<std::string_view> m_names;
};

// Arguments of one tool in order of first use.
class SeenArguments {
public:
    void add(const json::Object& input) {
        for (const auto& [name, value] : input) {
            const auto [place, is_new] = m_places.try_emplace(name, m_types.size());
            if (is_new) m_types.emplace_back(name, SeenTypes());
            m_types[place->second].second.add(type_of(value));
        }
    }

    json::Value schema() const {
        json::Object properties;
        for (const auto& [name, types] : m_types)
            properties.append(std::string(name), types.schema());
        json::Object schema;
        schema.append("type", "object");
        schema.append("properties", std::move(properties));
        return schema;
    }

private:
    std::vector<std::pair<std::string_view, SeenTypes>> m_types;
    std::unordered_map<std::string_view, std::size_t> m_places;
};

}  // namespace

RowTools::RowTools(const Prepared& prepared, const Run& run) : m_tools(prepared.tools) {
    if (m_tools.empty()) derive(run);
}

void RowTools::derive(const Run& run) {
    std::vector<SeenArguments> arguments;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const PreparedStep& prepared : run.steps) {
        if (prepared.is_warmup()) continue;
        for (const trace::ToolCall& call : prepared.step->tool_calls) {
            if (call.tool_name.empty()) continue;
            const auto [place, is_new] = places.try_emplace(call.tool_name, m_tools.size());
            if (is_new) {
                m_tools.push_back({call.tool_name, &k_derived, nullptr, nullptr});
                arguments.emplace_back();
            }
            arguments[place->second].add(call.input);
        }
    }
    for (std::size_t i = 0; i < m_tools.size(); ++i)
        m_tools[i].parameters = &m_schemas.emplace_back(arguments[i].schema());
}

void RowTools::write(JsonOut& out, AppendForm append) const {
    out.begin_array();
    std::string definition;
    for (const ToolDefinition& tool : m_tools) {
        definition.clear();
        append(definition, tool);
        out.raw(definition);
    }
    out.end_array();
}

}  // namespace opentraces::formats
