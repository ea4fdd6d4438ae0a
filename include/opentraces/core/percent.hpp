// Percent escapes (RFC 3986 section 2.1), as addresses, header lists and folder names of agents have them.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/hex.hpp"

namespace opentraces {

// What is no escape stays as it is. The bytes need not be UTF-8.
inline std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int value = text[i] == '%' ? hex_value(text, i + 1, 2) : -1;
        if (value < 0) {
            out.push_back(text[i]);
            continue;
        }
        out.push_back(static_cast<char>(value));
        i += 2;
    }
    return out;
}

}  // namespace opentraces
