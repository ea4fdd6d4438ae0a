#include "opentraces/shard/trace_keys.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::shard {
namespace {

constexpr std::string_view k_form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<TraceKey> uuid_bytes(std::string_view text) {
    if (text.size() != k_form.size()) return std::nullopt;
    TraceKey key{};
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (k_form[i] == '-') {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const int digit = digit_of(text[i]);
        if (digit < 0) return std::nullopt;
        char& byte = key[digits++ / 2];
        byte = static_cast<char>(static_cast<unsigned char>(byte) << 4 | digit);
    }
    return key;
}

}  // namespace

TraceKey trace_key(std::string_view trace_id) {
    if (const auto key = uuid_bytes(trace_id)) return *key;
    Sha256 sha;
    sha.update(trace_id);
    const auto digest = sha.finish();
    TraceKey key{};
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
