#include "capture/decoders.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "opentraces/core/error.hpp"

namespace opentraces::capture {
namespace {

constexpr std::size_t k_piece = std::size_t{64} << 10;
constexpr std::string_view k_zstd_magic("\x28\xb5\x2f\xfd", 4);  // RFC 8878, section 3.1.1
constexpr std::string_view k_gzip_magic("\x1f\x8b", 2);          // RFC 1952, section 2.3.1
// As much of what came before as a stream may refer to: 128 MiB, what zstd itself writes at most by default.
constexpr int k_window_log = 27;
constexpr std::size_t k_most_decoded = std::size_t{1} << 30;

[[noreturn]] void throw_damaged(const std::string& reason) {
    throw Error(ErrorCode::CorruptSession, "the compressed stream cannot be read: " + reason);
}

// What was read and not yet used.
class Input {
public:
    explicit Input(json::ByteSource source) : m_source(std::move(source)), m_buffer(k_piece, '\0') {}

    std::string_view rest() const { return {m_buffer.data() + m_begin, m_end - m_begin}; }
    void use(std::size_t count) { m_begin += count; }
    // False at the end.
    bool fill() {
        std::copy(m_buffer.begin() + static_cast<std::ptrdiff_t>(m_begin),
                  m_buffer.begin() + static_cast<std::ptrdiff_t>(m_end), m_buffer.begin());
        m_end -= std::exchange(m_begin, 0);
        const std::size_t count = m_source(m_buffer.data() + m_end, m_buffer.size() - m_end);
        m_end += count;
        return count > 0;
    }

private:
    json::ByteSource m_source;
    std::string m_buffer;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

class Plain {
public:
    explicit Plain(Input input) : m_input(std::move(input)) {}
    std::size_t read(char* buffer, std::size_t size) {
        if (m_input.rest().empty() && !m_input.fill()) return 0;
        const std::size_t count = m_input.rest().copy(buffer, size);
        m_input.use(count);
        return count;
    }

private:
    Input m_input;
};

class Zstd {
public:
    explicit Zstd(Input input) : m_input(std::move(input)), m_stream(ZSTD_createDCtx()) {
        if (!m_stream) throw Error(ErrorCode::Internal, "out of memory");
        ZSTD_DCtx_setParameter(m_stream.get(), ZSTD_d_windowLogMax, k_window_log);
    }
    std::size_t read(char* buffer, std::size_t size) {
        ZSTD_outBuffer out{buffer, size, 0};
        while (out.pos == 0) {
            const bool more = !m_input.rest().empty() || m_input.fill();
            ZSTD_inBuffer in{m_input.rest().data(), m_input.rest().size(), 0};
            const std::size_t answer = ZSTD_decompressStream(m_stream.get(), &out, &in);
            if (ZSTD_isError(answer) != 0) throw_damaged(ZSTD_getErrorName(answer));
            m_input.use(in.pos);
            if (more) m_open = answer != 0;
            if (out.pos > 0) break;
            if (more) continue;
            if (m_open) throw_damaged("it is cut off");
            return 0;
        }
        return out.pos;
    }

private:
    struct Free {
        void operator()(ZSTD_DCtx* stream) const { ZSTD_freeDCtx(stream); }
    };
    Input m_input;
    std::unique_ptr<ZSTD_DCtx, Free> m_stream;
    bool m_open = true;  // a frame has begun and not ended
};

class Gzip {
public:
    explicit Gzip(Input input) : m_input(std::move(input)) {
        constexpr int k_gzip_only = 16;
        if (inflateInit2(&m_stream, MAX_WBITS + k_gzip_only) != Z_OK)
            throw Error(ErrorCode::Internal, "out of memory");
    }
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;
    ~Gzip() { inflateEnd(&m_stream); }

    std::size_t read(char* buffer, std::size_t size) {
        m_stream.next_out = reinterpret_cast<Bytef*>(buffer);
        m_stream.avail_out = static_cast<uInt>(std::min(size, k_piece));
        const uInt room = m_stream.avail_out;
        while (m_stream.avail_out == room) {
            if (m_input.rest().empty() && !m_input.fill()) {
                if (!m_at_start) throw_damaged("it is cut off");
                return 0;
            }
            // A file may be several streams one after the other.
            if (m_at_start && inflateReset(&m_stream) != Z_OK) throw_damaged("it cannot be begun");
            m_at_start = false;
            m_stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(m_input.rest().data()));
            m_stream.avail_in = static_cast<uInt>(m_input.rest().size());
            const int answer = inflate(&m_stream, Z_NO_FLUSH);
            m_input.use(m_input.rest().size() - m_stream.avail_in);
            if (answer != Z_OK && answer != Z_STREAM_END && answer != Z_BUF_ERROR)
                throw_damaged(m_stream.msg == nullptr ? "not gzip" : m_stream.msg);
            m_at_start = answer == Z_STREAM_END;
        }
        return room - m_stream.avail_out;
    }

private:
    Input m_input;
    z_stream m_stream{};
    bool m_at_start = true;  // between two streams
};

template <class Decoder>
json::ByteSource source_of(Input input) {
    const auto decoder = std::make_shared<Decoder>(std::move(input));
    return [decoder](char* buffer, std::size_t size) { return size == 0 ? 0 : decoder->read(buffer, size); };
}

// A few bytes can stand for any number of them.
json::ByteSource bounded(json::ByteSource source) {
    return [source = std::move(source), left = k_most_decoded](char* buffer, std::size_t size) mutable {
        const std::size_t count = source(buffer, size);
        if (count > left) throw_damaged("it holds more than 1 GiB");
        left -= count;
        return count;
    };
}

}  // namespace

json::ByteSource decoded(json::ByteSource source) {
    Input input(std::move(source));
    while (input.rest().size() < k_zstd_magic.size() && input.fill()) {
    }
    if (input.rest().starts_with(k_zstd_magic)) return bounded(source_of<Zstd>(std::move(input)));
    if (input.rest().starts_with(k_gzip_magic)) return bounded(source_of<Gzip>(std::move(input)));
    return source_of<Plain>(std::move(input));
}

}  // namespace opentraces::capture
