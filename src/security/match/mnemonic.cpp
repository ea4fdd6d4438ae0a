// Phrases of words that stand for the key of a wallet (BIP-39): 12, 15, 18, 21 or 24 words of a list, the
// last of which holds a checksum of all. https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/text.hpp"
#include "security/match/mnemonic_words.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_min_words = 12;
constexpr std::size_t k_max_words = 24;
constexpr std::size_t k_too_many = 2 * k_max_words;  // as lists of words have
constexpr std::size_t k_shortest = 3;                // letters of a word
constexpr std::size_t k_longest = 8;
constexpr std::size_t k_bits = 11;        // of a word
constexpr std::size_t k_max_between = 8;  // from one word to the next
// Every phrase covers a place that is looked at.
constexpr std::size_t k_step = k_min_words * k_shortest + k_min_words - 1;

struct Word {
    Span span;
    std::size_t number = 0;  // in the list
};

// Finds words of the list by their first four letters, by which no two are alike.
class Words {
public:
    Words() {
        for (std::size_t at = 0, number = 0; at < k_mnemonic_words.size(); ++number) {
            const std::size_t end = std::min(k_mnemonic_words.find(' ', at), k_mnemonic_words.size());
            const std::string_view word = k_mnemonic_words.substr(at, end - at);
            Slot* slot = &m_slots[slot_of(key_of(word))];
            while (!slot->word.empty())
                slot = slot + 1 == m_slots.data() + m_slots.size() ? m_slots.data() : slot + 1;
            *slot = {key_of(word), static_cast<std::uint32_t>(number), word};
            at = end + 1;
        }
    }
    // Of a word of three letters or more.
    std::optional<std::size_t> number(std::string_view word) const {
        const std::uint32_t key = key_of(word);
        for (std::size_t at = slot_of(key); !m_slots[at].word.empty(); at = (at + 1) % m_slots.size()) {
            const Slot& slot = m_slots[at];
            if (slot.key != key) continue;
            if (to_lower_ascii(word) != slot.word) return std::nullopt;
            return slot.number;
        }
        return std::nullopt;
    }

private:
    struct Slot {
        std::uint32_t key = 0;
        std::uint32_t number = 0;
        std::string_view word;
    };
    static std::uint32_t key_of(std::string_view word) {
        const auto letter = [&](std::size_t i) { return static_cast<std::uint32_t>(word[i] & 0x1f); };
        return letter(0) << 15 | letter(1) << 10 | letter(2) << 5 | (word.size() > 3 ? letter(3) : 0);
    }
    static std::size_t slot_of(std::uint32_t key) { return key * 2654435761U >> 19; }
    std::array<Slot, 8192> m_slots;
};

// The word of the list that holds the letter at `at`, alone between signs.
std::optional<Word> word_at(std::string_view text, std::size_t at) {
    static const Words words;
    const std::size_t from = at < k_longest ? 0 : at - k_longest;
    const std::size_t begin = from + run_begin<'y'>(text.substr(from), at - from);
    const std::size_t end = run_end<'y'>(text.substr(0, std::min(text.size(), begin + k_longest + 1)), begin);
    if (end - begin < k_shortest || end - begin > k_longest) return std::nullopt;
    if ((begin > 0 && is<'v'>(text[begin - 1])) || (end < text.size() && is<'v'>(text[end])))
        return std::nullopt;
    const auto number = words.number(text.substr(begin, end - begin));
    if (!number) return std::nullopt;
    return Word{{begin, end}, *number};
}

// Blanks, commas, quotes, line ends, and the numbers of a list.
bool is_between(char c) {
    static constexpr auto k_between = [] {
        std::array<bool, 256> between{};
        for (const char sign : std::string_view(" ,\n\r\t\"'.)|:-0123456789"))
            between[static_cast<unsigned char>(sign)] = true;
        return between;
    }();
    return k_between[static_cast<unsigned char>(c)];
}

