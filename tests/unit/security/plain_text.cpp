#include "opentraces/security/plain_text.hpp"

#include "doubles/error_from.hpp"
#include "doubles/traces.hpp"

using namespace opentraces;
using namespace opentraces::security;
using testing::error_from;
using testing::text_with_token;

namespace {

ScrubOptions options() {
    ScrubOptions options;
    options.user_name = "janedoe";
    options.custom_strings = {"Project Nightingale"};
    options.pseudonym_key = "key";
    return options;
}

std::string mail_address() {
    return std::string("jane.doe") + "@" + "corp-mail.io";
}

}  // namespace

TEST_CASE("plain text: secrets, addresses, the user's own literals and names in paths are replaced") {
    const std::string text =
        text_with_token() + " for Project Nightingale in /home/janedoe/x, ask " + mail_address();
    const ScrubbedText scrubbed = scrub_text(text, "the message", options());
    for (const std::string& gone :
         {std::string("ghp"), std::string("Nightingale"), std::string("janedoe"), mail_address()}) {
        INFO(scrubbed.text);
        CHECK(scrubbed.text.find(gone) == std::string::npos);
    }
    CHECK(scrubbed.text.find("for [REDACTED]") != std::string::npos);
    CHECK(scrubbed.replaced.at("github_token") == 1);
    CHECK(scrubbed.replaced.at("email_address") == 1);
    CHECK(scrubbed.replaced.at(std::string(k_name_in_path)) == 1);
    CHECK(scrubbed.replaced.size() == 4);
    CHECK(scrub_text(scrubbed.text, "the message", options()).text == scrubbed.text);
    CHECK(scrub_text(scrubbed.text, "the message", options()).replaced.empty());
}

TEST_CASE("plain text: what is harmless stays as it is") {
    for (const std::string text :
         {"", "Add 3 traces", "fix: parse /home/runner/x (#12)", "日本語 ✓\nsecond line"}) {
        const ScrubbedText scrubbed = scrub_text(text, "the message", options());
        CHECK(scrubbed.text == text);
        CHECK(scrubbed.replaced.empty());
    }
}

TEST_CASE("plain text: an address that cannot be changed is refused without being repeated") {
    refuse_findings("feature/x", "the name of the branch", options());
    const Error error =
        error_from([] { refuse_findings(text_with_token(), "the name of the branch", options()); });
    CHECK(error.code() == ErrorCode::SecretsFound);
    CHECK(error.message().find("the name of the branch") != std::string::npos);
    CHECK(error.message().find("github_token") != std::string::npos);
    CHECK(error.message().find("ghp") == std::string::npos);
}
