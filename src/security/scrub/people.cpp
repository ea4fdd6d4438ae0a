#include "security/scrub/people.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/text.hpp"
#include "security/scrub/answers.hpp"
#include "security/scrub/names.hpp"
#include "security/scrub/places.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_known = 192;
constexpr std::size_t k_shortest_login = 3;
constexpr std::size_t k_shortest_part = 4;
constexpr std::size_t k_rare_home = 10;     // one in so many
constexpr std::size_t k_process_width = 8;  // ps shows seven characters of longer names, and "+"

// Lower case, with one blank between words.
std::string canonical(std::string_view name) {
    std::string folded;
    for (const char c : to_lower_ascii(name))
        if (c != ' ' || (!folded.empty() && folded.back() != ' ')) folded += c;
    while (folded.ends_with(' '))
        folded.pop_back();
    return folded;
}

std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t end = std::min(name.find(' ', at), name.size());
        if (end > at) words.emplace_back(name.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

std::string letters_of(std::string_view name) {
    std::string letters;
    std::copy_if(name.begin(), name.end(), std::back_inserter(letters), is<'y'>);
    return letters;
}

bool is_personal(Subject subject, std::string_view name) {
    switch (subject) {
        case Subject::FullName:
            return is_personal_full_name(name);
        case Subject::Host:
            return is_personal_host(name);
        case Subject::Login:
            break;
    }
    return is_personal_name(name);
}

// "jane-box.local": what the machine is called without where it is.
std::string_view machine_of(std::string_view host) {
    constexpr std::array<std::string_view, 7> k_at_home = {".local", ".lan",         ".home",     ".internal",
                                                           ".corp",  ".localdomain", ".fritz.box"};
    for (const std::string_view ending : k_at_home)
        if (host.ends_with(ending)) return host.substr(0, host.find('.'));
    return host;
}

// "12345+jane" of an address that says nothing is jane's.
std::string_view without_number(std::string_view name) {
    const std::size_t digits = run_end<'d'>(name, 0);
    return digits > 0 && digits < name.size() && name[digits] == '+' ? name.substr(digits + 1) : name;
}

}  // namespace

People::People(std::string key, std::string_view user_name, const PersonalData& personal)
    : m_key(std::move(key)), m_personal(personal) {
    if (user_name.size() >= k_shortest_login) note(Subject::Login, Evidence::Own, user_name);
    settle();
}

std::string People::pseudonym(Kind kind, std::string_view name) const {
    if (m_key.empty()) return kind == Kind::Person ? "user" : kind == Kind::Host ? "host" : "repo";
    // Machines and repositories have keys of their own: the same word is another thing there.
    const std::string key = kind == Kind::Person ? m_key : static_cast<char>(kind) + m_key;
    return static_cast<char>(kind) + hmac_sha256_hex(key, canonical(name)).substr(0, 8);
}

void People::note(Subject subject, Evidence evidence, std::string_view name) {
    if (subject == Subject::Host ? !m_personal.hosts : !m_personal.names) return;
    name = without_number(name);
    if (!is_personal(subject, name)) return;
    std::string key = canonical(subject == Subject::Host ? machine_of(to_lower_ascii(name)) : name);
    if (m_spared.contains(key)) return;
    if (m_known.size() >= k_max_known && !m_known.contains(key)) return;
    Known& known = m_known.try_emplace(std::move(key), Known{subject}).first->second;
    known.own = known.own || evidence == Evidence::Own;
    known.homes += evidence == Evidence::Home ? 1 : 0;
    known.commit = known.commit || evidence == Evidence::Commit;
    if (evidence > Evidence::Commit) known.weak |= 1U << static_cast<unsigned>(evidence);
}

void People::learn(std::string_view text) {
    find_sightings(text, m_logins, [&](const Sighting& sighting) {
        note(sighting.subject, sighting.evidence,
             text.substr(sighting.span.begin, sighting.span.end - sighting.span.begin));
    });
}

