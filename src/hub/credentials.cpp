#include "opentraces/hub/credentials.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_max_token_file = std::size_t{64} << 10;

std::optional<std::string> hub_token_path(const Environment& environment, fs::Disk& disk) {
    if (const auto path = environment.get("HF_TOKEN_PATH")) return fs::absolute(*path, environment, disk);
    const auto folder = environment.find_hf_home();
    if (!folder) return std::nullopt;
    return fs::join(*folder, "token");
}

std::optional<Token> from_file(fs::Disk& disk, const std::string& path, TokenSource source) {
    const auto found = disk.info(path);
    if (!found || found->is_directory()) return std::nullopt;
    std::string text = clean_token(disk.read_all(path, k_max_token_file));
    if (text.empty()) return std::nullopt;
    return Token{std::move(text), source, path};
}

// In the user's own folder no link is followed; it may be reached through one.
std::unique_ptr<fs::Disk> user_disk(const Environment& environment, fs::Disk& disk) {
    const auto folder = environment.find_opentraces_home();
    return folder && disk.info(*folder) ? disk.beneath(*folder) : nullptr;
}

}  // namespace

std::string clean_token(std::string_view text) {
    std::string token(text);
    std::erase_if(token, [](char c) { return c == '\r' || c == '\n'; });
    return std::string(trim(token));
}

std::string remedy_for(const Token& token) {
    const std::string make = "Create a token with write access in the Hub's settings";
    if (token.source == TokenSource::Environment)
        return fmt::format(
            "The token is that of the environment variable {}, which goes before all others: set it to a "
            "token "
            "with write access, or unset it.",
            token.where);
    if (token.where.empty()) return make + ".";
    if (token.source == TokenSource::HubFile)
        return fmt::format(
            "The token is that of the Hub's own clients, in {}. {}, then run: opentraces login", token.where,
            make);
    return fmt::format("The token is that of opentraces login, in {}. {}, then run: opentraces login",
                       token.where, make);
}

std::optional<Token> find_token(const Environment& environment, fs::Disk& disk) {
    for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
        const auto value = environment.get(name);
        if (!value) continue;
        std::string text = clean_token(*value);
        if (!text.empty()) return Token{std::move(text), TokenSource::Environment, name};
    }
    if (const auto users = user_disk(environment, disk)) {
        if (auto token = from_file(*users, credentials_path(environment), TokenSource::Credentials))
            return token;
    }
    if (environment.truthy("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return std::nullopt;
    const auto hub_token = hub_token_path(environment, disk);
    return hub_token ? from_file(disk, *hub_token, TokenSource::HubFile) : std::nullopt;
}

std::string credentials_path(const Environment& environment) {
    return fs::join(environment.opentraces_home(), "credentials");
}

void store_token(const Environment& environment, fs::Disk& disk, std::string_view token) {
    disk.make_directories(environment.opentraces_home(), 0700);
    user_disk(environment, disk)->replace(credentials_path(environment), clean_token(token) + "\n", 0600);
}

bool forget_token(const Environment& environment, fs::Disk& disk) {
    const auto users = user_disk(environment, disk);
    return users && users->remove(credentials_path(environment));
}

}  // namespace opentraces::hub
