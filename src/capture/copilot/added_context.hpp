// What the program has put around the words that were typed.
#pragma once

#include <string>
#include <string_view>

#include "capture/blocks.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::copilot {

// `sent` without `typed`; all of it where the words are not in it.
inline std::string added_to(std::string_view typed, std::string_view sent) {
    const std::size_t at = sent.find(typed);
    if (typed.empty() || at == std::string_view::npos) return std::string(sent);
    std::string added(trim(sent.substr(0, at)));
    append_paragraph(added, trim(sent.substr(at + typed.size())));
    return added;
}

}  // namespace opentraces::capture::copilot
