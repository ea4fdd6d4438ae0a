#include "opentraces/core/joiners.hpp"

#include <cstddef>

namespace opentraces {
namespace {

constexpr std::string_view k_joiner = "\xE2\x80\x8D";            // U+200D
constexpr std::string_view k_picture_selector = "\xEF\xB8\x8F";  // U+FE0F

// U+203C and what follows: every emoji but the digits, © and ®. Before that lie the scripts in which joiners
// have a meaning.
bool ends_with_picture(std::string_view text) {
    std::size_t at = text.size();
    while (at > 0 && (static_cast<unsigned char>(text[at - 1]) & 0xC0U) == 0x80U)
        --at;
    return at > 0 && text.substr(at - 1) >= std::string_view("\xE2\x80\xBC");
}

}  // namespace

std::string without_joiners(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const bool joins = text.starts_with(k_joiner) || text.starts_with(k_picture_selector);
        if (joins && ends_with_picture(out)) {
            text.remove_prefix(k_joiner.size());
        } else {
            out.push_back(text.front());
            text.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace opentraces
