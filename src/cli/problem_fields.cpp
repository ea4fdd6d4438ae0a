#include "cli/problem_fields.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "opentraces/core/text.hpp"

namespace opentraces::cli {

json::Array problems_array(const std::vector<flow::DatasetProblem>& problems) {
    json::Array array;
    for (const flow::DatasetProblem& problem : problems) {
        json::Object object;
        object.append("kind", problem.kind);
        object.append("path", problem.path);
        object.append("line", problem.line == 0 ? json::Value() : json::Value(std::uint64_t{problem.line}));
        object.append("detail", problem.detail);
        array.emplace_back(std::move(object));
    }
    return array;
}

std::string problems_text(const std::vector<flow::DatasetProblem>& problems) {
    std::string text;
    for (const flow::DatasetProblem& problem : problems) {
        const std::string line = problem.line == 0 ? "" : fmt::format(":{}", problem.line);
        text += fmt::format("{}{}: {}: {}\n", printable_line(problem.path), line, problem.kind,
                            printable_line(problem.detail));
    }
    return text;
}

}  // namespace opentraces::cli
