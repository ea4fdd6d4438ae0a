#include "cli/error_text.hpp"

#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_longest_line = 2000;  // code points: a whole document may be given as a name

std::string one_line(std::string_view text) {
    std::string line = printable_line(text);
    if (code_points(line) <= k_longest_line) return line;
    return std::string(first_code_points(line, k_longest_line)) + " \xE2\x80\xA6";
}

}  // namespace

std::string error_text(const Error& error) {
    const std::string hint = error.hint();
    if (error.code() == ErrorCode::Interrupted && !hint.empty())
        return one_line(std::string(error.what()) + ". " + hint) + "\n";
    std::string text = "error: " + one_line(error.what()) + "\n";
    if (!hint.empty()) text += "hint: " + one_line(hint) + "\n";
    return text;
}

json::Object error_object(const Error& error) {
    const std::string hint = error.hint();
    json::Object details;
    details.append("code", std::string(error_row(error.code()).name));
    details.append("kind", std::string(error_kind_name(error.kind())));
    details.append("message", std::string(error.what()));
    details.append("hint", hint.empty() ? json::Value() : json::Value(hint));
    details.append("retryable", error.retryable());
    json::Object answer;
    answer.append("status", "error");
    answer.append("error", std::move(details));
    return answer;
}

json::Object answer_object(const Answer& answer) {
    json::Object object;
    if (answer.error)
        object = error_object(*answer.error);
    else
        object.append("status", "ok");
    for (const json::Member& member : answer.fields)
        object.append(member.first, member.second);
    return object;
}

}  // namespace opentraces::cli
