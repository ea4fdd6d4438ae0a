// Documents are read and written by another library than records: whatever the bytes are, both readers and
// both writers say the same.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/json/document.hpp"
#include "opentraces/json/lexer.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct Outcome {
    std::optional<json::Value> value;
    std::string why;
};

template <class Read>
Outcome outcome(Read read, std::string_view text) {
    try {
        return {read(text), {}};
    } catch (const json::SyntaxError& error) {
        require(error.offset() <= text.size());
        return {std::nullopt, error.what()};
    }
}

// Of every number in the text, also of those that a later one of the same key replaces.
bool are_finite(std::string_view text) {
    json::LocatedTokens in(text);
    bool finite = true;
    for (json::Token token = in.next(); token != json::Token::End; token = in.next()) {
        if (token == json::Token::Number)
            finite = finite && std::isfinite(json::Number{std::string(in.text()), true}.as_double());
    }
    return finite;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const json::Value any(text);
    require(json::write_document(any) == json::to_compact(any));

    const Outcome document = outcome(json::read_document, text);
    const Outcome exact = outcome([](std::string_view t) { return json::parse(t); }, text);
    if (!exact.value) {
        require(!document.value && document.why == exact.why);
        return 0;
    }
    require(document.value.has_value() || !are_finite(text));
    require(json::write_document(*exact.value) == json::to_compact(*exact.value));
    if (!document.value) return 0;
    require(*document.value == *exact.value);
    require(json::to_compact(json::read_document(json::write_pretty(*document.value))) ==
            json::to_compact(*document.value));
    return 0;
}
