// A record that was read can be written and read again without a difference.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/doubts.hpp"
#include "opentraces/trace/walk.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_round_trip(const trace::Decoded& decoded) {
    const std::string line = trace::encode(*decoded.record);
    const trace::Decoded again = trace::decode(line);
    require(again.record.has_value());
    require(again.unknown_keys.empty());
    require(again.non_finite.empty());
    const bool same = trace::content_hash(*again.record) == trace::content_hash(*decoded.record);
    require(same == decoded.non_finite.empty());
    require(trace::encode(*again.record) == line || !same);
}

// A visitor that changes every text leaves a record that can be written and read.
void check_walk(trace::TraceRecord record) {
    trace::walk_texts(record, [](const trace::TextPlace&, std::string& text) { text = "x"; });
    require(trace::decode(trace::encode(record)).record.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const trace::Decoded decoded = trace::decode(text);
    require(decoded.record.has_value() != decoded.problem.has_value());
    if (!decoded.record) return 0;
    check_round_trip(decoded);
    check_walk(*decoded.record);
    trace::doubts(*decoded.record);
    return 0;
}
