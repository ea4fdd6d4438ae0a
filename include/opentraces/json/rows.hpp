// A byte stream as foreign rows (JSON values), however they are laid out: one per line, one after the other,
// or as the elements of one array. Memory grows with the largest row only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "opentraces/json/lexer.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::json {

struct RowText {
    std::string_view text;     // to be parsed; valid until the next call
    std::size_t line = 0;      // where it starts, 1-based
    bool too_long = false;     // longer than the limit: text is empty
    std::uint64_t length = 0;  // bytes, also when too_long
};

// Brackets and quotation marks alone say where a row ends, so a broken one costs no more than itself;
// in lines, no more than its line.
class RowReader {
public:
    // `lines`: one row per line, as a file name ending in .jsonl says. Otherwise the first bytes decide:
    // '[' starts an array of rows, a first line that is complete means lines.
    RowReader(ByteSource source, bool lines, std::size_t max_row = k_default_max_line);
    // False at the end. Blank lines are no rows.
    bool next(RowText& row);

private:
    enum class Layout { Unknown, Lines, Elements, Sequence };

    bool fill();
    int peek();
    void take();
    void decide();
    bool next_line(RowText& row);
    bool next_value(RowText& row);
    void skip_separators();
    bool ends_value(char c, bool& keep);
    ByteSource rest();

    ByteSource m_source;
    Layout m_layout;
    std::size_t m_max;
    std::string m_buffer;
    std::size_t m_at = 0;
    bool m_at_end = false;
    std::size_t m_line = 1;
    std::string m_text;  // of the row
    // While a value is being read.
    std::uint64_t m_length = 0;
    Brackets m_brackets;
    std::unique_ptr<LineReader> m_lines;
};

}  // namespace opentraces::json
