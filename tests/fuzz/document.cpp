// Documents are read and written by another library than records: whatever the bytes are, both readers and
// both writers say the same.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/json/document.hpp"
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

bool is_finite(const json::Value& value) {
    if (const json::Number* number = value.if_number()) return std::isfinite(number->as_double());
    if (const json::Array* array = value.if_array())
        return std::all_of(array->begin(), array->end(), is_finite);
    if (const json::Object* object = value.if_object())
        return std::all_of(object->begin(), object->end(),
                           [](const json::Member& member) { return is_finite(member.second); });
    return true;
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
    require(document.value.has_value() || !is_finite(*exact.value));
    require(json::write_document(*exact.value) == json::to_compact(*exact.value));
    if (!document.value) return 0;
    require(*document.value == *exact.value);
    require(json::to_compact(json::read_document(json::write_pretty(*document.value))) ==
            json::to_compact(*document.value));
    return 0;
}
