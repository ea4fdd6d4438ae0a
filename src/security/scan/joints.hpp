// Where a value goes on that something has broken into parts: a terminal that ran out of columns, a line that
// is continued, literals that code puts together.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "security/scan/views.hpp"

namespace opentraces::security {

enum class Break {
    Loose,  // the end of a line, neighbours, a list: the parts may be strangers
    Tight,  // a sign that says that the parts belong together
};

struct Joint {
    Break kind = Break::Loose;
    std::size_t end = 0;  // where the next part begins
};

// The joint that begins at `at`, the end of a part. Line numbers, borders, quote signs and indentation on
// either side of a line end belong to it.
std::optional<Joint> joint_at(std::string_view text, std::size_t at);

struct Joined {
    View view;                  // from `begin` of the text on, without the joints
    std::size_t begin = 0;      // in the text
    std::size_t first_end = 0;  // where the first part ends, in the view
    Break last = Break::Loose;  // how the last part is joined
    bool loose = false;         // one of the parts is

    std::size_t source_begin(std::size_t at) const { return begin + view.source_begin(at); }
    std::size_t source_end(std::size_t end) const { return begin + view.source_end(end); }
};

struct JoinOptions {
    std::size_t max_parts = 64;
    std::size_t max_bytes = 8192;
    bool whole_lines = false;  // behind the end of a line, only what has a line for itself
    bool any_width = false;    // the first two lines need not be as a terminal wraps them
};

// Do lines look as if they had been wrapped at one width?
class WrappedLines {
public:
    // `part` is what follows the line that ends behind `end`.
    bool go_on(std::string_view text, std::size_t end, Span part, const JoinOptions& options);

private:
    std::size_t m_full = 0;  // columns of a line that was wrapped
    std::size_t m_last = 0;  // of the line before
};

// Puts the parts from `begin` on together, one by one, when the first ends in a joint at `end`. No line that
// a part goes on in is longer than the one before, and behind a line that is shorter nothing goes on.
class Joiner {
public:
    Joiner(std::string_view text, std::size_t begin, std::size_t end, const JoinOptions& options);
    // Adds the next part; false if there is none.
    bool add();
    const Joined& joined() const { return m_joined; }

private:
    std::string_view m_text;
    std::string_view m_window;
    JoinOptions m_options;
    std::size_t m_end;  // of the last part, in the text
    std::size_t m_parts = 1;
    WrappedLines m_lines;
    Joined m_joined;
};

// All parts at once; nullopt if there is only the first.
std::optional<Joined> joined_at(std::string_view text, std::size_t begin, std::size_t end,
                                const JoinOptions& options = {});

}  // namespace opentraces::security
