// Written matchers for what a pattern row cannot say. Each looks at a bounded stretch around one anchor.
#pragma once

#include <optional>
#include <string_view>

#include "security/scan/scanner.hpp"

namespace opentraces::security {

// NAME=value, "name": "value", --name value, <name>value</name>, …: the anchor is a word of the name.
std::optional<Span> match_assignment(const Rule& rule, std::string_view text, Span anchor);
// The same; `reached` becomes where the value ends that was read, whatever it is, else the anchor's end.
std::optional<Span> match_assigned(const Rule& rule, std::string_view text, Span anchor,
                                   std::size_t& reached);
// Is `value` a secret when it belongs to a name of which `word` is the anchor? `quoted` values may be prose.
bool is_secret_value(const Rule& rule, std::string_view name, Span word, std::string_view value, bool quoted);

// Values in the columns that a header names.
void match_columns(const Rule& rule, std::string_view text, Span anchor, std::vector<Hit>& hits);
// Only a line end or a separator follows a name in a header; few names get further.
bool may_be_header(std::string_view text, Span name);
void match_column(const Rule& rule, std::string_view text, Span name, Span word, std::vector<Hit>& hits);
// Values of INSERT whose column the name is. Only a comma or a bracket follows such a name.
bool may_be_in_insert(std::string_view text, Span name);
void match_insert(const Rule& rule, std::string_view text, Span name, Span word, std::vector<Hit>& hits);
// No placeholder, no word that stands for any password.
bool is_real_password(std::string_view password);

// Authorization schemes: the anchor is "bearer ", "basic ", "token ", …
std::optional<Span> match_auth_scheme(const Rule& rule, std::string_view text, Span anchor);
// scheme://user:password@host: the anchor is "://".
std::optional<Span> match_url_credentials(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_database_url(const Rule& rule, std::string_view text, Span anchor);
// curl -u user:password and the like.
std::optional<Span> match_user_option(const Rule& rule, std::string_view text, Span anchor);
// Passwords in the short options of well-known tools: the anchor is the tool's name.
std::optional<Span> match_tool_password(const Rule& rule, std::string_view text, Span anchor);
// What is written into a command that reads a secret: the anchor is its option.
std::optional<Span> match_piped_secret(const Rule& rule, std::string_view text, Span anchor);
// The word behind the anchor, and the one behind that.
std::optional<Span> match_next_word(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_second_word(const Rule& rule, std::string_view text, Span anchor);
// SQL: the anchor is the clause before a literal.
std::optional<Span> match_sql_password(const Rule& rule, std::string_view text, Span anchor);
// f("user", "password"): the anchor ends in the bracket.
std::optional<Span> match_login_call(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_netrc(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_pgpass(const Rule& rule, std::string_view text, Span anchor);

// The value beside a member that says that it is secret: the anchor is that member's name or value.
std::optional<Span> match_declared_value(const Rule& rule, std::string_view text, Span anchor);
// The password that a resource of Terraform has made up: the anchor is the resource's type.
std::optional<Span> match_generated_result(const Rule& rule, std::string_view text, Span anchor);
// What a command that shows one secret prints on the next line: the anchor is a part of the command.
std::optional<Span> match_printed_secret(const Rule& rule, std::string_view text, Span anchor);
// user/password@host of Oracle, PWD=… of ODBC.
std::optional<Span> match_oracle_login(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_odbc_password(const Rule& rule, std::string_view text, Span anchor);

std::optional<Span> match_pem(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_pem_tail(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_putty(const Rule& rule, std::string_view text, Span anchor);
// A base64 id of digits, the time and a signature, apart by dots: the anchor is the first dot.
std::optional<Span> match_discord_token(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_jwt(const Rule& rule, std::string_view text, Span anchor);

std::optional<Span> match_email(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_ipv4(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_ipv6(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_card(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_ssn(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_phone(const Rule& rule, std::string_view text, Span anchor);
std::optional<Span> match_iban(const Rule& rule, std::string_view text, Span anchor);

// What a code for joining a wireless network says has a password in it.
bool has_wifi_password(std::string_view code);
// A private key in base 58 whose checksum fits, as wallets of Bitcoin import it.
bool is_wallet_import_key(std::string_view candidate);

bool luhn_valid(std::string_view digits);
// The six characters of CRC-32 in base 62 at the end of GitHub's and npm's tokens.
bool has_valid_token_checksum(std::string_view token);

}  // namespace opentraces::security
