#include "cli/failure_fields.hpp"

#include <fmt/format.h>

#include "cli/diagnostic_fields.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

// Many errors name their file themselves.
std::string text_of(const Diagnostic& what) {
    if (what.line == 0 && what.words.find(what.source) != std::string::npos)
        return printable_line(what.words);
    return diagnostic_text(what);
}

std::string hint_of(const flow::Failure& failure) {
    return failure.hint.empty() ? std::string(error_row(failure.code).hint) : failure.hint;
}

}  // namespace

json::Object failure_object(const flow::Failure& failure) {
    json::Object object = diagnostic_object(failure.what, {{Part::Source, "path"}, {Part::Line, "line"}});
    object.append("trace_id", text_or_null(failure.trace_id));
    object.append("code", std::string(error_row(failure.code).name));
    object.append("message", failure.what.words);
    object.append("hint", text_or_null(hint_of(failure)));
    return object;
}

void append_failures(json::Object& object, const flow::Failures& failures) {
    json::Array array;
    for (const flow::Failure& failure : failures.kept())
        array.emplace_back(failure_object(failure));
    object.append("failed", failures.total());
    object.append("failures", std::move(array));
}

std::string failures_text(const flow::Failures& failures) {
    std::string text;
    for (const flow::Failure& failure : failures.kept())
        text += "error: " + text_of(failure.what) + "\n";
    return text;
}

Error error_of(const flow::Failures& failures, std::string_view noun) {
    const flow::Failure& first = failures.kept().front();
    std::string message = text_of(first.what);
    if (failures.total() > 1)
        message = fmt::format("{} failed; the first: {}", counted(failures.total(), noun), message);
    return {first.code, message, hint_of(first)};
}

void tell_failures(Answer& answer, const flow::Failures& failures, std::string_view noun) {
    append_failures(answer.fields, failures);
    if (!failures.empty() && !answer.error) answer.error = error_of(failures, noun);
}

}  // namespace opentraces::cli
