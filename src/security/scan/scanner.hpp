// From a text to the byte ranges that must go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "security/rules/rule.hpp"

namespace opentraces::security {

struct Hit {
    std::size_t begin = 0;
    std::size_t end = 0;
    const Rule* rule = nullptr;
    Layer layer = Layer::Plain;
};

enum class Depth {
    CriticalOnly,  // names and identifiers
    Full,
};

class OwnRules;

struct ScanContext {
    Depth depth = Depth::Full;
    // What the text is assigned to: the key of the JSON member whose value it is. May be empty.
    std::string_view name;
    // Path of the text in its record; empty: not known.
    std::string_view place{};
    // Literals of the user's own; not owned.
    const std::vector<std::string>* custom = nullptr;
    // Rules of the user's own; not owned.
    const OwnRules* own = nullptr;
    const ScanScope* scope = nullptr;

    PersonalData personal{};

    bool has_program_rules() const { return scope == nullptr || scope->program_rules; }
};

// A text that is no record's: everything is looked for, with what the user adds. The options must live on.
ScanContext full_context(const ScrubOptions& options);

// Everything found in the text and in its decoded views, sorted, overlapping ranges merged (the most severe
// rule gives the name). Ranges never cut an escape sequence and never touch a marker.
std::vector<Hit> scan(std::string_view text, const ScanContext& context);

// Replaces the ranges by the marker.
std::string replace_hits(std::string_view text, const std::vector<Hit>& hits);

// Rules over the bytes as they are, without views and merging.
void match_rules(std::string_view text, Depth depth, std::vector<Hit>& hits);
// Is `text` a name or a value in a document that may say of another value that it is secret? Then, in the
// document as it is written, match_declared() finds what it says.
bool declares_secrets(std::string_view text);
void match_declared(std::string_view document, std::vector<Hit>& hits);

// What putting broken values together may cost, in bytes looked at: enough for whatever people write, and no
// more than a share of the text for texts that are made of beginnings alone: there only a few parts are put
// together.
class JoinBudget {
public:
    bool allows(std::size_t at) const { return m_spent <= k_free + k_per_byte * at; }
    void spend(std::size_t bytes) { m_spent += bytes; }

private:
    static constexpr std::size_t k_free = std::size_t{1} << 20;
    static constexpr std::size_t k_per_byte = 16;
    std::size_t m_spent = 0;
};

// A value that `rule` tells by its name, when code or a terminal has broken it into parts; `reached` is where
// the first part ends, and `alone` what was found in it.
std::optional<Span> match_named_joints(const Rule& rule, std::string_view text, Span anchor,
                                       std::size_t reached, std::optional<Span> alone, JoinBudget& budget);

// Values whose anchor itself is cut by the line end, or by the end of a literal, at `at`.
void match_cut_anchors(std::string_view text, std::size_t at, Depth depth, JoinBudget& budget,
                       std::vector<Hit>& hits);
// Does this run of base64 characters look like a secret of unknown form?
bool is_random_run(std::string_view text, Span run);
// Phrases of words that stand for a key (BIP-39).
void match_mnemonics(std::string_view text, std::vector<Hit>& hits);
// The whole text as the value of something called `name`.
void match_named_value(std::string_view name, std::string_view text, std::vector<Hit>& hits);
void match_custom(std::string_view text, const std::vector<std::string>& literals, std::vector<Hit>& hits);

// Sorts and merges; drops what only covers markers.
void merge_hits(std::string_view text, std::vector<Hit>& hits);

}  // namespace opentraces::security
