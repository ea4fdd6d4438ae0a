// Why a text is not JSON.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace opentraces::json {

// `reason` never quotes the text.
class SyntaxError : public std::runtime_error {
public:
    SyntaxError(std::size_t offset, const std::string& reason)
        : std::runtime_error(reason + " at byte " + std::to_string(offset + 1)), m_offset(offset) {}
    std::size_t offset() const { return m_offset; }  // bytes from the start

private:
    std::size_t m_offset;
};

}  // namespace opentraces::json