std::optional<Word> next_word(std::string_view text, std::size_t end) {
    std::size_t at = end;
    while (at < text.size() && at - end < k_max_between && is_between(text[at]))
        ++at;
    if (at == end || at >= text.size() || !is<'y'>(text[at])) return std::nullopt;
    return word_at(text, at);
}

std::optional<Word> word_before(std::string_view text, std::size_t begin) {
    std::size_t at = begin;
    while (at > 0 && begin - at < k_max_between && is_between(text[at - 1]))
        --at;
    if (at == begin || at == 0 || !is<'y'>(text[at - 1])) return std::nullopt;
    return word_at(text, at - 1);
}

// The words around the one given, as many as follow one another.
std::vector<Word> words_around(std::string_view text, Word word) {
    std::vector<Word> words{word};
    while (words.size() < k_max_words) {
        const auto before = word_before(text, words.front().span.begin);
        if (!before) break;
        words.insert(words.begin(), *before);
    }
    while (words.size() < k_too_many) {
        const auto next = next_word(text, words.back().span.end);
        if (!next) break;
        words.push_back(*next);
    }
    return words;
}

// Of 3n words: 32n bits, and n that SHA-256 of them begins with.
bool checksum_fits(const Word* words, std::size_t count) {
    const auto bit = [&](std::size_t i) { return words[i / k_bits].number >> (k_bits - 1 - i % k_bits) & 1; };
    const std::size_t checked = count / 3;
    std::string entropy(checked * 4, '\0');
    for (std::size_t i = 0; i < entropy.size() * 8; ++i)
        entropy[i / 8] = static_cast<char>(entropy[i / 8] | static_cast<char>(bit(i) << (7 - i % 8)));
    Sha256 digest;
    digest.update(entropy);
    const std::uint8_t sum = digest.finish().front();
    for (std::size_t i = 0; i < checked; ++i)
        if (bit(entropy.size() * 8 + i) != (sum >> (7 - i) & 1U)) return false;
    return true;
}

// Words of a dictionary, or those of examples, which repeat one.
bool is_listed(const Word* words, std::size_t count) {
    const auto less = [](const Word& a, const Word& b) { return a.number < b.number; };
    const auto same =
        std::count_if(words, words + count, [&](const Word& word) { return word.number == words[1].number; });
    return std::is_sorted(words, words + count, less) || static_cast<std::size_t>(same) * 2 > count;
}

// Is the same between all of them, but for numbers?
bool is_one_list(std::string_view text, const Word* words, std::size_t count) {
    const auto between = [&](std::size_t i) {
        std::string sign(text.substr(words[i].span.end, words[i + 1].span.begin - words[i].span.end));
        std::erase_if(sign, is<'d'>);
        return sign;
    };
    const std::string first = between(0);
    for (std::size_t i = 1; i + 1 < count; ++i)
        if (between(i) != first) return false;
    return true;
}

// The longest phrase among the words; nullopt if there is none.
std::optional<Span> phrase_in(std::string_view text, const std::vector<Word>& words) {
    for (std::size_t count = k_max_words; count >= k_min_words; count -= 3)
        for (std::size_t first = 0; first + count <= words.size(); ++first)
            if (!is_listed(&words[first], count) && checksum_fits(&words[first], count) &&
                is_one_list(text, &words[first], count))
                return Span{words[first].span.begin, words[first + count - 1].span.end};
    return std::nullopt;
}

}  // namespace

void match_mnemonics(std::string_view text, std::vector<Hit>& hits) {
    for (std::size_t at = k_step - 1; at < text.size(); at += k_step) {
        std::size_t letter = at;
        while (at - letter < k_max_between && is_between(text[letter]))
            --letter;
        if (!is<'y'>(text[letter])) continue;
        const auto word = word_at(text, letter);
        if (!word) continue;
        const std::vector<Word> words = words_around(text, *word);
        const std::size_t end = words.back().span.end;
        if (words.size() < k_min_words || words.size() == k_too_many) continue;
        if (const auto phrase = phrase_in(text, words))
            hits.push_back({phrase->begin, phrase->end, &mnemonic_rule()});
        at = std::max(at, end);
    }
}

}  // namespace opentraces::security
