// Holds an answer against the schema in docs/json of the command that gave it.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "json_schema.hpp"
#include "opentraces/json/reader.hpp"
#include "where.hpp"

namespace opentraces::testing {

inline std::string schema_text(const std::string& name) {
    std::ifstream file(source_folder() + "/docs/json/" + name + ".schema.json", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Of the command that is named first in `arguments`; empty for none.
inline std::string schema_text_for(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (i + 1 < arguments.size())
            if (std::string text = schema_text(arguments[i] + "-" + arguments[i + 1]); !text.empty())
                return text;
        if (std::string text = schema_text(arguments[i]); !text.empty()) return text;
    }
    return {};
}

// The last line that is an answer.
inline json::Value last_answer(std::string_view output) {
    while (output.ends_with('\n'))
        output.remove_suffix(1);
    const std::size_t begin = output.rfind('\n');
    const std::string_view line = begin == output.npos ? output : output.substr(begin + 1);
    if (!line.starts_with('{') || !line.ends_with('}')) return {};
    json::Value value = json::parse(line);
    return value["status"].if_string() == nullptr ? json::Value() : value;
}

// What is wrong with what a command has answered; empty when nothing is, or when it was not asked for JSON.
inline std::string answer_problem(const std::vector<std::string>& arguments, const std::string& out,
                                  const std::string& err) {
    const auto has = [&](std::string_view word) {
        return std::find(arguments.begin(), arguments.end(), word) != arguments.end();
    };
    if (!has("--json") || has("--help") || has("-h") || has("--version") || has("-V")) return {};
    json::Value answer = last_answer(out);
    if (answer.is_null()) answer = last_answer(err);
    if (answer.is_null()) return {};
    if (answer["help"].if_object() != nullptr) return {};  // a group without its command
    const std::string text = schema_text_for(arguments);
    if (text.empty() && answer["error"].is_null()) return {};  // of a hidden command
    const json::Value schema = json::parse(text.empty() ? schema_text("error") : text);
    std::string problem = schema_problem(answer, schema);
    return problem.empty() ? problem : problem + ": " + json::to_compact(answer);
}

}  // namespace opentraces::testing
