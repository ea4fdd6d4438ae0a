// Aider: .aider.chat.history.md in the root of the project's repository, or where AIDER_CHAT_HISTORY_FILE
// says. It holds all sessions of the project.
#include <algorithm>

#include "capture/aider/history.hpp"
#include "capture/aider/session.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_history = ".aider.chat.history.md";

FileRole role_of(std::string_view name) {
    return name == k_history ? FileRole::Sessions : FileRole::None;
}

// Whoever has cut the file off may have left the end of a session before the first beginning.
bool recognises(const std::string& path, Sources& sources) {
    const bool is_named = fs::file_name(path) == k_history;
    bool begins = false;
    bool first = true;
    each_line(sources.head(path), [&](std::string_view line) {
        if ((first || is_named) && !aider::start_in(line).empty()) begins = true;
        first = first && trim(line).empty();
    });
    return begins;
}

std::string folder_of(const std::string& history) {
    return fs::file_name(history) == k_history ? fs::parent(history) : std::string();
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    std::vector<SessionRef> sessions;
    for (aider::Section& section : aider::sections_of(path, sources))
        sessions.push_back({std::string(k_aider.name), path + "#" + section.name, folder_of(path),
                            std::move(section.digest)});
    return sessions;
}

std::vector<Place> places(const std::string& project, const Environment& environment) {
    const auto set = environment.get("AIDER_CHAT_HISTORY_FILE");
    return {{set ? fs::absolute(*set, project) : fs::join(project, k_history), false}};
}

std::string time_in(std::string_view name) {
    std::string time(name.substr(0, name.find('~')));
    std::replace(time.begin(), time.end(), ' ', 'T');
    return time;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    const std::size_t mark = session.locator.rfind('#');
    const std::string path = session.locator.substr(0, mark);
    const std::string name = mark == std::string::npos ? std::string() : session.locator.substr(mark + 1);
    parsed.files.push_back(path);
    std::vector<std::string> lines;
    const bool found = !name.empty() && aider::read_section(path, name, sources, [&](std::string_view line) {
        lines.push_back(repair_utf8(line));
    });
    if (!found) {
        refuse(parsed, name.empty() ? "not a chat history of Aider: no line begins a session"
                                    : "the chat history has no such session");
        return parsed;
    }
    aider::Session log(parsed);
    log.about().started = time_in(name);
    log.tell(lines, k_version);
    finish(k_aider, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_aider{"aider", "Aider", k_version,  {true}, nullptr,
                              places,  role_of, recognises, list,   read};

}  // namespace opentraces::capture
