// Names in the identities of git, keys and forges.
#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "security/match/matchers.hpp"
#include "security/scrub/names.hpp"
#include "security/scrub/sightings.hpp"

namespace opentraces::security {
namespace {

void see_name(std::string_view text, Span name, Evidence evidence, const Seen& seen) {
    const bool words = text.substr(name.begin, name.end - name.begin).find(' ') != std::string_view::npos;
    seen({name, words ? Subject::FullName : Subject::Login, evidence});
}

// What comes before a name in a line about a commit, up to where the name begins.
std::size_t behind_title(std::string_view line) {
    constexpr std::array<std::string_view, 9> k_titles = {
        "author:", "commit:", "committer:", "tagger:", "from:", "author ", "committer ", "tagger ", "-by:"};
    const std::string folded = to_lower_ascii(line);
    for (const std::string_view title : k_titles) {
        const std::size_t at = folded.find(title);
        if (at == std::string::npos) continue;
        if (title != "-by:" && at > 0 && is<'v'>(line[at - 1])) continue;
        std::size_t name = at + title.size();
        while (name < line.size() && line[name] == ' ')
            ++name;
        return name;
    }
    return std::string_view::npos;
}

// Where up to four capitalised words begin that end at `end`.
std::size_t capitalised_begin(std::string_view line, std::size_t end) {
    constexpr int k_max_words = 4;
    std::size_t begin = end;
    for (int words = 0; words < k_max_words; ++words) {
        std::size_t word = begin;
        if (word < end) {
            if (word == 0 || line[word - 1] != ' ') break;
            --word;
        }
        const std::size_t word_end = word;
        while (word > 0 && (is_name_char(line[word - 1]) || line[word - 1] == '\''))
            --word;
        if (word == word_end) break;
        if (!is<'A'>(line[word]) && static_cast<unsigned char>(line[word]) < 0x80) break;
        begin = word;
    }
    return begin;
}

// Does the address behind "<" go, or does it name an account?
bool address_goes(std::string_view text, std::size_t bracket) {
    const std::string_view inside = text.substr(bracket + 1, 120);
    if (inside.starts_with("[REDACTED") || inside.find("@users.noreply.git") < inside.find('>')) return true;
    const std::size_t at_sign = inside.find('@');
    if (at_sign == std::string_view::npos || at_sign > inside.find('>')) return false;
    static const Rule k_none{};
    const std::size_t at = bracket + 1 + at_sign;
    return match_email(k_none, text, {at, at + 1}).has_value();
}

}  // namespace

// "Jane Doe <…>", after a title or in capitalised words; `bracket` is that of the address, with a blank
// before.
void read_name_before_address(std::string_view text, std::size_t bracket, const Seen& seen) {
    if (bracket == 0 || bracket >= text.size() || text[bracket] != '<' || text[bracket - 1] != ' ') return;
    if (!address_goes(text, bracket)) return;
    const Span whole = line_around(text, bracket);
    const std::string_view line = text.substr(whole.begin, bracket - 1 - whole.begin);
    const std::size_t titled = behind_title(line);
    std::size_t begin = titled;
    if (titled == std::string_view::npos || line.size() - std::min(titled, line.size()) > 60 ||
        line.find_first_of("<>\"=:", titled) != std::string_view::npos)
        begin = capitalised_begin(line, line.size());
    if (begin >= line.size()) return;
    see_name(text, {whole.begin + begin, bracket - 1}, Evidence::Commit, seen);
}

// user.name=Jane Doe, user.name "Jane Doe", GIT_AUTHOR_NAME='Jane Doe', "[user]\n\tname = Jane Doe".
void read_git_settings(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen) {
    std::size_t at = anchor + length;
    if (text[anchor] == '[') {
        const std::string_view section = text.substr(at, 200);
        std::size_t name = section.find("name");
        if (name == std::string_view::npos || section.find('[') < name) return;
        at += name + 4;
        while (at < text.size() && text[at] == ' ')
            ++at;
    } else if (anchor > 0 && is<'v'>(text[anchor - 1])) {
        return;
    }
    if (at >= text.size() || (text[at] != ' ' && text[at] != '=' && text[at] != '\t')) return;
    while (at < text.size() && std::string_view(" =\t").find(text[at]) != std::string_view::npos)
        ++at;
    while (at < text.size() && std::string_view("\\\"'").find(text[at]) != std::string_view::npos)
        ++at;
    const bool quoted = text[at - 1] == '"' || text[at - 1] == '\'';
    auto name = words_at(text, at);
    if (!name) return;
    // Without quotes a command ends the name with the first word.
    const bool command = !quoted && text[anchor] != '[' && text[anchor + length] == ' ';
    const std::size_t blank = text.substr(0, name->end).find(' ', name->begin);
    if (command && blank != std::string_view::npos) name->end = blank;
    see_name(text, *name, Evidence::Own, seen);
}

// "ssh-ed25519 AAAA… jane@host" and "256 SHA256:… jane@host (ED25519)"
void read_key_comment(std::string_view text, std::size_t anchor, const Seen& seen) {
    const Span line = line_around(text, anchor);
    std::size_t at = anchor;
    const bool fingerprint = text[anchor] != 'e' && text.substr(anchor, 4) != "ssh-";
    if (!fingerprint) {
        at = text.find(" AAAA", anchor);
        if (at == std::string_view::npos || at - anchor > 40) return;
        ++at;
    }
    while (at < text.size() && text[at] != ' ' && text[at] != '\n' && text[at] != '"')
        ++at;
    if (at >= text.size() || text[at] != ' ') return;
    const auto name = login_at(text, ++at);
    if (!name || name->begin >= std::max(line.end, name->end)) return;
    const bool has_host = name->end + 1 < text.size() && text[name->end] == '@';
    if (!has_host) {
        if (fingerprint) return;
        if (const auto words = words_at(text, name->begin)) see_name(text, *words, Evidence::Account, seen);
        return;
    }
    seen({*name, Subject::Login, Evidence::Own});
    std::size_t end = name->end + 1;
    while (end < text.size() && (is<'i'>(text[end]) || text[end] == '.'))
        ++end;
    while (end > name->end + 1 && text[end - 1] == '.')
        --end;
    seen({{name->end + 1, end}, Subject::Host, Evidence::Own});
}

// "Logged in to github.com account jane", "Logged in to github.com as jane", "Hi jane! You've successfully
// authenticated"
void read_forge_greeting(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen) {
    const Span line = line_around(text, anchor);
    if (text[anchor] == 'Y' || text[anchor] == 'y') {
        const std::string_view before = text.substr(line.begin, anchor - line.begin);
        const std::size_t hi = before.rfind("Hi ");
        if (hi == std::string_view::npos) return;
        const auto name = login_at(text, line.begin + hi + 3);
        if (name && name->end < anchor && text[name->end] == '!')
            seen({*name, Subject::Login, Evidence::Own});
        return;
    }
    for (const std::string_view word : {" account ", " as "}) {
        const std::size_t at = text.substr(0, line.end).find(word, anchor + length);
        if (at == std::string_view::npos) continue;
        if (const auto name = login_at(text, at + word.size())) seen({*name, Subject::Login, Evidence::Own});
        return;
    }
}

}  // namespace opentraces::security
