#include "hub/api_error.hpp"

#include <fmt/format.h>

#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::hub {
namespace {

bool mentions(std::string_view text, std::string_view word) {
    return to_lower_ascii(text).find(word) != std::string::npos;
}

bool is_html(const net::Response& response) {
    const std::string type = response.header("content-type").value_or("");
    return type.starts_with("text/html") || trim(response.body).starts_with("<");
}

std::string joined(const json::Array& items) {
    std::string out;
    for (const json::Value& item : items) {
        const std::string_view text = item.if_string() ? item.string_or() : item["message"].string_or();
        if (!text.empty()) out += (out.empty() ? "" : "; ") + std::string(text);
    }
    return out;
}

std::string words_of(const json::Value& body) {
    if (const json::Array* list = body["error"].if_array()) return joined(*list);
    if (const std::string* text = body["error"].if_string()) {
        const std::string_view more = body["error_description"].string_or();
        return more.empty() ? *text : *text + ": " + std::string(more);
    }
    if (const json::Array* list = body["errors"].if_array()) return joined(*list);
    return std::string(body["message"].string_or());
}

std::string request_id(const net::Response& response) {
    for (const char* name : {"x-request-id", "x-amzn-trace-id", "x-amz-cf-id"})
        if (const auto id = response.header(name)) return net::server_words(*id);
    return {};
}

struct Meaning {
    ErrorCode code;
    std::string hint;
};

Meaning meaning_of_403(std::string_view words, const ClientOptions& options) {
    if (mentions(words, "storage") || mentions(words, "quota") || mentions(words, "limit"))
        return {ErrorCode::QuotaExceeded, ""};
    return {ErrorCode::PermissionDenied, options.remedy};
}

// The order matters: codes before messages before statuses (huggingface_hub, hf_raise_for_status).
Meaning meaning_of(const net::Response& response, std::string_view words, const ClientOptions& options) {
    const std::string code = response.header("x-error-code").value_or("");
    if (code == "RevisionNotFound" || code == "EntryNotFound") return {ErrorCode::NotFound, ""};
    if (code == "GatedRepo") return {ErrorCode::GatedRepo, ""};
    if (words == "Access to this resource is disabled.")
        return {ErrorCode::PermissionDenied, "The Hub has disabled this dataset; see its page."};
    if (code == "RepoNotFound")
        return {ErrorCode::NotFound,
                "Check the name; a private dataset is visible only to tokens with access."};
    switch (response.status) {
        case 400:
            return {ErrorCode::UploadFailed, "Nothing was published. Please check what the Hub objects to."};
        case 401:
            return {options.token.empty() ? ErrorCode::NotAuthenticated : ErrorCode::InvalidToken,
                    options.remedy};
        case 402:
            return {ErrorCode::QuotaExceeded, ""};
        case 403:
            return meaning_of_403(words, options);
        case 404:
            return {ErrorCode::NotFound, "Check the name of the dataset and HF_ENDPOINT."};
        case 413:
            return {ErrorCode::UploadFailed,
                    "Push fewer traces at once: opentraces push --max-shard-size 50MB"};
        case 422:
            return {ErrorCode::UploadFailed, "Nothing was published. Please check what the Hub objects to."};
        case 429:
            return {ErrorCode::RateLimited, ""};
        default:
            break;
    }
    if (response.status >= 500 || response.status == 408)
        return {ErrorCode::NetworkFailed, "The Hub has a problem; try again later."};
    return {ErrorCode::UnexpectedAnswer, ""};
}

}  // namespace

std::string hub_words(const net::Response& response) {
    if (const auto header = response.header("x-error-message"); header && !header->empty())
        return net::server_words(*header);
    if (is_html(response)) return {};
    try {
        return net::server_words(words_of(json::read_document(response.body)));
    } catch (const json::SyntaxError&) {
        return net::server_words(response.body);
    }
}

Error error_for(const net::Response& response, std::string_view doing, const ClientOptions& options) {
    const std::string words = hub_words(response);
    const std::string id = request_id(response);
    Meaning meaning = meaning_of(response, words, options);
    std::string message = fmt::format("{}: the Hub answered {}", doing, response.status);
    if (!words.empty()) message += ": " + words;
    if (!id.empty()) message += " (request id " + id + ")";
    return Error(meaning.code, std::move(message), std::move(meaning.hint));
}

Error error_for(const net::TransportError& failure, std::string_view doing) {
    const std::string message = fmt::format("{}: {}", doing, failure.what());
    switch (failure.failure()) {
        case net::TransportFailure::Interrupted:
            return Error(ErrorCode::Interrupted, message);
        case net::TransportFailure::TooLarge:
            return Error(ErrorCode::UnexpectedAnswer, message);
        case net::TransportFailure::Tls:
            return Error(ErrorCode::NetworkFailed, message,
                         "Check HF_ENDPOINT; for a certificate authority of your own set SSL_CERT_FILE.");
        case net::TransportFailure::Resolve:
            return Error(ErrorCode::NetworkFailed, message, "Check the network connection and HF_ENDPOINT.");
        default:
            return Error(ErrorCode::NetworkFailed, message);
    }
}

Error unexpected(const net::Response& response, std::string_view doing, std::string_view what) {
    const std::string id = request_id(response);
    return Error(
        ErrorCode::UnexpectedAnswer,
        fmt::format("{}: {} answered {} ({}{})", doing, net::origin_of(response.url), response.status,
                    is_html(response) ? "a web page" : what, id.empty() ? "" : " (request id " + id + ")"));
}

}  // namespace opentraces::hub
