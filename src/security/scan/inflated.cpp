#include <zlib.h>

#include <algorithm>

#include "security/scan/encoded.hpp"

namespace opentraces::security {

std::optional<std::string> inflated(std::string_view bytes) {
    constexpr int k_either_header = 32;
    const std::size_t most = k_inflated_floor + k_inflated_ratio * bytes.size();
    z_stream stream{};
    if (inflateInit2(&stream, MAX_WBITS + k_either_header) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string text;
    int answer = Z_OK;
    while (answer == Z_OK && text.size() < most) {
        const std::size_t before = text.size();
        text.resize(std::min(most, before + std::size_t{16} * 1024));
        stream.next_out = reinterpret_cast<Bytef*>(text.data() + before);
        stream.avail_out = static_cast<uInt>(text.size() - before);
        answer = inflate(&stream, Z_NO_FLUSH);
        text.resize(text.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    // What was cut off at its end, or makes more than that, is read as far as it goes.
    const bool readable =
        answer == Z_STREAM_END || ((answer == Z_OK || answer == Z_BUF_ERROR) && !text.empty());
    if (!readable) return std::nullopt;
    return text;
}

}  // namespace opentraces::security
