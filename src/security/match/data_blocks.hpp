// Blocks of base64 in lines: what a program prints of an image, a font, a certificate or a key.
#pragma once

#include <cstddef>
#include <string_view>

#include "security/rules/rule.hpp"

namespace opentraces::security {

// Which runs of a text are lines of a block that may stay: its frame or its first bytes say that it is public
// or a picture. Without that it may be a private key whose first line was cut off, and every line counts by
// itself. Asked for in the order of the text, all runs together cost one pass.
class HarmlessBlocks {
public:
    explicit HarmlessBlocks(std::string_view text) : m_text(text) {}
    bool holds(Span run);

private:
    std::string_view line_before(std::size_t begin) const;
    bool is_announced(std::size_t begin) const;
    void find_block(std::size_t line);

    std::string_view m_text;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    bool m_harmless = false;
};

}  // namespace opentraces::security
