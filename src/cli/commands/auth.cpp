// login, logout, whoami, auth status.
#include "opentraces/flow/auth.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_longest_token = 4096;

std::string token_from_stdin(Terminal& terminal) {
    std::string text;
    char buffer[512];
    while (text.size() <= k_longest_token) {
        const std::size_t count = terminal.read(buffer, sizeof buffer);
        if (count == 0) break;
        text.append(buffer, count);
    }
    return std::string(trim(text));
}

std::string asked_token(Terminal& terminal) {
    if (!terminal.in_is_terminal()) {
        throw Error(ErrorCode::BadOption, "there is no terminal to ask for the token",
                    "Pipe it in: opentraces login --token-stdin < FILE, or set HF_TOKEN.");
    }
    return std::string(trim(terminal.ask_hidden("Hub token (write access, input is hidden): ").value_or("")));
}

json::Object identity_object(const hub::Identity& identity) {
    json::Array organisations;
    for (const hub::Organisation& organisation : identity.organisations)
        organisations.emplace_back(organisation.name);
    json::Object object;
    object.append("username", identity.name);
    object.append("type", text_or_null(identity.kind));
    object.append("token_name", text_or_null(identity.token_name));
    object.append("token_role", text_or_null(identity.token_role));
    object.append("organisations", std::move(organisations));
    return object;
}

Answer login(Context& context, bool from_stdin) {
    const std::string token = from_stdin ? token_from_stdin(context.terminal) : asked_token(context.terminal);
    if (token.empty()) throw Error(ErrorCode::InvalidToken, "the token is empty");
    const flow::LoginResult result = flow::login(context.ports, token);
    Answer answer;
    answer.fields = identity_object(result.identity);
    answer.fields.append("credentials_path", result.credentials_path);
    answer.fields.append("shadowed_by", text_or_null(result.shadowed_by));
    answer.text = fmt::format("Logged in as {}. The token is kept in {}\n",
                              printable_line(result.identity.name), printable_line(result.credentials_path));
    if (!result.shadowed_by.empty())
        answer.text += fmt::format("Note: {} goes first and is still used.\n", result.shadowed_by);
    if (result.identity.token_role == "read")
        answer.text += "Note: this token may only read; pushing needs write access.\n";
    return answer;
}

Answer logout(Context& context) {
    const flow::LogoutResult result = flow::logout(context.ports);
    Answer answer;
    answer.fields.append("removed", result.removed);
    answer.fields.append("still_found", text_or_null(result.still_found));
    answer.text =
        result.removed ? "Logged out: the stored token is deleted.\n" : "No stored token to delete.\n";
    if (!result.still_found.empty())
        answer.text += fmt::format("Note: a token is still found in {}.\n", result.still_found);
    return answer;
}

Answer whoami(Context& context) {
    const hub::Identity identity = flow::whoami(context.ports);
    Answer answer;
    answer.fields = identity_object(identity);
    answer.text = printable_line(identity.name) + "\n";
    return answer;
}

Answer auth_status(Context& context) {
    const flow::AuthStatus status = flow::auth_status(context.ports);
    Answer answer;
    answer.fields.append("state", std::string(flow::name_of(status.state)));
    answer.fields.append("username", status.identity ? json::Value(status.identity->name) : json::Value());
    answer.fields.append("token_from", text_or_null(status.token_from));
    answer.fields.append("endpoint", status.endpoint);
    answer.fields.append("message", text_or_null(status.detail));
    const std::string endpoint = printable_line(status.endpoint);
    const std::string from = printable_line(status.token_from);
    const std::string detail = printable_line(status.detail);
    switch (status.state) {
        case flow::AuthState::LoggedIn:
            answer.text = fmt::format("Logged in to {} as {} (token from {})\n", endpoint,
                                      printable_line(status.identity->name), from);
            break;
        case flow::AuthState::NoToken:
            answer.text = "Not logged in. Run: opentraces login\n";
            break;
        case flow::AuthState::TokenRefused:
            answer.text = fmt::format("{} refuses the token from {}: {}\n{}\n", endpoint, from, detail,
                                      printable_line(status.remedy));
            break;
        case flow::AuthState::Unknown:
            answer.text =
                fmt::format("There is a token from {}, but {} did not answer: {}\n", from, endpoint, detail);
            break;
    }
    return answer;
}

}  // namespace

Run declare_login(OptionSet& accepted) {
    auto from_stdin = std::make_shared<bool>(false);
    accepted.add_flag("--token-stdin", *from_stdin, "Read the token from standard input");
    accepted.example("opentraces login --token-stdin < token.txt", "From a file; without the option it asks");
    return [from_stdin](Context& context) { return login(context, *from_stdin); };
}

Run declare_logout(OptionSet& accepted) {
    accepted.example("opentraces logout", "Delete the stored token");
    return logout;
}
Run declare_whoami(OptionSet& accepted) {
    accepted.example("opentraces whoami", "Whose token it is");
    return whoami;
}
Run declare_auth_status(OptionSet& accepted) {
    accepted.example("opentraces auth status", "Where the token comes from, and whether it is good");
    return auth_status;
}

}  // namespace opentraces::cli
