// Markdown (CommonMark with GitHub's tables) straight into a sink; trace text can neither end its block nor
// be markup or HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/readable/readable.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::formats {

class MarkdownOut {
public:
    explicit MarkdownOut(json::Sink& sink) : m_sink(sink) { m_out.reserve(2 * k_buffer); }
    MarkdownOut(const MarkdownOut&) = delete;
    MarkdownOut& operator=(const MarkdownOut&) = delete;

    // Markup of this program, never of a trace.
    MarkdownOut& raw(std::string_view markup);
    // Text between HTML tags.
    MarkdownOut& html(std::string_view text);
    // Text on one line of Markdown: a heading, a cell.
    MarkdownOut& inline_text(std::string_view text);
    // A message: its lines as they are, its code in fences.
    void prose(std::string_view text);
    // A fence longer than any row of backticks inside. `language` is letters and digits.
    void fence(std::string_view language, std::string_view text);
    void diff(const std::vector<DiffLine>& lines);
    void finish();

private:
    static constexpr std::size_t k_buffer = std::size_t{64} << 10;
    void escaped(std::string_view text);
    void prose_line(std::string_view line);
    void code_span(std::string_view text);
    void fenced(std::string_view language);

    json::Sink& m_sink;
    std::string m_out;
    std::string m_text;  // what is being written, made visible
};

}  // namespace opentraces::formats
