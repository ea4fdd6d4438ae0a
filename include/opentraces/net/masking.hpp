// A server can send back what it was given: credentials are taken out of everything it says before anybody
// else reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/net/transport.hpp"

namespace opentraces::net {

// Finds secrets in text: as they are, with JSON or percent escapes (also of percent signs), and within base64
// as in Basic credentials. Shorter ones than 6 bytes are not looked for.
class Mask {
public:
    explicit Mask(const std::vector<std::string>& secrets);
    bool finds(std::string_view text) const;
    // Each occurrence becomes "[token]"; of base64 the whole run does.
    std::string masked(std::string text) const;

private:
    struct Found {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    bool next(std::string_view text, std::size_t from, Found& found) const;

    std::vector<std::string> m_plain;
    std::vector<std::string>
        m_base64;  // what is certain of each secret's base64, at each of three alignments
};

// Masks headers, collected bodies and failures. What goes to a request's sink is content and passes as it is.
class MaskingTransport final : public Transport {
public:
    MaskingTransport(Transport& inner, const std::vector<std::string>& secrets)
        : m_inner(inner), m_mask(secrets) {}
    Response send(const Request& request) override;

private:
    Transport& m_inner;
    Mask m_mask;
};

}  // namespace opentraces::net
