#include "opentraces/core/error.hpp"

#include <utility>

namespace opentraces {

Error::Error(ErrorCode code, std::string message, std::string hint)
    : m_code(code), m_message(std::move(message)), m_hint(std::move(hint)), m_what(m_message) {}

std::string Error::hint() const {
    return m_hint.empty() ? std::string(error_row(m_code).hint) : m_hint;
}

Error& Error::add_context(std::string doing) {
    m_context.push_back(std::move(doing));
    m_what = m_message;
    for (const std::string& line : m_context)
        m_what += " (while " + line + ")";
    return *this;
}

}  // namespace opentraces
