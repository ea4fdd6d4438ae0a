#include "flow/diff_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace opentraces::flow {
namespace {

constexpr std::size_t k_read_size = std::size_t{64} << 10;
constexpr std::size_t k_longest_header = std::size_t{64} << 10;
constexpr std::string_view k_commit = "commit ";
constexpr std::string_view k_diff = "diff ";
constexpr std::string_view k_after = "+++ ";

// A name as git quotes it where it holds quotes, backslashes or control characters.
std::string unquoted(std::string_view name) {
    if (!name.starts_with('"')) return std::string(name);
    constexpr std::string_view k_letters = "abfnrtv\"\\";
    constexpr std::string_view k_meanings = "\a\b\f\n\r\t\v\"\\";
    std::string plain;
    for (std::size_t at = 1; at < name.size() && name[at] != '"'; ++at) {
        if (name[at] != '\\' || at + 1 == name.size()) {
            plain.push_back(name[at]);
            continue;
        }
        const std::size_t letter = k_letters.find(name[++at]);
        unsigned octal = 0;
        const std::string_view digits = name.substr(at, 3);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), octal, 8);
        if (letter != std::string_view::npos) {
            plain.push_back(k_meanings[letter]);
        } else if (error == std::errc{} && end == digits.data() + 3) {
            plain.push_back(static_cast<char>(octal));
            at += 2;
        }
    }
    return plain;
}

// Empty for "/dev/null".
std::string path_after(std::string_view name) {
    if (name.ends_with('\t')) name.remove_suffix(1);  // behind names with blanks
    const std::string plain = unquoted(name);
    return plain.starts_with("b/") ? plain.substr(2) : std::string();
}

// "-12,3" or "+12": the line and how many; the sign has been looked at.
struct Range {
    std::uint64_t line = 0;
    std::uint64_t count = 1;
};
bool read_range(std::string_view word, Range& range) {
    const char* const end = word.data() + word.size();
    auto read = std::from_chars(word.data() + 1, end, range.line);
    if (read.ec != std::errc{}) return false;
    if (read.ptr == end) return true;
    read = std::from_chars(read.ptr + 1, end, range.count);
    return read.ec == std::errc{} && read.ptr == end;
}

}  // namespace

// False when the stream ends before.
bool DiffReader::need(std::size_t bytes) {
    while (m_buffer.size() - m_at < bytes && !m_at_end) {
        m_buffer.erase(0, m_at);
        m_at = 0;
        const std::size_t old = m_buffer.size();
        m_buffer.resize(old + k_read_size);
        const std::size_t got = m_in(m_buffer.data() + old, k_read_size);
        m_buffer.resize(old + got);
        m_at_end = got == 0;
    }
    return m_buffer.size() - m_at >= bytes;
}

// Without its end; what is longer than any header is left out.
std::string DiffReader::header_line() {
    std::string line;
    while (need(1)) {
        const std::string_view rest = std::string_view(m_buffer).substr(m_at);
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        line.append(
            rest.substr(0, std::min(end, k_longest_header - std::min(line.size(), k_longest_header))));
        m_at += std::min(end + 1, rest.size());
        if (end < rest.size()) break;
    }
    return line;
}

bool DiffReader::next(DiffPart& part) {
    for (;;) {
        std::array<char, 4096> left_over{};
        while (read(left_over.data(), left_over.size()) > 0) {
        }
        m_mode = Mode::Between;
        if (!need(1)) return false;
        if (begin_part(header_line(), part)) return true;
    }
}

bool DiffReader::begin_part(const std::string& line, DiffPart& part) {
    const std::string_view text = line;
    m_in_line = false;
    m_offset = m_text_line = 0;
    m_stretches.clear();
    if (text.starts_with(k_commit)) {
        m_commit = text.substr(k_commit.size());
        m_path.clear();
        m_mode = Mode::Message;
        m_file_line = 1;
    } else if (text.starts_with(k_diff)) {
        m_path.clear();
        return false;
    } else if (text.starts_with(k_after)) {
        m_path = path_after(text.substr(k_after.size()));
        return false;
    } else if (!begin_hunk(line)) {
        return false;
    } else {
        m_mode = Mode::Hunk;
    }
    part = {m_commit, m_path};
    return m_mode == Mode::Message || (m_new > 0 && !m_path.empty());
}

