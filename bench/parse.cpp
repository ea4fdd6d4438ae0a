// Throughput and peak memory of the readers of line formats: over an agent's sessions in the corpus that
// become a trace, again and again, and over one large session made of the lines of its largest. `bench_parse
// AGENT…` for some of them. Nothing without the corpus.
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"

using namespace opentraces;
namespace stdfs = std::filesystem;

namespace {

constexpr std::size_t k_large_session = 20'000'000;
constexpr double k_least_seconds = 1;
const stdfs::path k_corpus = stdfs::path(OPENTRACES_SOURCE_DIR) / "../shared/corpus";
const std::vector<std::string> k_line_formats{"claude-code", "codex", "copilot", "cursor", "droid",
                                              "gemini",      "grok",  "iflow",   "kimi",   "openclaw",
                                              "openhands",   "pi",    "qwen"};

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

std::vector<std::string> sessions_of(const std::string& agent, fs::Disk& disk) {
    std::vector<std::string> paths;
    const stdfs::path folder = k_corpus / agent;
    if (!stdfs::exists(folder)) return paths;
    capture::Sources sources(disk);
    const capture::Agent* const only[] = {capture::find_agent(agent)};
    for (const auto& found : capture::discover(folder.string(), only, sources).sessions)
        if (found.session.locator.ends_with(".jsonl") && found.agent->read(found.session, sources).record)
            paths.push_back(found.session.locator);
    return paths;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

// The same lines again and again, with ids of their own in each round; the first, which tells of the session,
// once.
void write_large_session(const std::string& path, const std::string& source) {
    std::ofstream out(path, std::ios::binary);
    std::size_t written = 0;
    for (int round = 0; written < k_large_session; ++round) {
        const std::string mark = "r" + std::to_string(round) + "_";
        std::ifstream in(source, std::ios::binary);
        std::size_t number = 0;
        for (std::string line; written < k_large_session && std::getline(in, line); ++number) {
            if (number == 0 && round > 0) continue;
            for (const std::string key : {"id", "uuid", "parentUuid", "parentId", "call_id", "toolCallId",
                                          "messageId", "tool_use_id", "requestId", "turnId", "interactionId"})
                if (number > 0) replace_all(line, "\"" + key + "\":\"", "\"" + key + "\":\"" + mark);
            out << line << '\n';
            written += line.size() + 1;
        }
    }
}

// Each is read again until there is enough to measure, as `parse` reads them: what was looked up for one is
// known to the next.
void report(const std::string& agent, const char* what, const std::vector<std::string>& paths,
            fs::Disk& disk) {
    std::size_t bytes = 0;
    std::size_t steps = 0;
    const double begin = processor_seconds();
    double seconds = 0;
    while (seconds < k_least_seconds) {
        capture::Sources sources(disk);
        for (const std::string& path : paths) {
            const capture::ParsedSession parsed =
                capture::find_agent(agent)->read({agent, path, {}, {}}, sources);
            for (const std::string& file : parsed.files)
                bytes += disk.info(file)->size;
            if (parsed.record) steps += parsed.record->steps.size();
        }
        seconds = processor_seconds() - begin;
    }
    std::printf(
        "{\"bench\":\"parse\",\"agent\":\"%s\",\"input\":\"%s\",\"mb\":%.1f,\"steps\":%zu,"
        "\"mb_per_s\":%.1f,\"peak_rss_mb\":%.1f}\n",
        agent.c_str(), what, static_cast<double>(bytes) / 1e6, steps,
        static_cast<double>(bytes) / 1e6 / seconds, peak_megabytes());
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> named(arguments + 1, arguments + count);
    const auto disk = fs::posix_disk();
    const stdfs::path folder = stdfs::temp_directory_path() / "opentraces-bench-parse";
    stdfs::create_directories(folder);
    for (const std::string& agent : named.empty() ? k_line_formats : named) {
        const std::vector<std::string> sessions = sessions_of(agent, *disk);
        if (sessions.empty()) continue;
        report(agent, "corpus", sessions, *disk);
        const auto largest = std::max_element(sessions.begin(), sessions.end(),
                                              [](const std::string& one, const std::string& other) {
                                                  return stdfs::file_size(one) < stdfs::file_size(other);
                                              });
        const std::string large = (folder / stdfs::path(*largest).filename()).string();
        write_large_session(large, *largest);
        report(agent, "one large session", {large}, *disk);
        stdfs::remove(large);
    }
    stdfs::remove_all(folder);
}
