#include "security/scan/json_text.hpp"

#include "opentraces/json/lexer.hpp"

namespace opentraces::security {

bool is_json(std::string_view text) {
    // What nests deeper is read as text: every level costs memory.
    constexpr std::size_t k_max_nesting = 1000;
    json::LocatedTokens in(text, k_max_nesting);
    json::Token token = in.next();
    while (token != json::Token::End && token != json::Token::Bad)
        token = in.next();
    return token == json::Token::End;
}

}  // namespace opentraces::security
