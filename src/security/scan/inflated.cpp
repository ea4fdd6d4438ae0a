#include <zlib.h>

#include "security/scan/encoded.hpp"

namespace opentraces::security {

std::optional<std::string> inflated(std::string_view bytes) {
    constexpr std::size_t k_max_text = std::size_t{1} << 20;
    constexpr int k_either_header = 32;
    z_stream stream{};
    if (inflateInit2(&stream, MAX_WBITS + k_either_header) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string text;
    int answer = Z_OK;
    while (answer == Z_OK && text.size() < k_max_text) {
        const std::size_t before = text.size();
        text.resize(before + std::size_t{16} * 1024);
        stream.next_out = reinterpret_cast<Bytef*>(text.data() + before);
        stream.avail_out = static_cast<uInt>(text.size() - before);
        answer = inflate(&stream, Z_NO_FLUSH);
        text.resize(text.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    // What was cut off at its end is read as far as it goes.
    const bool readable = answer == Z_STREAM_END || (answer == Z_BUF_ERROR && !text.empty());
    if (!readable) return std::nullopt;
    return text;
}

}  // namespace opentraces::security
