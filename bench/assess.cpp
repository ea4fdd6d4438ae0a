// Scoring a stream of records: throughput with decoding, and memory. With a file as argument, that file.
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "opentraces/json/lines.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/quality/gate.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;

namespace {

constexpr int k_traces = 10'000;
constexpr std::size_t k_steps = 12;

// A golden record with its steps repeated and pages of output: about the size of a session of the corpus.
std::string corpus_line() {
    std::ifstream in(OPENTRACES_SOURCE_DIR "/tests/fixtures/golden/quality/w1-full.json", std::ios::binary);
    const json::Value golden = json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
    trace::TraceRecord record = trace::decode(golden["record"]).record.value();
    std::string page;
    for (int i = 0; i < 40; ++i)
        page += "    if (parser->peek() == '\\n') return Token{\"newline\", line++};  // zurück, “fertig”\n";
    const auto pattern = record.steps;
    record.steps.clear();
    for (std::size_t i = 0; i < k_steps; ++i) {
        trace::Step step = pattern[i % pattern.size()];
        step.step_index = trace::Integer(static_cast<std::int64_t>(i));
        step.content = page.substr(0, 400);
        trace::Observation observation;
        observation.source_call_id = "c";
        observation.content = page;
        step.observations.push_back(observation);
        record.steps.push_back(std::move(step));
    }
    return trace::encode(record) + "\n";
}

json::ByteSource repeated(const std::string& line, int times) {
    return [&line, times, at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        std::size_t given = 0;
        while (given < size && times > 0) {
            const std::size_t part = std::min(size - given, line.size() - at);
            line.copy(buffer + given, part, at);
            given += part;
            at += part;
            if (at < line.size()) continue;
            at = 0;
            --times;
        }
        return given;
    };
}

json::ByteSource file_source(const char* path) {
    auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
    return [file](char* buffer, std::size_t size) {
        file->read(buffer, static_cast<std::streamsize>(size));
        return static_cast<std::size_t>(file->gcount());
    };
}

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void measure(const char* rubric_name, quality::Rubric rubric, json::ByteSource source) {
    quality::AssessOptions options;
    options.rubric = rubric;
    options.user_name = "alice";
    quality::Batch batch(rubric);
    json::LineReader lines(std::move(source));
    json::Line line;
    double bytes = 0;
    const double begin = processor_seconds();
    while (lines.next(line)) {
        const trace::Decoded decoded = trace::decode(line.text);
        bytes += static_cast<double>(line.length);
        if (decoded.record) batch.add(*decoded.record, quality::assess(*decoded.record, options));
    }
    const double seconds = processor_seconds() - begin;
    const auto summary = quality::summarise(batch, quality::default_thresholds(), TimePoint{});
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"bench\":\"assess\",\"rubric\":\"%s\",\"traces\":%lld,\"mb\":%.1f,\"seconds\":%.2f,\"mb_s\":%.0f,"
        "\"overall_utility\":%.1f,\"peak_rss_kb\":%ld}\n",
        rubric_name, static_cast<long long>(batch.traces()), bytes / 1e6, seconds, bytes / 1e6 / seconds,
        summary.overall_utility, usage.ru_maxrss);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string line = corpus_line();
    const auto source = [&] { return argc > 1 ? file_source(argv[1]) : repeated(line, k_traces); };
    measure("0.2", quality::Rubric::Compatible, source());
    measure("1", quality::Rubric::Strict, source());
    return 0;
}
