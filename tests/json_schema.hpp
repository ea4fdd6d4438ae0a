// The part of JSON Schema that docs/json uses: type, properties, required, items, additionalProperties, enum,
// const, false, if/then/else.
#pragma once

#include <algorithm>
#include <set>
#include <string>

#include "opentraces/json/value.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::testing {

inline std::string schema_type_of(const json::Value& value) {
    if (value.is_null()) return "null";
    if (value.if_bool() != nullptr) return "boolean";
    if (const json::Number* const number = value.if_number()) return number->is_float ? "number" : "integer";
    if (value.if_string() != nullptr) return "string";
    return value.if_array() != nullptr ? "array" : "object";
}

inline std::set<std::string> schema_types(const json::Value& schema) {
    std::set<std::string> types;
    if (const std::string* const one = schema["type"].if_string()) types.insert(*one);
    if (const json::Array* const several = schema["type"].if_array())
        for (const json::Value& type : *several)
            types.insert(std::string(type.string_or()));
    return types;
}

// What does not hold, with its place; empty when all does.
inline std::string schema_problem(const json::Value& value, const json::Value& schema,
                                  const std::string& place = "answer") {
    if (const bool* const allowed = schema.if_bool()) return *allowed ? "" : place + " must not be there";
    const std::set<std::string> types = schema_types(schema);
    const std::string type = schema_type_of(value);
    const bool fits =
        types.empty() || types.contains(type) || (type == "integer" && types.contains("number"));
    if (!fits) return place + " is " + type;
    if (const json::Array* const words = schema["enum"].if_array();
        words != nullptr && std::find(words->begin(), words->end(), value) == words->end())
        return place + " is " + json::to_compact(value);
    if (!schema["const"].is_null() && !(schema["const"] == value))
        return place + " is " + json::to_compact(value);
    if (const json::Array* const items = value.if_array())
        for (std::size_t i = 0; i < items->size(); ++i)
            if (std::string problem =
                    schema_problem((*items)[i], schema["items"], place + "[" + std::to_string(i) + "]");
                !problem.empty())
                return problem;
    const json::Object* const object = value.if_object();
    if (object == nullptr) return {};
    if (const json::Array* const required = schema["required"].if_array())
        for (const json::Value& name : *required)
            if (object->find(name.string_or()) == nullptr)
                return place + " has no " + std::string(name.string_or());
    for (const auto& [name, member] : *object) {
        const json::Value& known = schema["properties"][name];
        const json::Value& rule = known.is_null() ? schema["additionalProperties"] : known;
        if (std::string problem = schema_problem(member, rule, place + "." + name); !problem.empty())
            return problem;
    }
    if (schema["if"].is_null()) return {};
    return schema_problem(value, schema[schema_problem(value, schema["if"]).empty() ? "then" : "else"],
                          place);
}

}  // namespace opentraces::testing
