// Patches as git prints them, a hunk at a time, as the text that it leaves behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/lines.hpp"

namespace opentraces::flow {

// Of a hunk, or of the message of a commit.
struct DiffPart {
    std::string commit;  // as printed; empty: a change that is in no commit yet
    std::string path;    // of the file afterwards, from the top of the repository; empty: the message
};

// Reads what `git log -p --format=k_commit_format` and `git diff` print: git-diff(1), "generating patch text
// with -p" and "combined diff format". Memory does not grow with a line or a hunk, except for where in it
// something was added.
class DiffReader {
public:
    // The words of a message are indented by one blank, so that none looks like the head of a patch.
    static constexpr const char* k_commit_format = "commit %H%n%w(0,1,1)%B";

    explicit DiffReader(json::ByteSource in) : m_in(std::move(in)) {}

    // The next one that leaves text behind, with what was not read of the one before left out.
    bool next(DiffPart& part);
    // Of its text; 0 at its end. For a hunk these are the lines around the change, and what was added.
    std::size_t read(char* buffer, std::size_t size);

    // Where bytes of the text that were read stand in the file, or in the message; `line` is that of the
    // text, from 1 on. Not of a hunk: 0. `added`: at least one of them is new.
    struct Place {
        std::uint64_t line = 0;
        bool added = false;
    };
    Place place_of(std::uint64_t offset, std::uint64_t length, std::uint64_t line) const;

private:
    enum class Mode { Between, Message, Hunk };
    // Lines one after another, all of them added or none.
    struct Stretch {
        std::uint64_t offset;
        std::uint64_t text_line;
        std::uint64_t file_line;
        bool added;
    };

    bool need(std::size_t bytes);
    std::string header_line();
    bool begin_part(const std::string& line, DiffPart& part);
    bool begin_hunk(const std::string& line);
    // Looks at the beginning of a line: false at the end of the part.
    bool begin_line();
    bool begin_message_line();
    bool begin_hunk_line();
    void note_line(bool added);
    bool hunk_is_over() const;

    json::ByteSource m_in;
    std::string m_buffer;
    std::size_t m_at = 0;
    bool m_at_end = false;

    Mode m_mode = Mode::Between;
    bool m_in_line = false;
    bool m_leaves_out = false;  // the line: it was removed, or is no line of the file
    std::string m_commit;
    std::string m_path;
    std::vector<std::uint64_t> m_old;  // lines of each parent that are still to come
    std::uint64_t m_new = 0;
    std::uint64_t m_file_line = 0;
    std::uint64_t m_text_line = 0;
    std::uint64_t m_offset = 0;  // bytes of text so far
    std::vector<Stretch> m_stretches;
};

}  // namespace opentraces::flow