void People::learn_answer(std::string_view command, std::string_view answer) {
    read_answer(command, answer,
                [&](Subject subject, std::string_view name) { note(subject, Evidence::Own, name); });
}

void People::learn_repository(std::string_view name) {
    const std::size_t slash = name.find('/');
    if (!m_personal.repos || slash == 0 || slash == std::string_view::npos || slash + 1 >= name.size())
        return;
    if (m_repositories.size() < 16) m_repositories.push_back(to_lower_ascii(name));
}

void People::spare(std::string_view name) {
    if (m_spared.size() < 4096) m_spared.insert(to_lower_ascii(name));
}

void People::add_form(std::string text, std::string_view replacement, bool everywhere, bool capitalised) {
    const auto [entry, fresh] = m_form_of.try_emplace(text, m_forms.size());
    if (fresh) {
        m_forms.push_back({std::move(text), std::string(replacement), everywhere, capitalised});
        return;
    }
    Form& form = m_forms[entry->second];
    form.everywhere = form.everywhere || everywhere;
    form.capitalised = form.capitalised && capitalised;
}

void People::add_login(const std::string& login, bool everywhere) {
    if (login.size() < k_shortest_login) return;
    const std::string replacement = pseudonym(Kind::Person, login);
    everywhere = everywhere && is_distinctive_name(login);
    add_form(login, replacement, everywhere);
    if (everywhere && login.size() > k_process_width)
        add_form(login.substr(0, k_process_width - 1) + "+", replacement);
}

// Could a known login or machine be called by this name?
bool People::fits_login(const std::string& first, const std::string& last) const {
    const std::string f = letters_of(first);
    const std::string l = letters_of(last);
    if (f.empty() || l.empty()) return false;
    const std::array<std::string, 8> logins = {f, l, f + l, l + f, f[0] + l, f + l[0], l + f[0], l[0] + f};
    return std::any_of(m_known.begin(), m_known.end(), [&](const auto& entry) {
        const auto& [name, known] = entry;
        if (known.subject == Subject::FullName || !known.is_learned()) return false;
        const std::string letters = letters_of(name);
        if (known.subject == Subject::Host)
            return (f.size() >= k_shortest_part && letters.starts_with(f)) ||
                   (l.size() >= k_shortest_part && letters.starts_with(l));
        return std::find(logins.begin(), logins.end(), letters) != logins.end();
    });
}

void People::add_full_name(const std::string& name, bool own) {
    const std::string replacement = pseudonym(Kind::Person, name);
    const std::vector<std::string> words = words_of(name);
    const std::string& first = words.front();
    const std::string& last = words.back();
    const bool only_words = std::none_of(words.begin(), words.end(), is_distinctive_name);
    for (const std::string_view between : {" ", "%20", "+", "-", "_", ".", ""}) {
        std::string joined;
        for (const std::string& word : words)
            joined += (joined.empty() ? "" : std::string(between)) + word;
        add_form(std::move(joined), replacement, true, only_words && between != "." && between != "_");
    }
    if (words.size() < 2) return;
    add_form(last + ", " + first, replacement, true, only_words);
    if (words.size() > 2) add_form(first + " " + last, replacement, true, only_words);
    if (!own && !fits_login(first, last)) return;
    for (const std::string& word : {first, last}) {
        const std::string bare(word);
        if (bare.size() < k_shortest_part || !is_distinctive_name(bare)) continue;
        add_form(bare, replacement, true, bare.size() == k_shortest_part);
        add_form(bare + "s", replacement, true, bare.size() == k_shortest_part);
    }
    for (const std::string& login :
         {first.substr(0, 1) + last, first + last.substr(0, 1), last + first, first.substr(0, 1) + "." + last,
          first.substr(0, 1) + ". " + last, last + "." + first})
        if (login.size() >= 6 && is_distinctive_name(login)) add_form(login, replacement);
}

void People::add_host(const std::string& host) {
    if (is_distinctive_name(host)) add_form(host, pseudonym(Kind::Host, host));
}

