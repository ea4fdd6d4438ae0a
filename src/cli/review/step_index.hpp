// Where the steps of a stored trace are in its line, found without reading what they say: what a session
// costs to open does not grow with what is in it, but for the bytes that go by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/fs/disk.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::cli::review {

struct StepPlace {
    std::uint64_t begin = 0;  // of its '{'
    std::uint64_t length = 0;
    trace::Role role = trace::Role::Agent;
    std::uint32_t markers = 0;  // "[REDACTED" in its texts
};

struct StepIndex {
    std::vector<StepPlace> steps;
    std::string head;                // the record with "steps":[]
    std::uint32_t head_markers = 0;  // in it
};

// Reads on to the end. Lines are those that trace::encode() writes; of any others, the steps are few or none.
StepIndex index_steps(fs::ReadFile& line);

// The same, fed with pieces.
class StepScanner {
public:
    void feed(std::string_view bytes);
    StepIndex finish();

private:
    void scan(bool to_the_end);
    void string_byte(char c);
    void structure_byte(char c);
    void close(char c);
    void begin_step();
    void end_step();
    std::uint64_t offset() const { return m_base + m_at; }

    std::string m_window;  // bytes that are looked at; m_at is the next of them
    std::size_t m_at = 0;
    std::uint64_t m_base = 0;    // offset of the window's first byte
    std::uint64_t m_copied = 0;  // up to here the head has what belongs to it

    int m_depth = 0;
    bool m_in_string = false;
    bool m_escaped = false;
    bool m_in_steps = false;
    bool m_in_step = false;
    bool m_collects = false;  // a string of the record itself, which may be a key
    std::string m_key;
    StepPlace m_step;
    StepIndex m_index;
};

}  // namespace opentraces::cli::review
