// What a person has decided about the texts of a trace: what must go from it although no rule says so, and
// what may stay although one does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/own_rules.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::security {

// One way in which a hidden text may stand in a trace, known again without being kept.
struct HiddenForm {
    std::uint64_t length = 0;  // bytes
    std::uint64_t hash = 0;    // keyed, of a polynomial over the bytes, modulo 2^61 - 1
    std::string fingerprint;   // the beginning of HMAC-SHA-256: 32 hex digits
    bool operator==(const HiddenForm&) const = default;
};

// A redaction by hand.
struct HandRedaction {
    std::string salt;       // with the key behind pseudonyms: the key of the forms
    std::string key_check;  // tells whether that key is still the one
    std::vector<HiddenForm>
        forms;            // of a text: itself, and as JSON, URLs, HTML, base64 and hex digits have it
    std::string pattern;  // or a regular expression, as it was written
    std::optional<std::int64_t> step;  // only in this position of the trace's steps
    std::string field;  // only there: a path in the record, what is below one, or the last name of paths
    bool operator==(const HandRedaction&) const = default;
};

// How findings of hidden texts, and of custom_redact_strings, are called.
inline constexpr std::string_view k_hidden_rule = "custom_string";
inline constexpr std::size_t k_shortest_hidden = 3;  // bytes: shorter ones would take every text apart

// Error BadOption for a text that is too short; it is not repeated. `salt`: any, another for each.
HandRedaction hide_text(std::string_view text, std::string_view key, const std::string& salt);
// Of Go's regexp syntax; Error BadOption (never repeating it) for one that cannot be, or matches nothing
// at all.
HandRedaction hide_matches(const std::string& pattern);

// Of a record whose long texts were cut before: where a cut went through the text, its beginning goes as
// well. Answers the fields, paths in the record.
std::vector<std::string> redact_cut(trace::TraceRecord& record, std::string_view text);

// What may stay although a rule says no: this value (by finding_fingerprint()), or all that this rule finds.
struct Allowed {
    std::string fingerprint;
    std::string rule;
    bool operator==(const Allowed&) const = default;
};

struct DecidedTexts {
    std::vector<HandRedaction> redactions;
    std::vector<Allowed> allowed{};
    std::string key;  // behind pseudonyms and fingerprints
};
// `rules` (may be null) and these decisions, for scrubbing one trace: what was hidden is found as the rule
// custom_string wherever the scanner reads, and what is allowed is no finding. The digest stays that of
// `rules`. Error ConfigInvalid when a
// text was hidden under another key: it would not be found.
OwnRulesPtr with_decisions(OwnRulesPtr rules, const DecidedTexts& decided);

}  // namespace opentraces::security
