// Export to every format: megabytes of TraceRecord JSONL per second of processor time, decoding included, and
// peak memory. The sessions of the corpus, or the JSONL file given as argument; without either, the worked
// example of the tests.
#include <sys/resource.h>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/flow/export.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;

namespace {

constexpr double k_enough_bytes = 150e6;
const std::filesystem::path k_source = OPENTRACES_SOURCE_DIR;

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::vector<std::string> lines;
    std::ifstream in(path, std::ios::binary);
    for (std::string line; std::getline(in, line);)
        lines.push_back(std::move(line));
    return lines;
}

std::vector<std::string> corpus_lines() {
    std::vector<std::string> lines;
    const auto disk = fs::posix_disk();
    const std::filesystem::path corpus = k_source / "../shared/corpus/claude-code";
    capture::Sources sources(*disk);
    const capture::Agent* const only[] = {capture::find_agent("claude-code")};
    for (const auto& [agent, session] : capture::discover(corpus.string(), only, sources).sessions) {
        const capture::ParsedSession parsed = agent->read(session, sources);
        if (parsed.record) lines.push_back(trace::encode(*parsed.record));
    }
    if (lines.empty())
        lines.push_back(json::to_compact(
            json::parse(text_of(k_source / "tests/fixtures/export/worked/trace-record.json"))));
    return lines;
}

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Measured {
    double in = 0;
    double seconds = 0;
};

template <class Work>
Measured measure(const std::vector<std::string>& lines, const Work& work) {
    Measured measured;
    const double begin = processor_seconds();
    while (measured.in < k_enough_bytes) {
        for (const std::string& line : lines) {
            work(line);
            measured.in += static_cast<double>(line.size()) + 1;
        }
    }
    measured.seconds = processor_seconds() - begin;
    return measured;
}

void print(std::string_view name, const Measured& measured, double out) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"bench\":\"export\",\"format\":\"%.*s\",\"mb_in\":%.1f,\"mb_out\":%.1f,\"mb_in_per_s\":%.0f,"
        "\"peak_rss_kb\":%ld}\n",
        static_cast<int>(name.size()), name.data(), measured.in / 1e6, out / 1e6,
        measured.in / 1e6 / measured.seconds, usage.ru_maxrss);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> lines = argc > 1 ? lines_of(argv[1]) : corpus_lines();
    if (lines.empty()) {
        std::fprintf(stderr, "no records there\n");
        return 2;
    }
    print("(decoding only)",
          measure(lines,
                  [](const std::string& line) {
                      if (!flow::read_record(line).record) std::abort();
                  }),
          0);
    for (const formats::Format& format : formats::formats()) {
        if (argc > 2 && format.name != argv[2]) continue;
        const auto output = flow::export_to_nowhere();
        const auto exporter = format.open({});
        flow::Export exported(*exporter, *output);
        const Measured measured =
            measure(lines, [&](const std::string& line) { exported.line("bench", 1, line); });
        print(format.name, measured, static_cast<double>(output->bytes()));
    }
    return 0;
}
