// Throughput and peak memory of the Claude Code parser: over the corpus, and over one session of 100 MB made
// of the corpus's lines. Nothing without the corpus.
#include <sys/resource.h>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"

using namespace opentraces;

namespace {

constexpr std::size_t k_large_session = 100'000'000;
const std::filesystem::path k_corpus =
    std::filesystem::path(OPENTRACES_SOURCE_DIR) / "../shared/corpus/claude-code";

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

std::vector<std::string> main_sessions(fs::Disk& disk) {
    std::vector<std::string> paths;
    capture::Sources sources(disk);
    const capture::Agent* const only[] = {capture::find_agent("claude-code")};
    for (const auto& found : capture::discover(k_corpus.string(), only, sources).sessions)
        paths.push_back(found.session.locator);
    return paths;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

// The same lines again and again, with ids of their own in each round.
void write_large_session(const std::string& path, const std::vector<std::string>& sources) {
    std::ofstream out(path, std::ios::binary);
    std::size_t written = 0;
    for (int round = 0; written < k_large_session; ++round) {
        const std::string mark = "r" + std::to_string(round) + "_";
        for (const std::string& source : sources) {
            std::ifstream in(source, std::ios::binary);
            for (std::string line; written < k_large_session && std::getline(in, line);) {
                for (const std::string start : {"\"uuid\":\"", "\"parentUuid\":\"", "\"msg_", "\"toolu_"})
                    replace_all(line, start, start + mark);
                out << line << '\n';
                written += line.size() + 1;
            }
        }
    }
}

void report(const char* what, const std::vector<std::string>& paths, fs::Disk& disk) {
    std::size_t bytes = 0;
    std::size_t steps = 0;
    const double begin = processor_seconds();
    for (const std::string& path : paths) {
        capture::ParsedSession parsed = capture::find_agent("claude-code")->read_from(path, disk);
        for (const std::string& file : parsed.files)
            bytes += disk.info(file)->size;
        if (parsed.record) steps += parsed.record->steps.size();
    }
    const double seconds = processor_seconds() - begin;
    std::printf("{\"bench\":\"%s\",\"mb\":%.1f,\"steps\":%zu,\"mb_per_s\":%.1f,\"peak_rss_mb\":%.1f}\n", what,
                static_cast<double>(bytes) / 1e6, steps, static_cast<double>(bytes) / 1e6 / seconds,
                peak_megabytes());
}

}  // namespace

int main() {
    if (!std::filesystem::exists(k_corpus)) return 0;
    const auto disk = fs::posix_disk();
    const std::vector<std::string> sessions = main_sessions(*disk);
    report("parse corpus", sessions, *disk);
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "opentraces-bench-parse";
    std::filesystem::create_directories(folder);
    const std::string large = (folder / "large.jsonl").string();
    write_large_session(large, sessions);
    report("parse one large session", {large}, *disk);
    std::filesystem::remove_all(folder);
}
