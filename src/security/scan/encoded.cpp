#include "security/scan/encoded.hpp"

#include <algorithm>

#include "opentraces/core/base64.hpp"
#include "opentraces/core/hex.hpp"
#include "security/rules/char_class.hpp"
#include "security/scan/joints.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_min_piece = 24;
constexpr std::size_t k_min_hex = 32;
constexpr std::size_t k_head = 16;
constexpr std::size_t k_max_name = 64;  // of what may stand before a text
constexpr std::size_t k_max_deflated = std::size_t{256} * 1024;

enum class Encoding { None, Hex, Base64, Utf16, Deflated };

struct Piece {
    std::size_t begin = 0;
    Encoding encoding = Encoding::None;
};

bool is_text(char c) {
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
}

// The first of four characters that stand for a byte of ASCII text.
bool begins_text(char c) {
    return (c >= 'I' && c <= 'Z') || (c >= 'a' && c <= 'f') || c == 'C' || c == 'D';
}

bool may_begin(char c) {
    return begins_text(c) || c == 'H' || (c >= '2' && c <= '7') || c == '0';
}

bool maybe_deflated(std::string_view head) {
    constexpr std::string_view k_levels = "AFJN";  // what 78 01, 78 5e, 78 9c and 78 da begin with
    return head.starts_with("H4sI") || (head[0] == 'e' && k_levels.find(head[1]) != std::string_view::npos);
}

bool maybe_base64(std::string_view head) {
    if (maybe_deflated(head)) return true;
    if (!begins_text(head[0])) return false;
    return (begins_text(head[4]) && begins_text(head[8]) && begins_text(head[12])) ||
           (head[2] == 'A' && head[4] == 'A');
}

bool maybe_hex(std::string_view head) {
    for (const std::size_t at : {0, 2, 4, 6})
        if ((head[at] < '2' || head[at] > '7') && head[at] != '0') return false;
    return std::all_of(head.begin(), head.end(), is<'x'>);
}

bool all_text(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), is_text);
}

bool is_utf16(std::string_view bytes) {
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2)
        if (!is_text(bytes[at]) || bytes[at + 1] != '\0') return false;
    return true;
}

std::string hex_bytes(std::string_view digits) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2)
        bytes.push_back(static_cast<char>(hex_value(digits, at, 2)));
    return bytes;
}

Encoding encoding_of(std::string_view piece) {
    if (!may_begin(piece.front())) return Encoding::None;
    const std::string_view head = piece.substr(0, k_head);
    if (maybe_hex(head) && run_end<'x'>(piece, 0) >= k_min_hex && all_text(hex_bytes(head)))
        return Encoding::Hex;
    if (!maybe_base64(head)) return Encoding::None;
    const std::string bytes = decode_base64_run(head);
    if (bytes.size() < k_head * 3 / 4) return Encoding::None;
    if (all_text(bytes)) return Encoding::Base64;
    if (bytes.starts_with("\x1f\x8b\x08") || (bytes[0] == '\x78' && bytes[1] != ' '))
        return Encoding::Deflated;
    return is_utf16(bytes) ? Encoding::Utf16 : Encoding::None;
}

// The first text of the run that begins at `from` or behind a sign that may end a name.
Piece find_piece(std::string_view run, std::size_t from) {
    if (run.size() < from + k_min_piece) return {};
    const std::size_t last = run.size() - k_min_piece;  // where a piece may begin
    for (std::size_t begin = from; begin <= std::min(from + 3, last); ++begin)
        if (const Encoding encoding = encoding_of(run.substr(begin)); encoding != Encoding::None)
            return {begin, encoding};
    std::size_t at = from;
    for (const std::size_t names = std::min(from + k_max_name, last); at < names; ++at) {
        if (!is<'g'>(run[at]) || !may_begin(run[at + 1])) continue;
        if (run[at] == 'x' && (at == 0 || run[at - 1] != '0')) continue;
        if (const Encoding encoding = encoding_of(run.substr(at + 1)); encoding != Encoding::None)
            return {at + 1, encoding};
    }
    for (at = run.find('=', at); at < last; at = run.find('=', at + 1))
        if (const Encoding encoding = encoding_of(run.substr(at + 1)); encoding != Encoding::None)
            return {at + 1, encoding};
    return {};
}

std::size_t piece_end(std::string_view run, const Piece& piece) {
    if (piece.encoding == Encoding::Hex) return run_end<'x'>(run, piece.begin);
    const std::size_t padding = std::min(run.find('=', piece.begin), run.size());
    return std::min(run.find_first_not_of('=', padding), run.size());
}

std::optional<std::string> text_of(std::string_view digits, Encoding encoding) {
    std::string bytes = encoding == Encoding::Hex ? hex_bytes(digits) : decode_base64_run(digits);
    if (encoding == Encoding::Deflated) {
        auto text = digits.size() > k_max_deflated ? std::nullopt : inflated(bytes);
        if (!text) return std::nullopt;
        bytes = std::move(*text);
    } else if (encoding == Encoding::Utf16) {
        std::erase(bytes, '\0');
    }
    const auto odd = static_cast<std::size_t>(
        std::count_if(bytes.begin(), bytes.end(), [](char c) { return !is_text(c); }));
    if (odd * 20 > bytes.size()) return std::nullopt;
    return bytes;
}

template <class Seen>
void read_pieces(std::string_view run, Piece piece, Seen seen) {
    while (piece.encoding != Encoding::None) {
        const std::size_t end = piece_end(run, piece);
        if (const auto text = text_of(run.substr(piece.begin, end - piece.begin), piece.encoding))
            seen(Span{piece.begin, end}, std::string_view(*text));
        piece = find_piece(run, end);
    }
}

}  // namespace

std::size_t read_encoded(std::string_view text, Span run, const EncodedSeen& seen) {
    const std::string_view first = text.substr(run.begin, run.end - run.begin);
    const Piece piece = find_piece(first, 0);
    if (piece.encoding == Encoding::None) return run.end;
    constexpr JoinOptions k_lines{std::size_t{16} * 1024, std::size_t{1} << 20, true, true};
    if (const auto joined = joined_at(text, run.begin, run.end, k_lines)) {
        read_pieces(joined->view.text(), piece, [&](Span span, std::string_view decoded) {
            seen({joined->source_begin(span.begin), joined->source_end(span.end)}, decoded);
        });
        return joined->source_end(joined->view.text().size());
    }
    read_pieces(first, piece, [&](Span span, std::string_view decoded) {
        seen({run.begin + span.begin, run.begin + span.end}, decoded);
    });
    return run.end;
}

}  // namespace opentraces::security
