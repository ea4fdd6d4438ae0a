// JSON that was read can be written, in each form, and read again without a difference; tokens never leave
// their text, and there is no value without them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/core/text.hpp"
#include "opentraces/json/lexer.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::string canonical(const json::Value& value) {
    std::string text;
    json::append_canonical(text, value);
    return text;
}

std::optional<json::Value> parsed(std::string_view text) {
    try {
        return json::parse(text);
    } catch (const json::SyntaxError& error) {
        require(error.offset() <= text.size());
        return std::nullopt;
    }
}

template <class String>
bool are_tokens(std::string_view text) {
    json::Tokens<String> in(text);
    std::size_t end = 0;
    for (json::Token token = in.next(); token != json::Token::End; token = in.next()) {
        if (token == json::Token::Bad) {
            require(in.begin() <= text.size() && in.failed_at() <= text.size());
            return false;
        }
        require(end <= in.begin() && in.begin() < in.end() && in.end() <= text.size());
        end = in.end();
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = parsed(text);
    const bool decoded = are_tokens<std::string>(text);
    const bool located = are_tokens<json::StringToken>(text);
    require(located || !decoded);
    require(decoded || !value);
    if (!value) return 0;
    require(is_valid_utf8(text));
    const std::string compact = json::to_compact(*value);
    require(compact.find('\n') == std::string::npos);
    require(json::to_compact(json::parse(compact)) == compact);
    // The canonical form keeps NaN and infinities, so it is a fixed point of its own.
    const std::string sorted = canonical(*value);
    require(canonical(json::parse(sorted)) == sorted);
    std::size_t end = 0;
    require(json::to_compact(json::parse_prefix(text, end)) == compact);
    require(end <= size);
    return 0;
}