void People::settle() {
    m_form_of.clear();
    m_forms.clear();
    m_logins.clear();
    std::size_t most_homes = 0;
    for (const auto& [name, known] : m_known)
        most_homes = std::max(most_homes, known.homes);
    for (const auto& [name, known] : m_known) {
        if (!known.is_learned() || known.subject != Subject::Login) continue;
        m_logins.insert(name);
        // A directory that is hardly mentioned beside others is an example in a text or a test.
        const bool only_home = !known.own && !known.commit && known.weak == 0;
        add_login(name, !only_home || known.homes * k_rare_home >= most_homes);
    }
    for (const auto& [name, known] : m_known) {
        if (!known.is_learned() || known.subject == Subject::Login) continue;
        if (known.subject == Subject::Host) add_host(name);
        if (known.subject == Subject::FullName) add_full_name(name, known.own);
    }
    for (const std::string& repository : m_repositories) {
        const std::size_t slash = repository.rfind('/');
        const std::string owner = repository.substr(0, slash);
        const std::string name = repository.substr(slash + 1);
        const std::string instead = pseudonym(Kind::Repository, owner);
        add_form(repository, instead + "/" + pseudonym(Kind::Repository, name));
        add_form(owner, instead, is_distinctive_name(owner));
        add_form(name, pseudonym(Kind::Repository, name), is_distinctive_name(name));
    }
    std::vector<std::string> literals;
    for (const Form& form : m_forms)
        literals.push_back(form.text);
    m_literals = LiteralSet(literals, Fold::CaseAndDigits);
}

bool People::is_known(std::string_view name) const {
    const auto found = m_known.find(canonical(name));
    return found != m_known.end() && found->second.is_learned();
}

void People::find_forms(std::string_view text, std::vector<Replacement>& found) const {
    m_literals.for_each(text, [&](std::size_t index, std::size_t begin) {
        const Form& form = m_forms[index];
        const Span span{begin, begin + form.text.size()};
        // Digits match any digit in the set.
        if (to_lower_ascii(text.substr(begin, form.text.size())) != form.text) return;
        const bool stands = form.everywhere ? stands_alone(text, span) : is_called_a_name(text, span);
        if (!stands || (form.capitalised && !is<'A'>(text[begin]))) return;
        found.push_back({span, form.replacement});
    });
}

void People::find_places(std::string_view text, std::vector<Replacement>& found) const {
    find_sightings(text, m_logins, [&](const Sighting& sighting) {
        const bool host = sighting.subject == Subject::Host;
        if (host ? !m_personal.hosts : !m_personal.names) return;
        const auto& [begin, end] = sighting.span;
        std::string_view name = without_number(text.substr(begin, end - begin));
        if (!is_personal(sighting.subject, name) || m_spared.contains(to_lower_ascii(name))) return;
        const bool weak = sighting.evidence == Evidence::Process || sighting.evidence == Evidence::Account;
        if (weak && !is_known(name)) return;
        Span span = sighting.span;
        if (host) {
            const std::size_t length = machine_of(to_lower_ascii(name)).size();
            span.end = begin + length;
            name = name.substr(0, length);
        }
        found.push_back({span, pseudonym(host ? Kind::Host : Kind::Person, name)});
    });
}

std::size_t People::anonymise(std::string& text) const {
    std::vector<Replacement> found;
    find_places(text, found);
    find_forms(text, found);
    if (found.empty()) return 0;
    std::stable_sort(found.begin(), found.end(), [](const Replacement& a, const Replacement& b) {
        return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.span.end > b.span.end;
    });
    std::string out;
    std::size_t copied = 0;
    std::size_t replaced = 0;
    for (const Replacement& each : found) {
        if (each.span.begin < copied) continue;
        out.append(text, copied, each.span.begin - copied);
        out.append(each.text);
        copied = each.span.end;
        ++replaced;
    }
    out.append(text, copied);
    text = std::move(out);
    return replaced;
}

}  // namespace opentraces::security
