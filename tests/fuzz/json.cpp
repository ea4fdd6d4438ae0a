// JSON that was read can be written, in each form, and read again without a difference.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/core/text.hpp"
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = parsed(text);
    if (!value) return 0;
    require(is_valid_utf8(text));
    const std::string compact = json::to_compact(*value);
    require(compact.find('\n') == std::string::npos);
    require(json::to_compact(json::parse(compact)) == compact);
    require(json::to_compact(json::parse(json::to_pretty(*value))) == compact);
    // The canonical form keeps NaN and infinities, so it is a fixed point of its own.
    const std::string sorted = canonical(*value);
    require(canonical(json::parse(sorted)) == sorted);
    std::size_t end = 0;
    require(json::to_compact(json::parse_prefix(text, end)) == compact);
    require(end <= size);
    return 0;
}
