// Every format says whose it is and where that is published.
#include <algorithm>
#include <set>

#include "catch.hpp"
#include "opentraces/security/rules.hpp"

using namespace opentraces::security;

TEST_CASE("formats have a vendor and a source, and there are many of both") {
    std::set<std::string> vendors;
    std::size_t formats = 0;
    for (const RuleFacts& rule : rule_facts()) {
        CAPTURE(rule.id);
        CHECK(rule.vendor.empty() == rule.source.empty());
        if (rule.vendor.empty()) continue;
        CHECK(rule.source.starts_with("https://"));
        vendors.insert(rule.vendor);
        ++formats;
    }
    CHECK(formats >= 300);
    CHECK(vendors.size() >= 200);
}

TEST_CASE("a rule that no vendor is named for is about what any of them may have") {
    const std::set<std::string> shared = {"jwt_token",
                                          "bearer_token",
                                          "basic_auth",
                                          "auth_scheme_token",
                                          "authorization_header",
                                          "cookie",
                                          "password_assignment",
                                          "secret_assignment",
                                          "token_assignment",
                                          "api_key_assignment",
                                          "env_key_assignment",
                                          "docker_auth",
                                          "url_credentials",
                                          "database_url",
                                          "user_option",
                                          "tool_password",
                                          "piped_secret",
                                          "command_password",
                                          "user_password_words",
                                          "sql_password",
                                          "login_call",
                                          "netrc_password",
                                          "pgpass",
                                          "password_hash",
                                          "bcrypt_hash",
                                          "credit_card",
                                          "iban",
                                          "private_key",
                                          "private_key_tail",
                                          "jwk_private_key",
                                          "ssn",
                                          "phone_number",
                                          "email_address",
                                          "ipv4_address",
                                          "ipv6_address",
                                          "high_entropy_string",
                                          "declared_secret",
                                          "credential_map",
                                          "stored_secret",
                                          "printed_secret",
                                          "secret_section",
                                          "odbc_password",
                                          "custom_string"};
    for (const RuleFacts& rule : rule_facts()) {
        CAPTURE(rule.id);
        CHECK(rule.vendor.empty() == (shared.count(rule.id) == 1));
    }
}
