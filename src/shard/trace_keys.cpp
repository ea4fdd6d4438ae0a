#include "opentraces/shard/trace_keys.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"

namespace opentraces::shard {

TraceKey trace_key(std::string_view trace_id) {
    TraceKey key{};
    if (const auto bytes = uuid_bytes(trace_id)) {
        std::copy_n(bytes->begin(), key.size(), key.begin());
        return key;
    }
    Sha256 sha;
    sha.update(trace_id);
    const auto digest = sha.finish();
    std::copy_n(digest.begin(), key.size(), key.begin());
    return key;
}

TraceKey TraceKeys::at(std::size_t index) const {
    TraceKey key{};
    std::copy_n(m_bytes.begin() + static_cast<std::ptrdiff_t>(index * key.size()), key.size(), key.begin());
    return key;
}

TraceKeys TraceKeys::from_bytes(std::string bytes) {
    if (bytes.size() % TraceKey{}.size() != 0)
        throw Error(ErrorCode::Internal, "not a list of 16-byte trace ids");
    TraceKeys keys;
    keys.m_bytes = std::move(bytes);
    return keys;
}

}  // namespace opentraces::shard
