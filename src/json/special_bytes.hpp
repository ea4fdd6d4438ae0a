// Which bytes of a text a reader or writer of JSON strings has to look at, found 16 at a time where the
// processor can.
#pragma once

#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace opentraces::json {

inline constexpr std::size_t k_block = 16;

enum class Also {
    Control,        // below 0x20
    NotPlainAscii,  // below 0x20, and 0x7F and above
};

template <Also Kind, unsigned char... Wanted>
constexpr bool is_special(unsigned char c) {
    return c < 0x20 || (Kind == Also::NotPlainAscii && c >= 0x7F) || ((c == Wanted) || ...);
}

// Among the 16 bytes there, the first one that is `Wanted` or of that kind; 16 if there is none.
template <Also Kind, unsigned char... Wanted>
std::size_t first_special(const char* block) {
#if defined(__SSE2__)
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
    __m128i found = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    // As signed numbers, bytes from 0x80 on are below 0x20 too.
    if constexpr (Kind == Also::NotPlainAscii)
        found = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
                             _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)));
    ((found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(static_cast<char>(Wanted))))), ...);
    const int mask = _mm_movemask_epi8(found);
    return mask == 0 ? k_block : static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
#else
    std::size_t at = 0;
    while (at < k_block && !is_special<Kind, Wanted...>(static_cast<unsigned char>(block[at])))
        ++at;
    return at;
#endif
}

// The same in a text, from `at` on; the size of the text if there is none.
template <Also Kind, unsigned char... Wanted>
std::size_t find_special(std::string_view text, std::size_t at) {
    for (; at + k_block <= text.size(); at += k_block) {
        const std::size_t found = first_special<Kind, Wanted...>(text.data() + at);
        if (found != k_block) return at + found;
    }
    while (at < text.size() && !is_special<Kind, Wanted...>(static_cast<unsigned char>(text[at])))
        ++at;
    return at;
}

}  // namespace opentraces::json
