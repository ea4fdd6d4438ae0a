#include "cli/review/keys.hpp"

#include <array>
#include <charconv>
#include <vector>

#include "opentraces/core/code_point.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::string_view k_paste_end = "\x1b[201~";
constexpr std::size_t k_longest_paste = std::size_t{64} << 10;
constexpr std::size_t k_longest_sequence = 64;

struct FinalByte {
    char byte;
    Key key;
};
constexpr std::array k_final_bytes{
    FinalByte{'A', Key::Up},      FinalByte{'B', Key::Down}, FinalByte{'C', Key::Right},
    FinalByte{'D', Key::Left},    FinalByte{'H', Key::Home}, FinalByte{'F', Key::End},
    FinalByte{'Z', Key::BackTab}, FinalByte{'P', Key::Help}, FinalByte{'M', Key::Enter},
};

struct Number {
    int number;  // before '~'
    Key key;
};
constexpr std::array k_numbers{
    Number{1, Key::Home},     Number{3, Key::Delete}, Number{4, Key::End}, Number{5, Key::PageUp},
    Number{6, Key::PageDown}, Number{7, Key::Home},   Number{8, Key::End}, Number{11, Key::Help},
};

std::optional<Key> key_of_final(char byte) {
    for (const FinalByte& row : k_final_bytes)
        if (row.byte == byte) return row.key;
    return std::nullopt;
}

std::optional<Key> key_of_number(int number) {
    for (const Number& row : k_numbers)
        if (row.number == number) return row.key;
    return std::nullopt;
}

std::vector<int> numbers_of(std::string_view text) {
    std::vector<int> numbers;
    while (true) {
        int number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        numbers.push_back(number);
        const std::size_t end = text.find(';');
        if (end == std::string_view::npos) return numbers;
        text.remove_prefix(end + 1);
    }
}

// SGR mouse reports: "<buttons;column;row" and M (down) or m (up).
std::optional<Event> pointer_of(const std::vector<int>& numbers, bool down) {
    constexpr int k_moved = 32;
    constexpr int k_wheel = 64;
    if (numbers.size() != 3 || numbers[1] < 1 || numbers[2] < 1) return std::nullopt;
    Event event{.kind = Event::Kind::Pointer};
    event.column = static_cast<std::size_t>(numbers[1] - 1);
    event.row = static_cast<std::size_t>(numbers[2] - 1);
    const int buttons = numbers[0];
    if ((buttons & k_wheel) != 0) {
        event.pointer = (buttons & 1) != 0 ? Pointer::WheelDown : Pointer::WheelUp;
        return event;
    }
    if ((buttons & 3) != 0) return std::nullopt;  // not the left one
    event.pointer = !down ? Pointer::Release : (buttons & k_moved) != 0 ? Pointer::Drag : Pointer::Press;
    return event;
}

std::size_t expected_length(unsigned char lead) {
    return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

}  // namespace

std::optional<Event> KeyDecoder::next(bool no_more) {
    while (!m_bytes.empty()) {
        const std::size_t before = m_bytes.size();
        const bool escape = m_bytes.front() == '\x1b';
        if (auto event = m_pasting ? pasted() : escape ? sequence(no_more) : letter(no_more)) return event;
        if (m_bytes.size() == before) return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Event> KeyDecoder::letter(bool no_more) {
    const auto lead = static_cast<unsigned char>(m_bytes.front());
    if (lead == '\r' || lead == '\n' || lead == '\t' || lead == 0x7F || lead == 0x08 || lead < 0x20) {
        drop(1);
        if (lead == '\r' || lead == '\n') return Event::of(Key::Enter);
        if (lead == '\t') return Event::of(Key::Tab);
        if (lead == 0x7F || lead == 0x08) return Event::of(Key::Backspace);
        if (lead == 0 || lead > 26) return std::nullopt;
        return Event{.key = Key::Control, .letter = static_cast<char32_t>('a' + lead - 1)};
    }
    const std::size_t length = expected_length(lead);
    if (m_bytes.size() < length && !no_more) return std::nullopt;
    const std::string bytes = m_bytes.substr(0, length);
    if (!is_valid_utf8(bytes)) {
        drop(1);
        return std::nullopt;
    }
    drop(length);
    std::size_t at = 0;
    return Event::of_letter(next_code_point(bytes, at));
}

std::optional<Event> KeyDecoder::sequence(bool no_more) {
    if (m_bytes.size() == 1) {
        if (!no_more) return std::nullopt;
        drop(1);
        return Event::of(Key::Escape);
    }
    if (m_bytes[1] == '[') return control_sequence();
    if (m_bytes[1] == 'O') {
        if (m_bytes.size() < 3) {
            if (no_more) drop(m_bytes.size());
            return std::nullopt;
        }
        const auto key = key_of_final(m_bytes[2]);
        drop(3);
        if (key) return Event::of(*key);
        return std::nullopt;
    }
    // Alt with a letter is no key of ours; two escapes are one.
    drop(m_bytes[1] == '\x1b' ? 1 : 2);
    if (m_bytes.starts_with('\x1b')) return Event::of(Key::Escape);
    return std::nullopt;
}

std::optional<Event> KeyDecoder::control_sequence() {
    std::size_t end = 2;
    while (end < m_bytes.size() &&
           (m_bytes[end] < '@' || m_bytes[end] > '~' || (end == 2 && m_bytes[end] == '[')))
        ++end;
    if (end == m_bytes.size()) {
        if (end > k_longest_sequence) drop(end);
        return std::nullopt;
    }
    const char last = m_bytes[end];
    const std::string inside = m_bytes.substr(2, end - 2);
    drop(end + 1);
    if (inside.starts_with('<')) return pointer_of(numbers_of(inside.substr(1)), last == 'M');
    if (inside == "200" && last == '~') {
        m_pasting = true;
        return std::nullopt;
    }
    const auto key = last == '~' ? key_of_number(numbers_of(inside).front()) : key_of_final(last);
    if (key) return Event::of(*key);
    return std::nullopt;
}

// Only so much of it; where it ends is looked for all the same.
std::optional<Event> KeyDecoder::pasted() {
    const std::size_t end = m_bytes.find(k_paste_end);
    if (end == std::string::npos) {
        if (m_bytes.size() > 2 * k_longest_paste)
            m_bytes.erase(k_longest_paste, m_bytes.size() - k_longest_paste - k_paste_end.size());
        return std::nullopt;
    }
    Event event{.kind = Event::Kind::Paste};
    event.text = repair_utf8(m_bytes.substr(0, std::min(end, k_longest_paste)));
    drop(end + k_paste_end.size());
    m_pasting = false;
    return event;
}

}  // namespace opentraces::cli::review
