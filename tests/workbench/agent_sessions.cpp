#include "workbench/agent_sessions.hpp"

#include <fstream>
#include <iterator>
#include <string_view>

namespace opentraces::testing {
namespace {

// https://code.claude.com/docs/en/claude-directory: every character that is no letter or digit becomes "-".
std::string folder_of(const std::filesystem::path& project) {
    std::string name = project.string();
    for (char& c : name) {
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '-';
    }
    return name;
}

std::string with_folder(std::string_view text, const std::string& project) {
    constexpr std::string_view k_key = "\"cwd\":\"";
    std::string out;
    while (true) {
        const std::size_t at = text.find(k_key);
        if (at == text.npos) return out += text;
        const std::size_t begin = at + k_key.size();
        out += text.substr(0, begin);
        out += project;
        text.remove_prefix(text.find('"', begin));
    }
}

void copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
               const std::filesystem::path& project) {
    std::filesystem::create_directories(to.parent_path());
    std::ifstream in(from, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::ofstream(to, std::ios::binary) << with_folder(text, project.string());
}

}  // namespace

std::filesystem::path place_session(const std::filesystem::path& session, const std::filesystem::path& home,
                                    const std::filesystem::path& project) {
    const std::filesystem::path folder = home / ".claude/projects" / folder_of(project);
    copy_file(session, folder / session.filename(), project);
    const std::filesystem::path below = session.parent_path() / session.stem();
    if (std::filesystem::is_directory(below)) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(below)) {
            if (entry.is_regular_file())
                copy_file(entry.path(),
                          folder / std::filesystem::relative(entry.path(), session.parent_path()), project);
        }
    }
    return folder / session.filename();
}

std::filesystem::path begin_tutorial(Workbench& bench, const std::string& hub_url, const std::string& token) {
    bench.set("HF_ENDPOINT", hub_url);
    bench.set("OPENTRACES_NOW", "2026-08-06T18:00:00Z");
    bench.write(bench.home() / "token.txt", token + "\n");
    const std::filesystem::path work = bench.home() / "work";
    for (const char* name : {"parser", "website", "tools"})
        std::filesystem::create_directories(work / name / "src");
    bench.work_in(bench.home());
    return work;
}

}  // namespace opentraces::testing
