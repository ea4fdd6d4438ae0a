// UTF-8 by a table of transitions: a row for each byte, in which the next state stands at the bit that the
// state before it names, so that a byte costs a load and a shift (P. Vognsen's arrangement of B. Hoehrmann's
// automaton).
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "opentraces/core/text.hpp"

namespace opentraces {
namespace {

// A state is the place of its six bits in a row; what no row fills leads to Bad, and Bad leads nowhere else.
enum State : std::uint64_t {
    Bad = 0,
    Whole = 6,     // between two characters
    OneMore = 12,  // continuation bytes that are missing
    TwoMore = 18,
    ThreeMore = 24,
    AfterE0 = 30,  // no shorter form: A0 to BF
    AfterED = 36,  // no surrogate: 80 to 9F
    AfterF0 = 42,  // no shorter form: 90 to BF
    AfterF4 = 48,  // not beyond U+10FFFF: 80 to 8F
};
constexpr std::uint64_t k_state_bits = 63;

struct Transition {
    unsigned first;
    unsigned last;
    State from;
    State to;
};

// Unicode 15, table 3-7.
constexpr std::array<Transition, 16> k_transitions{{{0x00, 0x7F, Whole, Whole},
                                                    {0xC2, 0xDF, Whole, OneMore},
                                                    {0xE0, 0xE0, Whole, AfterE0},
                                                    {0xE1, 0xEC, Whole, TwoMore},
                                                    {0xED, 0xED, Whole, AfterED},
                                                    {0xEE, 0xEF, Whole, TwoMore},
                                                    {0xF0, 0xF0, Whole, AfterF0},
                                                    {0xF1, 0xF3, Whole, ThreeMore},
                                                    {0xF4, 0xF4, Whole, AfterF4},
                                                    {0x80, 0xBF, OneMore, Whole},
                                                    {0x80, 0xBF, TwoMore, OneMore},
                                                    {0x80, 0xBF, ThreeMore, TwoMore},
                                                    {0xA0, 0xBF, AfterE0, OneMore},
                                                    {0x80, 0x9F, AfterED, OneMore},
                                                    {0x90, 0xBF, AfterF0, TwoMore},
                                                    {0x80, 0x8F, AfterF4, TwoMore}}};

constexpr std::array<std::uint64_t, 256> k_rows = [] {
    std::array<std::uint64_t, 256> rows{};
    for (const Transition& row : k_transitions) {
        for (unsigned byte = row.first; byte <= row.last; ++byte)
            rows[byte] |= std::uint64_t{row.to} << row.from;
    }
    return rows;
}();

constexpr std::size_t k_block = 16;

bool is_ascii_block(const char* block) {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), block, k_block);
    return ((words[0] | words[1]) & 0x8080808080808080) == 0;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
    std::uint64_t state = Whole;
    std::size_t at = 0;
    const auto take = [&] {
        state = k_rows[static_cast<unsigned char>(text[at++])] >> (state & k_state_bits);
    };
    while (text.size() - at >= k_block) {
        if ((state & k_state_bits) == Whole && is_ascii_block(text.data() + at)) {
            at += k_block;
            continue;
        }
        for (std::size_t i = 0; i < k_block; ++i)
            take();
    }
    while (at < text.size())
        take();
    return (state & k_state_bits) == Whole;
}

}  // namespace opentraces
