// Names of the people behind a session, of their machines and their repository become keyed pseudonyms: first
// all of the session is learned from, then each name goes wherever it stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/scrub.hpp"
#include "security/match/literal_set.hpp"
#include "security/scrub/sightings.hpp"

namespace opentraces::security {

class People {
public:
    // `user_name` counts as a person's name unless it is short or names a role ("root", "dev").
    People(std::string key, std::string_view user_name, const PersonalData& personal);

    // What a text says of people by itself. A bounded number of names is kept.
    void learn(std::string_view text);
    // What a command line (`whoami`, `hostname && git config user.name`) has answered.
    void learn_answer(std::string_view command, std::string_view answer);
    // "owner/name" of the session's repository; nothing unless repositories are to go.
    void learn_repository(std::string_view name);
    // A name that is a package's here, so that it is nobody's.
    void spare(std::string_view name);
    // To be called after the last of these, before anonymise().
    void settle();

    // Replaces names in the text; answers how many. Doing it twice changes nothing more. A name that is
    // distinctive goes wherever it stands alone, any other only where something says that it is a name.
    std::size_t anonymise(std::string& text) const;

    enum class Kind : char { Person = 'u', Host = 'h', Repository = 'r' };
    // The same for a name in any case and with any blanks.
    std::string pseudonym(Kind kind, std::string_view name) const;

private:
    struct Known {
        Subject subject = Subject::Login;
        bool own = false;
        bool commit = false;
        std::size_t homes = 0;   // directories that were seen
        std::uint32_t weak = 0;  // a bit for each kind of weak evidence
        bool is_learned() const { return own || commit || homes > 0 || (weak & (weak - 1)) != 0; }
    };
    // One way in which a known name is written.
    struct Form {
        std::string text;  // lower case
        std::string replacement;
        bool everywhere = true;
        bool capitalised = false;  // only so
    };
    struct Replacement {
        Span span;
        std::string text;
    };

    void note(Subject subject, Evidence evidence, std::string_view name);
    bool is_known(std::string_view name) const;
    void add_form(std::string text, std::string_view replacement, bool everywhere = true,
                  bool capitalised = false);
    void add_login(const std::string& login, bool everywhere);
    void add_full_name(const std::string& name, bool own);
    void add_host(const std::string& host);
    bool fits_login(const std::string& first, const std::string& last) const;
    void find_forms(std::string_view text, std::vector<Replacement>& found) const;
    void find_places(std::string_view text, std::vector<Replacement>& found) const;

    std::string m_key;
    PersonalData m_personal;
    std::map<std::string, Known, std::less<>> m_known;  // by name, lower case, single blanks
    std::vector<std::string> m_repositories;            // "owner/name"
    Logins m_spared;
    Logins m_logins;  // learned ones
    std::map<std::string, std::size_t, std::less<>> m_form_of;
    std::vector<Form> m_forms;
    LiteralSet m_literals;
};

}  // namespace opentraces::security
