#include "capture/session_files.hpp"

#include <utility>

#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"

namespace opentraces::capture {

SessionRef session_in_file(std::string_view agent, const std::string& path, std::string project,
                           Sources& sources, std::initializer_list<std::string> beside) {
    Fingerprint fingerprint;
    fingerprint.add(path, sources.disk());
    for (const std::string& file : beside)
        fingerprint.add(file, sources.disk());
    return {std::string(agent), path, std::move(project), fingerprint.finish()};
}

std::string first_in_lines(const std::string& path, Sources& sources,
                           const std::function<std::string_view(const json::Value& line)>& pick) {
    std::string found;
    starts_with_lines(path, sources, [&](const json::Value& line) {
        found = pick(line);
        return !found.empty();
    });
    return found;
}

}  // namespace opentraces::capture
