// An index of git is read or refused, and never read behind its end.
#include "store/git_index.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto facts = opentraces::store::read_git_index(text, ".opentraces");
    // Which folder is asked for decides what is found, not what can be read.
    if (facts.has_value() != opentraces::store::read_git_index(text, "other").has_value()) std::abort();
    return 0;
}
