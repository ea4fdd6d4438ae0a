// GET /api/whoami-v2, the OAuth device flow (RFC 8628) and token routes, POST /api/validate-yaml.
#include "card.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

std::string field(const Parameters& form, const std::string& name) {
    for (const auto& [key, value] : form) {
        if (key == name) {
            return value;
        }
    }
    return "";
}

json org_json(State& state, const Membership& org) {
    return {{"type", "org"},
            {"id", state.entity_id(org.name)},
            {"name", org.name},
            {"fullname", org.name},
            {"email", nullptr},
            {"canPay", false},
            {"avatarUrl", "/avatars/org.svg"},
            {"periodEnd", nullptr},
            {"roleInOrg", org.role}};
}

json scopes_json(State& state, const Token& token) {
    json scoped = json::array();
    for (const auto& scope : token.scopes) {
        std::string id = state.entity_id(scope.name);
        if (const auto* repo = state.find_repo(scope.name); scope.type == "dataset" && repo != nullptr) {
            id = repo->internal_id;
        }
        scoped.push_back({{"entity", {{"_id", id}, {"type", scope.type}, {"name", scope.name}}},
                          {"permissions", scope.permissions}});
    }
    return {{"canReadGatedRepos", true}, {"global", json::array({"discussion.write"})}, {"scoped", scoped}};
}

HttpResponse oauth_error(const std::string& code) {
    return json_answer({{"error", code}, {"error_description", "The request was answered with " + code}},
                       400);
}

HttpResponse oauth_success(const OAuthScript& script) {
    return json_answer({{"access_token", script.token},
                        {"token_type", "bearer"},
                        {"expires_in", 28800},
                        {"refresh_token", "hf_refresh_1"},
                        {"scope", "openid profile write-repos"}});
}

}  // namespace

HttpResponse whoami(const Context& context) {
    if (context.actor.anonymous()) {
        fail(401, "Invalid username or password.");
    }
    const auto& user = *context.actor.user;
    const auto& token = *context.actor.token;
    json orgs = json::array();
    for (const auto& org : user.orgs) {
        orgs.push_back(org_json(context.state, org));
    }
    json access = {
        {"displayName", token.display_name}, {"role", token.role}, {"createdAt", "2026-01-01T00:00:00.000Z"}};
    if (token.role == "fineGrained") {
        access["fineGrained"] = scopes_json(context.state, token);
    }
    return json_answer({{"type", "user"},
                        {"id", user.id},
                        {"name", user.name},
                        {"fullname", user.name},
                        {"email", user.name + "@example.org"},
                        {"emailVerified", true},
                        {"isPro", false},
                        {"canPay", false},
                        {"billingMode", "prepaid"},
                        {"periodEnd", nullptr},
                        {"avatarUrl", "/avatars/user.svg"},
                        {"orgs", orgs},
                        {"auth", {{"type", "access_token"}, {"accessToken", access}}}});
}

HttpResponse oauth_device(const Context& context) {
    const auto form = parse_form(context.request.body);
    if (field(form, "client_id").empty()) {
        return oauth_error("invalid_client");
    }
    const auto page = context.state.hub_url + "/device";
    return json_answer({{"device_code", "device-" + context.state.random_hex(16)},
                        {"user_code", "ABCD-1234"},
                        {"verification_uri", page},
                        {"verification_uri_complete", page + "?code=ABCD-1234"},
                        {"interval", 1},
                        {"expires_in", 900}});
}

HttpResponse oauth_token(const Context& context) {
    const auto form = parse_form(context.request.body);
    const auto grant = field(form, "grant_type");
    const bool device =
        grant == "urn:ietf:params:oauth:grant-type:device_code" && !field(form, "device_code").empty();
    const bool refresh = grant == "refresh_token" && !field(form, "refresh_token").empty();
    const bool exchange = grant == "urn:ietf:params:oauth:grant-type:token-exchange";
    if (!device && !refresh && !exchange) {
        return oauth_error("unsupported_grant_type");
    }
    auto& script = context.state.oauth;
    if (script.answers.empty()) {
        return oauth_error(device ? "authorization_pending" : "invalid_grant");
    }
    const auto answer = script.answers[std::min(script.next, script.answers.size() - 1)];
    ++script.next;
    return answer == "ok" ? oauth_success(script) : oauth_error(answer);
}

HttpResponse validate_yaml(const Context& context) {
    const auto body = parse_json_body(context.request);
    const auto check = check_card(text_field(body, "content"));
    json errors = json::array();
    json warnings = json::array();
    std::string text;
    for (const auto& message : check.errors) {
        errors.push_back({{"message", message}});
        text += "- Error: " + message + "\n";
    }
    for (const auto& message : check.warnings) {
        warnings.push_back({{"message", message}});
        text += "- Warning: " + message + "\n";
    }
    const int status = check.errors.empty() ? 200 : 400;
    if (context.request.header_or("Accept").rfind("text/plain", 0) == 0) {
        HttpResponse response;
        response.status = status;
        response.set("Content-Type", "text/plain; charset=utf-8");
        response.body = text;
        return response;
    }
    return json_answer({{"errors", errors}, {"warnings", warnings}}, status);
}

}  // namespace hub_emulator
