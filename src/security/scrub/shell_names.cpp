// Names in prompts, listings, tables of processes and answers of commands.
#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "security/scrub/names.hpp"
#include "security/scrub/sightings.hpp"

namespace opentraces::security {
namespace {

constexpr int k_max_rows = 4000;
constexpr int k_first_person = 500;  // macOS begins at 501, Linux at 1000
constexpr int k_nobody = 65534;

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t'))
        ++at;
    return at;
}

std::size_t host_end(std::string_view text, std::size_t at) {
    while (at < text.size() && (is<'i'>(text[at]) || text[at] == '.'))
        ++at;
    return at;
}

// Where the line that follows begins; npos at the end.
std::size_t next_line(std::string_view text, std::size_t line_end) {
    if (line_end >= text.size()) return std::string_view::npos;
    if (text[line_end] != '\\') {
        if (text[line_end] == '\r' && line_end + 1 < text.size() && text[line_end + 1] == '\n') ++line_end;
        return text[line_end] == '\n' ? line_end + 1 : std::string_view::npos;
    }
    return text[line_end + 1] == 'r' ? next_line(text, line_end + 2) : line_end + 2;
}

std::size_t line_end(std::string_view text, std::size_t at) {
    return line_around(text, at).end;
}

int number_before(std::string_view text, std::size_t end) {
    const std::size_t begin = run_begin<'d'>(text, end);
    int number = 0;
    for (std::size_t at = begin; at < end && end - begin <= 9; ++at)
        number = number * 10 + (text[at] - '0');
    return begin == end ? -1 : number;
}

bool is_persons_id(int id) {
    return id >= k_first_person && id < k_nobody;
}

// "jane@host:~/x$" and "[jane@host dir]$" at the beginning of a line.
bool is_prompt(std::string_view text, Span name, std::size_t host, std::size_t end) {
    const char before = name.begin > 0 ? text[name.begin - 1] : '\n';
    const bool escaped_line = name.begin > 1 && before == 'n' && text[name.begin - 2] == '\\';
    const bool line_start = before == '\n' || before == '[' || escaped_line ||
                            (before == ' ' && name.begin >= 2 && text[name.begin - 2] == ')');
    if (!line_start || host == end || end + 1 >= text.size()) return false;
    if (text[end] == ':' && (text[end + 1] == '~' || text[end + 1] == '/')) return true;
    const std::string_view rest = text.substr(end, 60);
    const std::size_t sign = rest.find_first_of("$%#\n");
    return text[end] == ' ' && sign != std::string_view::npos && rest[sign] != '\n' &&
           (before == '[' || rest[sign] == '%');
}

// "12345+jane@users.noreply.github.com": the number names the account, too.
bool read_noreply(std::string_view text, Span name, std::size_t host, const Seen& seen) {
    const std::string_view domain = text.substr(host, 40);
    if (!domain.starts_with("users.noreply.git")) return false;
    if (name.begin > 0 && text[name.begin - 1] == '+') {
        const std::size_t number = run_begin<'d'>(text, name.begin - 1);
        if (number == name.begin - 1) return true;
        name.begin = number;
    }
    seen({name, Subject::Login, Evidence::Commit});
    return true;
}

}  // namespace

void read_at_sign(std::string_view text, std::size_t at_sign, const Seen& seen) {
    constexpr std::size_t k_max_name = 64;
    Span name{at_sign, at_sign};
    while (name.begin > 0 && at_sign - name.begin < k_max_name && is_name_char(text[name.begin - 1]))
        --name.begin;
    // The end of an escaped line is no part of a name.
    if (name.begin > 0 && name.begin < at_sign && text[name.begin - 1] == '\\' && text[name.begin] == 'n')
        ++name.begin;
    const std::size_t host = at_sign + 1;
    if (name.begin == at_sign || read_noreply(text, name, host, seen)) return;
    const std::size_t end = host_end(text, host);
    if (!is_prompt(text, name, host, end)) return;
    seen({name, Subject::Login, Evidence::Own});
    seen({{host, end}, Subject::Host, Evidence::Own});
}

