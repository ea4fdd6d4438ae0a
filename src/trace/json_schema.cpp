#include "opentraces/trace/json_schema.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "opentraces/trace/record.hpp"
#include "opentraces/trace/schema.hpp"

namespace opentraces::trace {
namespace {

json::Object reference_to(std::string_view name) {
    json::Object object;
    object.append("$ref", "#/$defs/" + std::string(name));
    return object;
}

json::Object type_of(std::string_view name, bool nullable) {
    json::Object object;
    if (nullable)
        object.append("type", json::Array{name, "null"});
    else
        object.append("type", name);
    return object;
}

json::Object words_of(const SchemaNode& node, bool nullable) {
    json::Array words(node.words.begin(), node.words.end());
    if (nullable) words.emplace_back(nullptr);
    json::Object object;
    object.append("enum", std::move(words));
    return object;
}

class Describer {
public:
    json::Object model(const SchemaNode& node) {
        json::Object properties;
        json::Array required;
        for (const SchemaMember& member : node.members) {
            json::Object value = value_of(*member.node, member.nullable);
            if (member.rule == Rule::Rate) {
                value.append("minimum", 0);
                value.append("maximum", 1);
            }
            if (member.rule == Rule::Required) required.emplace_back(member.key);
            properties.append(std::string(member.key), std::move(value));
        }
        json::Object object = type_of("object", false);
        object.append("properties", std::move(properties));
        if (!required.empty()) object.append("required", std::move(required));
        return object;
    }

    json::Object& definitions() { return m_definitions; }

private:
    json::Object value_of(const SchemaNode& node, bool nullable) {
        switch (node.type) {
            case ValueType::Word:
                return words_of(node, nullable);
            case ValueType::Model:
                return model_of(node, nullable);
            case ValueType::List:
                return with("items", *node.item, type_of("array", nullable));
            case ValueType::Map:
                return with("additionalProperties", *node.item, type_of("object", nullable));
            case ValueType::FreeForm:
                return type_of("object", nullable);
            case ValueType::Text:
                return type_of("string", nullable);
            case ValueType::Integer:
                return type_of("integer", nullable);
            case ValueType::Number:
                return type_of("number", nullable);
            case ValueType::Flag:
                break;
        }
        return type_of("boolean", nullable);
    }

    json::Object with(std::string key, const SchemaNode& item, json::Object object) {
        object.append(std::move(key), value_of(item, false));
        return object;
    }

    json::Object model_of(const SchemaNode& node, bool nullable) {
        if (m_definitions.find(node.name) == nullptr) {
            json::Object described = model(node);
            m_definitions.append(std::string(node.name), std::move(described));
        }
        if (!nullable) return reference_to(node.name);
        json::Object object;
        object.append("anyOf", json::Array{reference_to(node.name), type_of("null", false)});
        return object;
    }

    json::Object m_definitions;
};

}  // namespace

json::Object json_schema() {
    const SchemaNode& record = record_schema();
    const std::string version(k_schema_version);
    json::Object document;
    document.append("$schema", "https://json-schema.org/draft/2020-12/schema");
    document.append("$id", "urn:opentraces:trace-record:" + version);
    document.append("title", record.name);
    document.append("description", "One agent session, schema " + version);
    Describer describer;
    for (auto& [key, value] : describer.model(record))
        document.append(key, std::move(value));
    document.append("$defs", std::move(describer.definitions()));
    return document;
}

}  // namespace opentraces::trace
