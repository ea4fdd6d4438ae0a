// Values that what stands around them declares to be secret, whatever they look like.
#pragma once

#include <string_view>
#include <vector>

#include "security/scan/scanner.hpp"

namespace opentraces::security {

// May `value`, which is called `name` among secrets, be one? Accounts, hosts and placeholders are not, nor
// are words that say nothing.
bool is_declared_secret(std::string_view name, std::string_view value);
// The same for what stands in base64.
bool is_declared_base64(std::string_view name, std::string_view value);

// What follows answers how many bytes it has read.
// data and stringData of a Secret of Kubernetes, in YAML and JSON: the anchor is its kind.
std::size_t match_kubernetes_secret(const Rule& rule, std::string_view text, Span anchor,
                                    std::vector<Hit>& hits);
// {"host": "token", …} behind a name that says what they are: the anchor is that name.
std::size_t match_credential_map(const Rule& rule, std::string_view text, Span anchor,
                                 std::vector<Hit>& hits);
// The data of a secret as Vault answers it: the anchor is a member beside it.
std::size_t match_vault_answer(const Rule& rule, std::string_view text, Span anchor, std::vector<Hit>& hits);
// Names and values in two columns below a heading.
std::size_t match_vault_table(const Rule& rule, std::string_view text, Span anchor, std::vector<Hit>& hits);
// name=value words behind a command that stores secrets.
std::size_t match_stored_literals(const Rule& rule, std::string_view text, Span anchor,
                                  std::vector<Hit>& hits);
// name = value lines below a heading that says that they are secrets, and YAML below such a key.
std::size_t match_secret_section(const Rule& rule, std::string_view text, Span anchor,
                                 std::vector<Hit>& hits);

}  // namespace opentraces::security