// "@@ -1,2 +3,4 @@ …", and of a merge "@@@ -1,2 -1,2 +3,4 @@@ …".
bool DiffReader::begin_hunk(const std::string& line) {
    const std::size_t signs = std::min(line.find_first_not_of('@'), line.size());
    if (signs < 2) return false;
    std::vector<std::uint64_t> old;
    Range after;
    std::size_t at = signs;
    for (std::size_t parent = 0; parent < signs; ++parent) {
        const std::size_t end = std::min(line.find(' ', at + 1), line.size());
        if (at + 1 >= end) return false;
        Range range;
        const std::string_view word = std::string_view(line).substr(at + 1, end - at - 1);
        if (word[0] != (parent + 1 < signs ? '-' : '+') || !read_range(word, range)) return false;
        if (parent + 1 < signs) {
            old.push_back(range.count);
        } else {
            after = range;
        }
        at = end;
    }
    m_old = std::move(old);
    m_new = after.count;
    m_file_line = after.line;
    return true;
}

bool DiffReader::hunk_is_over() const {
    return m_new == 0 &&
           std::all_of(m_old.begin(), m_old.end(), [](std::uint64_t left) { return left == 0; });
}

void DiffReader::note_line(bool added) {
    ++m_text_line;
    if (m_stretches.empty() || m_stretches.back().added != added)
        m_stretches.push_back({m_offset, m_text_line, m_file_line, added});
    ++m_file_line;
}

bool DiffReader::begin_message_line() {
    const char first = m_buffer[m_at];
    if (first != ' ' && first != '\n') return false;
    m_leaves_out = false;
    if (first == ' ') ++m_at;
    note_line(true);
    return true;
}

bool DiffReader::begin_hunk_line() {
    if (m_buffer[m_at] == '\\') {  // "\ No newline at end of file"
        m_leaves_out = true;
        return true;
    }
    const std::size_t parents = m_old.size();
    if (hunk_is_over() || !need(parents)) return false;
    const std::string signs = m_buffer.substr(m_at, parents);
    m_at += parents;
    const bool removed = signs.find('-') != std::string::npos;
    for (std::size_t i = 0; i < parents; ++i)
        if (signs[i] == (removed ? '-' : ' ') && m_old[i] > 0) --m_old[i];
    m_leaves_out = removed;
    if (removed) return true;
    if (m_new > 0) --m_new;
    note_line(signs.find(' ') == std::string::npos);
    return true;
}

bool DiffReader::begin_line() {
    if (m_mode == Mode::Between || !need(1)) return false;
    m_in_line = m_mode == Mode::Message ? begin_message_line() : begin_hunk_line();
    return m_in_line;
}

std::size_t DiffReader::read(char* buffer, std::size_t size) {
    std::size_t filled = 0;
    while (filled < size && (m_in_line || begin_line())) {
        if (!need(1)) break;
        const std::string_view rest = std::string_view(m_buffer).substr(m_at);
        const std::size_t end = rest.find('\n');
        std::size_t count = end == std::string_view::npos ? rest.size() : end + 1;
        if (!m_leaves_out) {
            count = std::min(count, size - filled);
            std::memcpy(buffer + filled, rest.data(), count);
            filled += count;
            m_offset += count;
        }
        m_at += count;
        m_in_line = end == std::string_view::npos || count <= end;
    }
    return filled;
}

DiffReader::Place DiffReader::place_of(std::uint64_t offset, std::uint64_t length, std::uint64_t line) const {
    const auto behind = [](std::uint64_t at, const Stretch& stretch) { return at < stretch.offset; };
    auto stretch = std::upper_bound(m_stretches.begin(), m_stretches.end(), offset, behind);
    if (stretch == m_stretches.begin()) return {};
    --stretch;
    Place place{stretch->file_line + (line - stretch->text_line), stretch->added};
    for (++stretch; stretch != m_stretches.end() && stretch->offset < offset + length; ++stretch)
        place.added = place.added || stretch->added;
    return place;
}

}  // namespace opentraces::flow
