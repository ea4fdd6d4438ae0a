// Where the Hub token comes from, and the one file in which we keep one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {

enum class TokenSource { Environment, Credentials, HubFile };

struct Token {
    std::string text;
    TokenSource source = TokenSource::Environment;
    std::string where;  // the variable or the file, for people
};

// HF_TOKEN (else HUGGING_FACE_HUB_TOKEN), then <opentraces_home>/credentials, then the Hub clients' own file
// (HF_TOKEN_PATH, else <hf_home>/token). CR and LF are removed, ends trimmed; empty counts as absent. With
// HF_HUB_DISABLE_IMPLICIT_TOKEN the Hub clients' file is left alone.
std::optional<Token> find_token(const Environment& environment, fs::Disk& disk);
std::string clean_token(std::string_view text);
// What somebody can do whose token is refused, or may not do enough: it depends on where the token is from,
// since only the next in the order above is used when that one is gone.
std::string remedy_for(const Token& token);

std::string credentials_path(const Environment& environment);
// File 0600 in a folder 0700, replaced atomically.
void store_token(const Environment& environment, fs::Disk& disk, std::string_view token);
// False if there was none.
bool forget_token(const Environment& environment, fs::Disk& disk);

}  // namespace opentraces::hub
