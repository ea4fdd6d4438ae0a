#include "opentraces/flow/judge.hpp"

#include <chrono>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/net/address.hpp"
#include "opentraces/net/masking.hpp"
#include "opentraces/quality/judge.hpp"
#include "opentraces/security/stream.hpp"

namespace opentraces::flow {
namespace {

constexpr std::string_view k_judge_url = "OPENTRACES_JUDGE_URL";
constexpr int k_max_tokens = 1024;
constexpr std::chrono::seconds k_patience{120};

bool is_anthropic(const JudgeEndpoint& endpoint) {
    return endpoint.url.ends_with("/messages");
}

json::Object message(const char* role, const std::string& content) {
    json::Object object;
    object.append("role", role);
    object.append("content", content);
    return object;
}

std::string body_of(const JudgeEndpoint& endpoint, const quality::JudgePrompt& prompt) {
    json::Array messages;
    json::Object body;
    body.append("model", quality::judge_model_id(endpoint.model));
    body.append("max_tokens", k_max_tokens);
    body.append("temperature", 0);
    if (is_anthropic(endpoint))
        body.append("system", prompt.system);
    else
        messages.emplace_back(message("system", prompt.system));
    messages.emplace_back(message("user", prompt.user));
    body.append("messages", std::move(messages));
    return json::write_document(json::Value(std::move(body)));
}

net::Request request_of(const JudgeEndpoint& endpoint, const quality::JudgePrompt& prompt) {
    net::Request request;
    request.method = "POST";
    request.url = endpoint.url;
    request.headers = {{"content-type", "application/json"}};
    if (is_anthropic(endpoint)) request.headers.emplace_back("anthropic-version", "2023-06-01");
    if (!endpoint.key.empty()) {
        if (is_anthropic(endpoint))
            request.headers.emplace_back("x-api-key", endpoint.key);
        else
            request.headers.emplace_back("authorization", "Bearer " + endpoint.key);
    }
    request.body = body_of(endpoint, prompt);
    request.total_timeout = k_patience;
    return request;
}

std::string answer_in(const JudgeEndpoint& endpoint, const json::Value& document) {
    if (!is_anthropic(endpoint))
        return std::string(document["choices"].at(0)["message"]["content"].string_or());
    std::string text;
    if (const json::Array* blocks = document["content"].if_array())
        for (const json::Value& block : *blocks)
            if (block["type"].string_or() == "text") text += block["text"].string_or();
    return text;
}

quality::Judgement skipped(std::string why) {
    quality::Judgement judgement;
    judgement.skipped = std::move(why);
    return judgement;
}

quality::Judgement ask(net::Transport& transport, const JudgeEndpoint& endpoint, quality::Persona persona,
                       const std::string& summary) {
    try {
        const net::Request request = request_of(endpoint, quality::judge_prompt(persona, summary));
        const net::Response response = net::MaskingTransport(transport, {endpoint.key}).send(request);
        if (response.status == 401 || response.status == 403) return skipped("the key was refused");
        if (response.status / 100 != 2)
            return skipped("the endpoint answered with status " + std::to_string(response.status));
        return quality::judgement_of(answer_in(endpoint, json::read_document(response.body)), persona);
    } catch (const net::TransportError& error) {
        if (error.failure() == net::TransportFailure::Interrupted) throw;
        return skipped(std::string("the endpoint could not be reached: ") + error.what());
    } catch (const json::SyntaxError&) {
        return skipped("the endpoint's answer is not JSON");
    }
}

}  // namespace

JudgeEndpoint judge_endpoint(const Environment& environment, const std::string& model) {
    JudgeEndpoint endpoint;
    endpoint.url = environment.get(k_judge_url).value_or("");
    endpoint.key = environment.get("OPENTRACES_JUDGE_KEY").value_or("");
    endpoint.model = model;
    if (endpoint.url.empty())
        throw Error(ErrorCode::ConfigInvalid, "--judge needs an endpoint",
                    "Set OPENTRACES_JUDGE_URL (…/v1/messages or …/v1/chat/completions) and "
                    "OPENTRACES_JUDGE_KEY.");
    net::check_address(endpoint.url, k_judge_url, "https://host/v1/messages");
    if (!endpoint.key.empty()) net::check_may_carry_secrets(endpoint.url, k_judge_url, environment);
    return endpoint;
}

Judge http_judge(Ports& ports, JudgeEndpoint endpoint, security::ScrubOptions scrub) {
    return [&ports, endpoint = std::move(endpoint), scrub = std::move(scrub)](
               const trace::TraceRecord& record, quality::Assessment& assessment) {
        const std::string summary =
            security::redact_json(quality::trace_summary(record, assessment), scrub).text;
        for (quality::PersonaResult& persona : assessment.personas)
            if (quality::is_judged(persona.persona))
                quality::blend(persona, ask(ports.transport, endpoint, persona.persona, summary));
    };
}

}  // namespace opentraces::flow
