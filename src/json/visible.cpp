#include "opentraces/json/visible.hpp"

#include <string_view>

#include "opentraces/core/printable.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::json {
namespace {

// \uXXXX, twice beyond U+FFFF.
void append_unit(std::string& out, char32_t code) {
    constexpr std::string_view k_hex = "0123456789abcdef";
    if (code > 0xFFFF) {
        append_unit(out, 0xD800 + ((code - 0x10000) >> 10));
        code = 0xDC00 + (code & 0x3FF);
    }
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        out.push_back(k_hex[code >> shift & 0xF]);
}

}  // namespace

std::string to_visible(const Value& value) {
    std::string compact = to_compact(value);
    auto unseen = find_unseen(compact, 0);
    if (!unseen) return compact;
    std::string out;
    std::size_t begin = 0;
    // Outside of strings there is nothing of the kind.
    for (; unseen; unseen = find_unseen(compact, begin)) {
        out.append(compact, begin, unseen->at - begin);
        append_unit(out, unseen->code.value_or(0xFFFD));
        begin = unseen->at + unseen->length;
    }
    return out.append(compact, begin);
}

}  // namespace opentraces::json
