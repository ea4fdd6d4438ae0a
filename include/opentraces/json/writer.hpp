// Values to JSON text: the compact form of JSONL lines, and the form that Python's json module gives
// with sorted keys, which is what content hashes are computed over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "opentraces/json/value.hpp"

namespace opentraces::json {

// Where written text goes; text arrives in pieces of any size.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void write(std::string_view text) = 0;
};

class StringSink final : public Sink {
public:
    void write(std::string_view text) override { m_text.append(text); }
    std::string& text() { return m_text; }

private:
    std::string m_text;
};

// Compact JSONL: no white space, UTF-8 raw, U+0000-001F and U+2028, U+2029, U+0085 escaped
// (the last three so that no reader splits the line there). NaN and infinities become null.
void append_compact(std::string& out, const Value& value);
std::string to_compact(const Value& value);
void append_compact_string(std::string& out, std::string_view text);
// Without the quotation marks, for texts written in pieces; a piece ends between two code points.
void append_compact_escaped(std::string& out, std::string_view text);
// \uxxxx, twice beyond U+FFFF.
void append_u_escape(std::string& out, char32_t code_point);
void append_compact_double(std::string& out,
                           double value);  // shortest digits; 1e16 as 1e+16, 1e-5 as 0.00001

// Canonical: keys sorted by code point, ", " and ": ", ASCII only with lower-case \uxxxx.
void append_canonical(std::string& out, const Value& value);
void append_canonical_string(std::string& out, std::string_view text);
void append_canonical_escaped(std::string& out, std::string_view text);
void append_canonical_double(std::string& out, double value);  // Python repr: 1e-05, 1e+16

}  // namespace opentraces::json