// The owner in a line of ls -l or tar -tv; the anchor is somewhere in "-rw-r--r--".
void read_listing(std::string_view text, std::size_t anchor, const Seen& seen) {
    if (anchor == 0) return;
    const bool line = anchor == 1 || text[anchor - 2] == '\n' ||
                      (anchor > 2 && text[anchor - 2] == 'n' && text[anchor - 3] == '\\') ||
                      text[anchor - 2] == ' ' || text[anchor - 2] == '/';
    std::size_t at = anchor - 1;
    if (!line || std::string_view("-dlbcps").find(text[at]) == std::string_view::npos ||
        at + 12 > text.size())
        return;
    for (++at; at < anchor + 9; ++at)
        if (std::string_view("rwxsStT-").find(text[at]) == std::string_view::npos) return;
    if (at < text.size() && std::string_view("@+.").find(text[at]) != std::string_view::npos) ++at;
    const std::size_t links = skip_blanks(text, at);
    if (links == at) return;
    at = run_end<'d'>(text, links);
    const bool archive = at == links;
    const std::size_t owner = archive ? links : skip_blanks(text, at);
    if (!archive && owner == at) return;
    const auto name = login_at(text, owner);
    if (!name || name->end >= text.size() || is<'d'>(text[name->begin])) return;
    const char after = text[name->end];
    if (archive ? after != '/' : after != ' ') return;
    const Evidence evidence = archive ? Evidence::Archive : Evidence::Listing;
    seen({*name, Subject::Login, evidence});
    const std::size_t group = archive ? name->end + 1 : skip_blanks(text, name->end);
    const auto second = login_at(text, group);
    const auto spelled = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
    if (second && spelled(*second) == spelled(*name)) seen({*second, Subject::Login, evidence});
}

// "USER  PID %CPU …" and "UID  PID PPID …", with the lines below it.
void read_processes(std::string_view text, std::size_t anchor, const Seen& seen) {
    const Span head = line_around(text, anchor);
    const std::string_view title = trim(text.substr(head.begin, anchor - head.begin));
    if (title != "USER" && title != "UID") return;
    std::size_t line = next_line(text, head.end);
    for (int row = 0; row < k_max_rows && line != std::string_view::npos; ++row) {
        const std::size_t begin = skip_blanks(text, line);
        const auto name = login_at(text, begin);
        if (!name) return;
        std::size_t id = name->end;
        if (id < text.size() && text[id] == '+') ++id;
        id = skip_blanks(text, id);
        if (run_end<'d'>(text, id) == id) return;
        if (!is<'d'>(text[begin])) seen({*name, Subject::Login, Evidence::Process});
        line = next_line(text, line_end(text, begin));
    }
}

// "uid=1000(jane) gid=1000(jane) groups=…" and "Uid: ( 1000/    jane)".
void read_ids(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen) {
    const std::size_t number = skip_blanks(text, anchor + length);
    const std::size_t end = run_end<'d'>(text, number);
    if (end == number || end >= text.size() || (text[end] != '(' && text[end] != '/')) return;
    const bool person = is_persons_id(number_before(text, end));
    const auto name = login_at(text, skip_blanks(text, end + 1));
    if (!name || name->end >= text.size() || text[name->end] != ')') return;
    const Evidence evidence = person ? Evidence::Own : Evidence::Listing;
    seen({*name, Subject::Login, evidence});
    const std::string bare(text.substr(name->begin, name->end - name->begin));
    const std::size_t stop = line_end(text, name->end);
    const std::string_view line = text.substr(0, stop);
    for (const char before : {'(', ' '}) {
        const std::string again = before + bare + ")";
        for (std::size_t at = line.find(again, name->end); at != std::string_view::npos;
             at = line.find(again, at + again.size()))
            seen({{at + 1, at + 1 + bare.size()}, Subject::Login, evidence});
    }
}

