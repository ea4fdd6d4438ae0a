// The reader that skims a record and the decoder that builds it agree on every line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "opentraces/trace/codec.hpp"
#include "shard/wire_reader.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    shard::WireRecord wire;
    const bool accepted = shard::read_wire_record(line, wire);
    const trace::Decoded decoded = trace::decode(line);
    if (accepted) {
        require(decoded.record.has_value());
        require(decoded.unknown_keys.empty());
        require(wire.facts == shard::facts_of(*decoded.record));
        require(decoded.record->content_hash == wire.content_hash);
        require(decoded.record->trace_id == wire.trace_id);
    }
    // What is written is always in the form that can be skimmed, unless a number is beyond 64 bits.
    if (decoded.record && decoded.non_finite.empty()) {
        const std::string written = trace::encode(*decoded.record);
        const bool again = shard::read_wire_record(written, wire);
        if (again) require(wire.facts == shard::facts_of(*decoded.record));
    }
    return 0;
}
