#include "enrich/sought_lines.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

// Lines that are alike but for the last one, over and over again, are compared without end.
constexpr std::size_t k_most_compared = std::size_t{256} << 20;

std::string_view as_it_is(std::string_view line) {
    return line;
}
std::string_view without_end(std::string_view line) {
    return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}
constexpr std::array k_views{as_it_is, without_end, trim};

class Search {
public:
    Search(std::vector<std::string_view> lines, std::size_t& compared)
        : m_lines(std::move(lines)), m_compared(compared), m_most(compared + k_most_compared) {}

    std::optional<std::size_t> find(const std::string* wanted, std::size_t count, std::size_t from,
                                    bool at_end) {
        if (count > m_lines.size()) return std::nullopt;
        const std::size_t last = m_lines.size() - count;
        for (const auto view : k_views) {
            for (std::size_t at = at_end ? last : from; at <= last; ++at) {
                if (are_at(at, wanted, count, view)) return at;
                if (m_compared > m_most) return std::nullopt;
            }
        }
        return std::nullopt;
    }
    const std::vector<std::string_view>& lines() const { return m_lines; }

private:
    template <class View>
    bool are_at(std::size_t at, const std::string* wanted, std::size_t count, const View& view) {
        for (std::size_t line = 0; line < count; ++line) {
            m_compared += 1 + std::min(m_lines[at + line].size(), wanted[line].size());
            if (view(m_lines[at + line]) != view(wanted[line])) return false;
        }
        return true;
    }

    std::vector<std::string_view> m_lines;
    std::size_t& m_compared;
    std::size_t m_most;
};

struct Place {
    std::size_t at = 0;
    std::size_t lines = 0;  // that go
    const SoughtLines* edit = nullptr;
    std::size_t added = 0;
};

std::optional<Place> place_of(const SoughtLines& edit, std::size_t& from, Search& search) {
    if (!edit.beyond.empty()) {
        const auto line = search.find(&edit.beyond, 1, from, false);
        if (!line) return std::nullopt;
        from = *line + 1;
    }
    std::size_t count = edit.before.size();
    std::size_t added = edit.after.size();
    if (count == 0) return Place{search.lines().size(), 0, &edit, added};
    auto at = search.find(edit.before.data(), count, from, edit.at_end);
    if (!at && edit.before.back().empty()) {  // an empty line that stands for the end of the text
        --count;
        if (added > 0 && edit.after.back().empty()) --added;
        at = search.find(edit.before.data(), count, from, edit.at_end);
    }
    if (!at) return std::nullopt;
    from = *at + count;
    return Place{*at, count, &edit, added};
}

}  // namespace

std::optional<std::string> with_sought(std::string_view text, const std::vector<SoughtLines>& edits,
                                       std::size_t& compared) {
    std::vector<std::string_view> lines = lines_of(text);
    for (std::string_view& line : lines)
        if (line.ends_with('\n')) line.remove_suffix(1);
    Search search(std::move(lines), compared);
    std::vector<Place> places;
    std::size_t from = 0;
    for (const SoughtLines& edit : edits) {
        const auto place = place_of(edit, from, search);
        if (!place) return std::nullopt;
        places.push_back(*place);
    }
    std::stable_sort(places.begin(), places.end(),
                     [](const Place& one, const Place& other) { return one.at < other.at; });
    std::string after;
    const auto append = [&after](std::string_view line) { after.append(line).append("\n"); };
    std::size_t at = 0;
    for (const Place& place : places) {
        if (place.at < at) return std::nullopt;
        for (; at < place.at; ++at)
            append(search.lines()[at]);
        for (std::size_t line = 0; line < place.added; ++line)
            append(place.edit->after[line]);
        at += place.lines;
    }
    for (; at < search.lines().size(); ++at)
        append(search.lines()[at]);
    return after;
}

}  // namespace opentraces::enrich
