#include "security/scan/json_text.hpp"

#include "opentraces/json/lexer.hpp"

namespace opentraces::security {

bool is_json(std::string_view text) {
    json::LocatedTokens in(text);
    json::Token token = in.next();
    while (token != json::Token::End && token != json::Token::Bad)
        token = in.next();
    return token == json::Token::End;
}

}  // namespace opentraces::security
