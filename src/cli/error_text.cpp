#include "opentraces/cli/error_text.hpp"

namespace opentraces::cli {

std::string error_text(const Error& error) {
    std::string text = "error: " + std::string(error.what()) + "\n";
    const std::string hint = error.hint();
    if (!hint.empty()) text += "hint: " + hint + "\n";
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

}  // namespace opentraces::cli
