// What the user does, and the bytes by which a terminal tells of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace opentraces::cli::review {

enum class Key {
    Letter,   // Event::letter
    Control,  // with Event::letter, 'a' to 'z'
    Enter,
    Escape,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Help,  // F1
};

enum class Pointer { Press, Drag, Release, WheelUp, WheelDown };

struct Event {
    enum class Kind { Key, Pointer, Paste, Resize };
    Kind kind = Kind::Key;
    Key key = Key::Letter;
    char32_t letter = 0;
    Pointer pointer = Pointer::Press;
    std::size_t row = 0;
    std::size_t column = 0;
    std::string text{};  // what was pasted

    static Event of_letter(char32_t letter) { return {.letter = letter}; }
    static Event of(Key key) { return {.key = key}; }
    bool is(Key wanted) const { return kind == Kind::Key && key == wanted; }
    bool is(char32_t wanted) const { return is(Key::Letter) && letter == wanted; }
};

// Bytes of xterm, and of what followed it (VT220, Linux, rxvt, screen, tmux). What it does not know is left
// out whole, never taken for letters.
class KeyDecoder {
public:
    void feed(std::string_view bytes) { m_bytes += bytes; }
    // None: more bytes are needed. With `no_more` (nothing came for a while) an escape is the key.
    std::optional<Event> next(bool no_more);
    bool waits() const { return !m_bytes.empty(); }

private:
    std::optional<Event> sequence(bool no_more);
    std::optional<Event> control_sequence();
    std::optional<Event> pasted();
    std::optional<Event> letter(bool no_more);
    void drop(std::size_t bytes) { m_bytes.erase(0, bytes); }

    std::string m_bytes;
    bool m_pasting = false;
};

}  // namespace opentraces::cli::review