// "jane:x:1000:1000:Jane Doe,,,:/home/jane:/bin/bash"
void read_account(std::string_view text, std::size_t anchor, const Seen& seen) {
    const Span line = line_around(text, anchor);
    const auto name = login_at(text, line.begin);
    if (!name || name->end != anchor) return;
    std::size_t at = anchor + 3;
    const std::size_t id_end = run_end<'d'>(text, at);
    if (id_end == at || id_end >= text.size() || text[id_end] != ':') return;
    if (!is_persons_id(number_before(text, id_end))) return;
    seen({*name, Subject::Login, Evidence::Own});
    at = run_end<'d'>(text, id_end + 1);
    if (at >= line.end || text[at] != ':') return;
    const auto full = words_at(text, at + 1);
    if (full && full->end < text.size() && (text[full->end] == ',' || text[full->end] == ':') &&
        full->end <= line.end)
        seen({*full, Subject::FullName, Evidence::Own});
}

// USER=jane, LOGNAME=jane, "USER": "jane", SUDO_USER=jane; not POSTGRES_USER, not --user=.
void read_variable(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen) {
    const std::string_view spelled = text.substr(anchor, length);
    const std::string_view variable = spelled.substr(0, spelled.find_first_of("=:\""));
    if (std::any_of(variable.begin(), variable.end(), [](char c) { return !is<'A'>(c); })) return;
    const std::string_view before =
        text.substr(anchor < 5 ? 0 : anchor - 5, std::min<std::size_t>(anchor, 5));
    if (!before.empty() && (is<'v'>(before.back()) || before.back() == '-') && !before.ends_with("SUDO_") &&
        !before.ends_with("\\n"))
        return;
    std::size_t at = anchor + length;
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
    const auto name = login_at(text, at);
    if (!name || !is<'y'>(text[name->begin])) return;
    if (name->end < text.size() &&
        std::string_view(" \t\r\n\"'\\;,)}").find(text[name->end]) == std::string_view::npos)
        return;
    const bool of_programs = variable == "USERNAME" || spelled.ends_with(": ") || spelled.ends_with("\"");
    seen({*name, Subject::Login, of_programs ? Evidence::Account : Evidence::Own});
}

// HOSTNAME=x, COMPUTERNAME=x, "Static hostname: x", and what uname -a says.
void read_machine(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen) {
    const std::string_view spelled = text.substr(anchor, length);
    const Span line = line_around(text, anchor);
    const bool kernel = spelled.back() == ' ' && spelled.front() != 'c' && spelled.front() != 'C';
    std::size_t at = skip_blanks(text, anchor + length);
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
    const std::size_t end = host_end(text, at);
    if (end == at || end > line.end) return;
    if (kernel) {
        const std::string_view rest = text.substr(end, line.end - end);
        const bool version = rest.size() > 2 && rest[0] == ' ' && is<'d'>(rest[1]);
        const bool named = rest.find(" #") != std::string_view::npos ||
                           rest.find("Kernel Version") != std::string_view::npos;
        if (!version || !named || spelled.front() == 'l' || spelled.front() == 'd') return;
    } else if (spelled.ends_with('=')) {
        if (!is<'A'>(spelled.front()) || (anchor > 0 && is<'v'>(text[anchor - 1]) && text[anchor - 1] != 'n'))
            return;
    } else if (spelled.front() == 'h' || spelled.front() == 'H') {
        if (!text.substr(line.begin, anchor - line.begin).ends_with("Static ")) return;
    }
    seen({{at, end}, Subject::Host, Evidence::Own});
}

// "$ whoami" with its answer on the next line.
void read_whoami(std::string_view text, std::size_t anchor, std::size_t length, const Seen& seen) {
    const std::size_t end = line_end(text, anchor);
    if (anchor + length != end) return;
    const std::size_t line = next_line(text, end);
    if (line == std::string_view::npos) return;
    const auto name = login_at(text, line);
    if (name && name->end == line_end(text, line)) seen({*name, Subject::Login, Evidence::Own});
}

}  // namespace opentraces::security
