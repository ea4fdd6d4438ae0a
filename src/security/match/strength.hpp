// Does a text look generated, like a placeholder, or like a word of code?
#pragma once

#include <string_view>

namespace opentraces::security {

// Bits per character over the text's own frequencies.
double shannon_entropy(std::string_view text);

// Stands for a secret without being one: "sk-xxxx", "<token>", "${TOKEN}", "your-api-key", "[REDACTED]".
bool is_placeholder(std::string_view value);

// Encrypted as tools write it into files that they keep among others: SOPS, sealed secrets, Ansible.
bool is_ciphertext(std::string_view value);

// Letters and digits mixed in the way generators do, not the way people name things.
bool looks_generated(std::string_view value);

// Generated, or a word of several kinds of characters as people make up for passwords: "Tr0ub4dor&3".
bool looks_chosen(std::string_view value);

// looks_generated() for the longest part of a token with a prefix and separators.
bool looks_generated_token(std::string_view token);

// A name, path, call or member access, as the right side of an assignment in code has. In quotes, brackets
// mean nothing unless they are those of a template.
bool looks_like_code(std::string_view value, bool quoted = false);

// One hexadecimal digest or UUID and nothing else.
bool is_digest_or_uuid(std::string_view value);

// Share of neighbouring letter pairs that are common in words, 0 to 1; 1 if there are no pairs.
double word_likeness(std::string_view text);

}  // namespace opentraces::security
