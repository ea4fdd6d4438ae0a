#include <algorithm>
#include <array>
#include <cctype>

#include "opentraces/core/text.hpp"
#include "opentraces/flow/scan.hpp"

namespace opentraces::flow {
namespace {

constexpr std::string_view k_mark = "opentraces:allow";
constexpr std::size_t k_farthest = std::size_t{4} << 10;  // bytes from the finding
constexpr std::size_t k_shortest_word = 3;
constexpr std::array<std::string_view, 4> k_comment_ends = {"*/", "-->", "--%>", "#}"};
constexpr std::array<std::string_view, 10> k_comment_begins = {"#", "//", "/*", "--", "<!--",
                                                               ";", "%",  "'",  "{#", "\""};

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

bool has_word(std::string_view text) {
    std::size_t letters = 0;
    for (const char c : text) {
        letters = is_letter(c) ? letters + 1 : 0;
        if (letters == k_shortest_word) return true;
    }
    return false;
}

// Of what follows the mark on its line.
AllowComment reason_in(std::string_view text) {
    // A longer word, such as "opentraces:allowed".
    if (!text.empty() && (is_letter(text[0]) || text[0] == '_' || text[0] == '-')) return AllowComment::None;
    for (const std::string_view end : k_comment_ends)
        text = text.substr(0, text.find(end));
    return has_word(text) ? AllowComment::Allowed : AllowComment::WithoutReason;
}

AllowComment comment_in(std::string_view text) {
    const std::size_t at = text.find(k_mark);
    return at == std::string_view::npos ? AllowComment::None : reason_in(text.substr(at + k_mark.size()));
}

std::string_view last_line(std::string_view text) {
    text.remove_prefix(text.size() - std::min(text.size(), k_farthest));
    return text.substr(text.rfind('\n') + 1);
}

std::string_view first_line(std::string_view text) {
    text = text.substr(0, k_farthest);
    return text.substr(0, text.find('\n'));
}

// Of the line that ends before `begun`, if nothing else is on it.
AllowComment comment_above(std::string_view before, std::string_view begun) {
    before.remove_suffix(begun.size());
    if (!before.ends_with('\n')) return AllowComment::None;
    before.remove_suffix(1);
    const std::string_view line = trim(last_line(before));
    const std::size_t at = line.find(k_mark);
    if (at == std::string_view::npos) return AllowComment::None;
    const std::string_view begin = trim(line.substr(0, at));
    const bool alone =
        std::find(k_comment_begins.begin(), k_comment_begins.end(), begin) != k_comment_begins.end();
    return alone ? reason_in(line.substr(at + k_mark.size())) : AllowComment::None;
}

}  // namespace

AllowComment allowance_of(const FindingContext& context) {
    if (context.json) return AllowComment::None;
    const std::string_view begun = last_line(context.before);
    return std::max(
        {comment_in(begun), comment_in(first_line(context.after)), comment_above(context.before, begun)});
}

}  // namespace opentraces::flow
