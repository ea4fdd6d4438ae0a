#include "cli/diagnostic_fields.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

json::Value value_of(const Diagnostic& one, Part part) {
    switch (part) {
        case Part::Source:
            return repair_utf8(one.source);  // names of files are bytes
        case Part::Line:
            return one.line == 0 ? json::Value() : json::Value(std::uint64_t{one.line});
        case Part::Field:
            return one.field;
        case Part::Rule:
            return one.rule;
        case Part::Words:
            return one.words;
        case Part::Count:
            return one.count;
    }
    return {};
}

}  // namespace

json::Object diagnostic_object(const Diagnostic& one, Columns columns) {
    json::Object object;
    for (const auto& [part, name] : columns)
        object.append(name, value_of(one, part));
    return object;
}

std::string diagnostic_text(const Diagnostic& one) {
    const std::string place = one.line == 0 ? one.source : fmt::format("{}:{}", one.source, one.line);
    std::string text = printable_line(place) + ": ";
    if (!one.rule.empty()) text += printable_line(one.rule) + ": ";
    return text + printable_line(one.words);
}

json::Array problems_array(const std::vector<Diagnostic>& problems) {
    return diagnostics_array(
        problems,
        {{Part::Rule, "rule"}, {Part::Source, "path"}, {Part::Line, "line"}, {Part::Words, "message"}});
}

std::string problems_text(const std::vector<Diagnostic>& problems) {
    std::string text;
    for (const Diagnostic& problem : problems)
        text += diagnostic_text(problem) + "\n";
    return text;
}

Error error_of_problems(const std::vector<Diagnostic>& problems, std::int64_t more) {
    const auto all = static_cast<std::int64_t>(problems.size()) + more;
    const std::string first = diagnostic_text(problems.front());
    return {ErrorCode::CheckFailed, all == 1 ? first : fmt::format("{} problems; the first: {}", all, first)};
}

}  // namespace opentraces::cli
