#include "security/match/data_blocks.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "opentraces/core/base64.hpp"
#include "security/rules/char_class.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_columns = 60;  // of a full line, at least
constexpr std::size_t k_max_line = 200;

// What a line is without indentation and CR.
std::string_view content_of(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool is_base64(std::string_view content) {
    return !content.empty() && run_end<'e'>(content, 0) == content.size();
}

bool is_full_line(std::string_view line) {
    const std::string_view content = content_of(line);
    return content.size() >= k_columns && is_base64(content);
}

// The line that begins at `begin`; empty if it is longer than lines of blocks are.
std::string_view line_at(std::string_view text, std::size_t begin) {
    const std::string_view rest = text.substr(std::min(begin, text.size()), k_max_line + 1);
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return rest.size() <= k_max_line ? rest : std::string_view();
    return rest.substr(0, end);
}

// Formats of files, as base64 begins with them: images, fonts, sounds, documents, archives, programs.
bool begins_file(std::string_view base64) {
    constexpr std::array<std::string_view, 17> k_beginnings = {
        "iVBORw0KGgo", "/9j/",  "R0lGOD", "UklGR", "AAABAA", "d09GRg", "d09GMg", "AAEAAAA", "T1RUTw",
        "JVBERi0",     "UEsDB", "H4sI",   "KLUv/", "SUQz",   "AGFzbQ", "f0VMR",  "U1FMaXRl"};
    return std::any_of(k_beginnings.begin(), k_beginnings.end(),
                       [&](std::string_view beginning) { return base64.starts_with(beginning); });
}

// DER of an X.509 certificate (RFC 5280, 4.1: a version comes first) or of a public key (4.1.2.7: an
// algorithm comes first). Private keys begin with a number (RFC 5958, 8017).
bool begins_public_der(std::string_view base64) {
    const std::string bytes = decode_base64_run(base64.substr(0, 24));
    if (bytes.size() < 12 || bytes[0] != '\x30') return false;
    const auto length_of = [&](std::size_t at) -> std::size_t {
        const auto length = static_cast<unsigned char>(bytes[at]);
        return length < 0x80 ? 1 : length == 0x81 ? 2 : length == 0x82 ? 3 : 0;
    };
    const std::size_t outer = length_of(1);
    if (outer == 0 || bytes[1 + outer] != '\x30') return false;
    const std::size_t inner = length_of(2 + outer);
    const std::size_t at = 2 + outer + inner;
    return inner != 0 && at < bytes.size() && (bytes[at] == '\xa0' || bytes[at] == '\x06');
}

// What follows "data:image/png;base64,".
std::string_view behind_data_url(std::string_view line) {
    constexpr std::string_view k_sign = ";base64,";
    const std::size_t sign = line.find(k_sign);
    return sign == std::string_view::npos ? std::string_view()
                                          : content_of(line.substr(sign + k_sign.size()));
}

}  // namespace

// The line before the one at `begin`; empty if it is too long, and at the end of what was read before.
std::string_view HarmlessBlocks::line_before(std::size_t begin) const {
    if (begin <= m_end) return {};
    const std::size_t end = begin - 1;
    const std::size_t least = std::max(m_end, end < k_max_line ? 0 : end - k_max_line);
    const std::size_t line = m_text.substr(least, end - least).rfind('\n');
    if (line == std::string_view::npos && least != m_end && least != 0) return {};
    const std::size_t from = line == std::string_view::npos ? least : least + line + 1;
    return m_text.substr(from, end - from);
}

// The line before a block says what the block is; headers and a blank line may stand between (RFC 4880, 6.2).
bool HarmlessBlocks::is_announced(std::size_t begin) const {
    constexpr int k_max_headers = 6;
    for (int lines = 0; lines < k_max_headers && begin > m_end; ++lines) {
        const std::string_view line = line_before(begin);
        if (line.find("-----BEGIN ") != std::string_view::npos)
            return line.find("PRIVATE") == std::string_view::npos;
        if (lines == 0 && line.find(";base64,") != std::string_view::npos) return true;
        if (!content_of(line).empty() && line.find(": ") == std::string_view::npos) return false;
        begin -= line.size() + 1;
    }
    return false;
}

void HarmlessBlocks::find_block(std::size_t line) {
    std::size_t begin = line;
    while (is_full_line(line_before(begin)))
        begin -= line_before(begin).size() + 1;
    const std::string_view first = content_of(line_at(m_text, begin));
    const bool announced = is_announced(begin);
    std::size_t digits = behind_data_url(line_before(begin)).size();
    std::size_t lines = 0;
    std::size_t end = begin;
    while (end < m_text.size() && is_full_line(line_at(m_text, end))) {
        ++lines;
        digits += content_of(line_at(m_text, end)).size();
        end = std::min(m_text.size(), end + line_at(m_text, end).size() + 1);
    }
    // The last line is shorter, and completes the bytes.
    const std::string_view last = line_at(m_text, end);
    const std::size_t indent = std::min(last.find_first_not_of(" \t"), last.size());
    const std::size_t run = run_end<'e'>(last, indent) - indent;
    if ((digits + run) % 4 == 0) end += indent + run;
    m_begin = begin;
    m_end = end;
    m_harmless = announced || (lines > 1 && (begins_file(first) || begins_public_der(first)));
}

bool HarmlessBlocks::holds(Span run) {
    if (run.begin >= m_end) {
        std::size_t line = run.begin;
        while (line > m_end && (m_text[line - 1] == ' ' || m_text[line - 1] == '\t'))
            --line;
        const bool alone = (line == 0 || m_text[line - 1] == '\n') && is_full_line(line_at(m_text, line));
        if (!alone) return false;
        find_block(line);
    }
    return m_harmless && run.begin >= m_begin && run.end <= m_end;
}

}  // namespace opentraces::security
