// HTML text straight into a sink: tags as they are, everything else escaped.
#pragma once

#include <string>
#include <string_view>

#include "formats/view/visible.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::formats {

class HtmlOut {
public:
    explicit HtmlOut(json::Sink& sink) : m_sink(sink) { m_out.reserve(2 * k_buffer); }
    HtmlOut(const HtmlOut&) = delete;
    HtmlOut& operator=(const HtmlOut&) = delete;

    // Markup of this program, never of a trace.
    HtmlOut& tag(std::string_view markup) {
        m_out.append(markup);
        return flush_if_full();
    }
    HtmlOut& text(std::string_view text) {
        append_html(m_out, text);
        return flush_if_full();
    }
    HtmlOut& number(std::size_t number) { return tag(std::to_string(number)); }
    void finish() {
        m_sink.write(m_out);
        m_out.clear();
    }

private:
    static constexpr std::size_t k_buffer = std::size_t{64} << 10;
    HtmlOut& flush_if_full() {
        if (m_out.size() >= k_buffer) finish();
        return *this;
    }

    json::Sink& m_sink;
    std::string m_out;
};

// The body of messages: paragraphs, code, strong text.
void write_prose(HtmlOut& out, std::string_view text);

}  // namespace opentraces::formats
