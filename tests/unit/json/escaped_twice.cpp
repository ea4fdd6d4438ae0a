#include "catch.hpp"
#include "opentraces/json/nested_text.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    json::append_compact_escaped(out, text);
    return out;
}

std::string escaped_twice(std::string_view text) {
    std::string out;
    json::append_compact_escaped_twice(out, text);
    return out;
}

}  // namespace

TEST_CASE("json: escaping twice at once is escaping the escaped") {
    for (int c = 0; c < 128; ++c) {
        const std::string text =
            "some text in front" + std::string(1, static_cast<char>(c)) + "and behind it";
        CHECK(escaped_twice(text) == escaped(escaped(text)));
    }
    const std::string text = "\xE2\x80\xA8 \xC2\x85 \xC3\xA9 \xE2\x82\xAC \"q\" C:\\\\x \n\n\t\x01";
    CHECK(escaped_twice(text) == escaped(escaped(text)));
    for (std::size_t length = 0; length < text.size(); ++length)
        CHECK(escaped_twice(text.substr(0, length)) == escaped(escaped(text.substr(0, length))));
}
