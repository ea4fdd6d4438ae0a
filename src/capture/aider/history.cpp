#include "capture/aider/history.hpp"

#include <map>
#include <memory>
#include <utility>

#include "capture/object_lines.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::capture::aider {
namespace {

// Names of sessions in the order of the file.
class Names {
public:
    std::string next(std::string_view start) {
        std::string name = repair_utf8(start);
        const std::size_t number = ++m_seen[name];
        return number == 1 ? name : name + "~" + std::to_string(number);
    }

private:
    std::map<std::string, std::size_t> m_seen;
};

// Where the listing has seen the session, if it still begins there. The file is not read from its start for
// each of its sessions.
bool read_known_section(const std::string& history, std::string_view name, Sources& sources,
                        const std::function<void(std::string_view line)>& take) {
    const auto listed = sources.beginnings.find(history);
    if (listed == sources.beginnings.end()) return false;
    const auto known = listed->second.find(std::string(name));
    if (known == listed->second.end()) return false;
    const std::shared_ptr<fs::ReadFile> file = sources.disk().open(history);
    file->seek(std::stoull(known->second.front()));
    json::LineReader reader([file](char* buffer, std::size_t size) { return file->read(buffer, size); },
                            k_longest_line);
    json::Line line;
    const std::string_view time = name.substr(0, name.find('~'));
    if (!reader.next(line) || repair_utf8(start_in(line.text)) != time) return false;
    while (reader.next(line) && start_in(line.text).empty())
        take(line.text);
    return true;
}

}  // namespace

std::string_view start_in(std::string_view line) {
    constexpr std::string_view k_begin = "# aider chat started at ";
    return line.starts_with(k_begin) ? trim(line.substr(k_begin.size())) : std::string_view();
}

std::vector<Section> sections_of(const std::string& history, Sources& sources) {
    std::vector<Section> sections;
    Names names;
    Sha256 digest;
    // The blank line before the next session is not of this one: it would change when another begins.
    std::size_t blank = 0;
    const auto close = [&] {
        const std::string finished = std::exchange(digest, {}).finish_hex();
        if (!sections.empty()) sections.back().digest = finished;
        blank = 0;
    };
    json::LineReader reader(sources.open(history), k_longest_line);
    for (json::Line line; reader.next(line);) {
        const std::string_view start = start_in(line.text);
        if (!start.empty()) {
            close();
            sections.push_back({names.next(start), {}});
            sources.beginnings[history][sections.back().name] = {std::to_string(line.offset)};
        } else if (line.text.empty()) {
            ++blank;
            continue;
        }
        for (; blank > 0; --blank)
            digest.update("\n");
        digest.update(line.text);
        digest.update("\n");
    }
    close();
    return sections;
}

bool read_section(const std::string& history, std::string_view name, Sources& sources,
                  const std::function<void(std::string_view line)>& take) {
    if (read_known_section(history, name, sources, take)) return true;
    Names names;
    bool found = false;
    bool inside = false;
    json::LineReader reader(sources.open(history), k_longest_line);
    for (json::Line line; reader.next(line);) {
        const std::string_view start = start_in(line.text);
        if (!start.empty()) {
            if (inside) break;
            inside = names.next(start) == name;
            found = found || inside;
        } else if (inside) {
            take(line.text);
        }
    }
    return found;
}

std::string history_of_section(const std::string& history, std::string_view name, fs::Disk& disk) {
    const std::string_view time = name.substr(0, name.find('~'));
    Sources sources(disk);
    std::string before;
    std::string own;
    const auto begin = [time](std::string& text) {
        text.append("# aider chat started at ").append(time).append("\n");
    };
    // Its number among those of one second stays when the others are empty.
    for (const Section& section : sections_of(history, sources)) {
        if (section.name == name) break;
        if (section.name.substr(0, section.name.find('~')) == time) begin(before);
    }
    begin(own);
    const bool found = read_section(history, name, sources,
                                    [&own](std::string_view line) { own.append(line).append("\n"); });
    if (!found) throw Error(ErrorCode::CorruptSession, "the chat history has no such session");
    return before + own;
}

}  // namespace opentraces::capture::aider
