// Places of a text that tell by themselves that a name of a person or of a machine stands there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "security/rules/rule.hpp"

namespace opentraces::security {

enum class Subject : std::uint8_t { Login, FullName, Host };

// What such a place says about whose name it is.
enum class Evidence : std::uint8_t {
    Own,      // of whoever works on this machine
    Home,     // has a home directory: texts and tests name some, too
    Commit,   // of somebody who has committed
    Listing,  // owner of a file, or of a folder that stands for a home: services own files, too
    Process,  // owner of a process
    Archive,  // owner in an archive
    Account,  // in a variable that programs have as well
};

struct Sighting {
    Span span;
    Subject subject = Subject::Login;
    Evidence evidence = Evidence::Own;
};
using Seen = std::function<void(const Sighting&)>;
using Logins = std::set<std::string, std::less<>>;  // lower case

// In no order, and some may overlap. `logins` are known ones, for folder names in which their separators have
// become hyphens.
void find_sightings(std::string_view text, const Logins& logins, const Seen& seen);

// The line around `at`, without its end; ends of lines may be escaped as in JSON. Of long lines a part.
Span line_around(std::string_view text, std::size_t at);
// The login that begins at `at`; nullopt if there is none.
std::optional<Span> login_at(std::string_view text, std::size_t at);
// Words up to the end of the line, a quote or a bracket, without blanks around them.
std::optional<Span> words_at(std::string_view text, std::size_t at);

// Readers of one kind of place each; `at` is where their anchor begins.
std::optional<Span> home_name(std::string_view text, std::size_t word, std::size_t length);
std::optional<Span> encoded_name(std::string_view text, std::size_t word, std::size_t length,
                                 const Logins& logins);
std::optional<Span> tilde_name(std::string_view text, std::size_t tilde);
void read_at_sign(std::string_view text, std::size_t at_sign, const Seen& seen);
void read_listing(std::string_view text, std::size_t anchor, const Seen& seen);
void read_processes(std::string_view text, std::size_t anchor, const Seen& seen);
void read_ids(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen);
void read_account(std::string_view text, std::size_t anchor, const Seen& seen);
void read_variable(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen);
void read_machine(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen);
void read_whoami(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen);
void read_git_settings(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen);
void read_name_before_address(std::string_view text, std::size_t bracket, const Seen& seen);
void read_key_comment(std::string_view text, std::size_t anchor, const Seen& seen);
void read_forge_greeting(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen);

}  // namespace opentraces::security
