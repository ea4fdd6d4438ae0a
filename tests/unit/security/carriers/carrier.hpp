// Forms in which a secret arrives in a transcript. Each is a row: how a made-up secret is put into it, and
// the part of the secrets that must be gone without a rest once the text is redacted.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::testing {

struct Carried {
    std::string text;
    std::vector<std::string> traces;  // spellings of the secret in it
    std::size_t rest = 8;             // so many characters of one may not be left
};

// No part of a spelling of the secret is left.
bool is_gone(std::string_view redacted, const Carried& carried);

struct Carrier {
    std::string_view name;
    Carried (*wrap)(const std::string& secret);
    double at_least;  // per cent
};

// Of secrets that have a form of their own, whatever stands around them.
std::span<const Carrier> encoded_carriers();
std::span<const Carrier> joined_carriers();

enum class NamedValue {
    Key,       // letters and digits as generators write them
    Signs,     // the same with signs between, as in frameworks' secret keys
    Password,  // short, with signs
};

// Of values that only their name tells: {V} in the text stands for the value, {B} for its base64, {A} for
// that of an account with it as its password, {1}
// and {2} for its halves.
struct NamedCarrier {
    std::string_view name;
    NamedValue value;
    std::string_view text;
    double at_least;
};

std::span<const NamedCarrier> declared_carriers();    // programming languages and shells
std::span<const NamedCarrier> configured_carriers();  // files of configuration, tables, markup
std::span<const NamedCarrier> commanded_carriers();   // command lines and queries
std::span<const NamedCarrier> parted_carriers();      // what code and terminals have broken into parts
std::span<const NamedCarrier> filed_carriers();  // files of credentials, and what stores of secrets print

}  // namespace opentraces::testing
