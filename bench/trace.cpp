// Throughput of reading, writing and hashing records.
#include <sys/resource.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;

namespace {

constexpr std::size_t k_target_bytes = std::size_t{64} << 20;
constexpr std::size_t k_steps = 200;

// The full golden record with its steps repeated and texts of the size that sessions have: a page of output,
// a paragraph of prose, here and there beyond ASCII.
trace::TraceRecord large_record() {
    std::ifstream in(OPENTRACES_SOURCE_DIR "/tests/fixtures/golden/content-hash/15-full.json",
                     std::ios::binary);
    const json::Value golden = json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
    trace::TraceRecord record = trace::decode(golden["input_line"].string_or()).record.value();
    std::string page;
    for (int i = 0; i < 40; ++i)
        page += "    if (parser->peek() == '\\n') return Token{\"newline\", line++};  // zurück, “fertig”\n";
    const auto pattern = record.steps;
    record.steps.clear();
    for (std::size_t i = 0; i < k_steps; ++i) {
        trace::Step step = pattern[i % pattern.size()];
        step.step_index = trace::Integer(static_cast<std::int64_t>(i));
        step.content = page.substr(0, 400);
        for (trace::Observation& observation : step.observations)
            observation.content = page;
        record.steps.push_back(std::move(step));
    }
    return record;
}

class CountingSink final : public json::Sink {
public:
    void write(std::string_view text) override { m_bytes += text.size(); }
    std::size_t bytes() const { return m_bytes; }

private:
    std::size_t m_bytes = 0;
};

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Megabytes of JSONL per second of processor time, so that other work on the machine does not count.
template <class Work>
double throughput(std::size_t line_size, const Work& work) {
    const std::size_t rounds = k_target_bytes / line_size + 1;
    const double begin = processor_seconds();
    for (std::size_t i = 0; i < rounds; ++i)
        work();
    return static_cast<double>(rounds * line_size) / 1e6 / (processor_seconds() - begin);
}

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

int main() {
    const trace::TraceRecord record = large_record();
    const std::string line = trace::encode(record);
    const ContentHash hash = trace::content_hash(record);
    const double parse = throughput(line.size(), [&] { require(json::parse(line).if_object() != nullptr); });
    const double decode = throughput(line.size(), [&] { require(trace::decode(line).record.has_value()); });
    const double encode = throughput(line.size(), [&] {
        CountingSink sink;
        trace::encode(record, sink);
        require(sink.bytes() == line.size());
    });
    const double digest = throughput(line.size(), [&] { require(trace::content_hash(record) == hash); });
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"bench\":\"trace\",\"line_bytes\":%zu,\"json_parse_mb_s\":%.0f,\"decode_mb_s\":%.0f,\"encode_mb_"
        "s\":%.0f,"
        "\"content_hash_mb_s\":%.0f,\"peak_rss_kb\":%ld}\n",
        line.size(), parse, decode, encode, digest, usage.ru_maxrss);
    return 0;
}
