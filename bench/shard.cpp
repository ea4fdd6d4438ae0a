// Throughput of reading a shard to its summary, and of writing one; and of the reader of facts alone, beside
// what simdjson needs to parse the same lines before anybody looks at them. Usage: bench_shard [GIGABYTES]
// [RECORDS] RECORDS: JSONL of TraceRecords to repeat, for example from `opentraces parse SESSIONS`.
#include <simdjson.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/reader.hpp"
#include "opentraces/shard/shard.hpp"
#include "opentraces/trace/codec.hpp"
#include "shard/wire_reader.hpp"

using namespace opentraces;

namespace {

constexpr double k_default_gigabytes = 1;
constexpr std::size_t k_steps = 100;

std::string file_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The full golden record with its steps repeated and pages of tool output in them.
std::string golden_record() {
    const json::Value golden =
        json::parse(file_text(OPENTRACES_SOURCE_DIR "/tests/fixtures/golden/content-hash/15-full.json"));
    trace::TraceRecord record = trace::decode(golden["input_line"].string_or()).record.value();
    std::string page;
    for (int i = 0; i < 20; ++i)
        page += "    if (parser->peek() == '\\n') return Token{\"newline\", line++};  // zurück, “fertig”\n";
    const auto pattern = record.steps;
    record.steps.clear();
    for (std::size_t i = 0; i < k_steps; ++i) {
        record.steps.push_back(pattern[i % pattern.size()]);
        for (trace::Observation& observation : record.steps.back().observations)
            observation.content = page;
    }
    return trace::encode(record) + "\n";
}

// `size` bytes or a little more: whole copies of the records.
json::ByteSource repeated(const std::string& records, std::uint64_t size) {
    return [&records, left = (size / records.size() + 1) * records.size()](char* buffer,
                                                                           std::size_t room) mutable {
        const std::size_t at = (records.size() - left % records.size()) % records.size();
        const std::size_t count = std::min<std::uint64_t>({room, left, records.size() - at});
        std::memcpy(buffer, records.data() + at, count);
        left -= count;
        return count;
    };
}

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

long peak_kilobytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

shard::ShardSummary write_shard(const std::string& records, std::uint64_t size) {
    const auto disk = fs::posix_disk();
    const std::string path =
        (std::filesystem::temp_directory_path() / "opentraces-bench-shard.jsonl").string();
    shard::ShardWriter writer(*disk, path, "data/traces_bench.jsonl");
    json::LineReader lines(repeated(records, size));
    json::Line line;
    while (lines.next(line))
        writer.add(line.text);
    shard::ShardSummary summary = writer.finish();
    std::filesystem::remove(path);
    return summary;
}

// MB/s of `read` over the lines, the best of five rounds of a second or so.
template <class Read>
double rate(const std::vector<simdjson::padded_string>& lines, Read read) {
    double best = 0;
    for (int round = 0; round < 5; ++round) {
        double bytes = 0;
        const double begin = processor_seconds();
        while (processor_seconds() < begin + 1) {
            for (const simdjson::padded_string& line : lines) {
                if (!read(line)) std::abort();
                bytes += static_cast<double>(line.size());
            }
        }
        best = std::max(best, bytes / 1e6 / (processor_seconds() - begin));
    }
    return best;
}

void compare_readers(const std::string& records) {
    std::vector<simdjson::padded_string> lines;
    for (std::size_t begin = 0, end = 0; (end = records.find('\n', begin)) != std::string::npos;
         begin = end + 1)
        lines.emplace_back(std::string_view(records).substr(begin, end - begin));
    shard::WireRecord record;
    const double facts = rate(lines, [&](const simdjson::padded_string& line) {
        return shard::read_wire_record({line.data(), line.size()}, record);
    });
    simdjson::dom::parser parser;
    const double dom = rate(lines, [&](const simdjson::padded_string& line) {
        return parser.parse(line).error() == simdjson::SUCCESS;
    });
    std::printf("{\"bench\":\"facts of a line\",\"facts_mb_s\":%.0f,\"simdjson_dom_parse_mb_s\":%.0f}\n",
                facts, dom);
}

}  // namespace

int main(int argc, char** argv) {
    const double gigabytes = argc > 1 ? std::strtod(argv[1], nullptr) : k_default_gigabytes;
    const std::string records = argc > 2 ? file_text(argv[2]) : golden_record();
    if (records.empty() || gigabytes <= 0) return 2;
    const auto size = static_cast<std::uint64_t>(gigabytes * 1e9);
    const long before = peak_kilobytes();

    double begin = processor_seconds();
    const shard::ShardSummary summary = shard::summarise(repeated(records, size), "data/traces_bench.jsonl");
    const double read = processor_seconds() - begin;
    const long peak = peak_kilobytes();

    const std::uint64_t written_size = std::min<std::uint64_t>(size, 1'000'000'000);
    begin = processor_seconds();
    const shard::ShardSummary written = write_shard(records, written_size);
    const double write = processor_seconds() - begin;

    std::printf(
        "{\"bench\":\"shard\",\"bytes\":%llu,\"traces\":%lld,\"summarise_mb_s\":%.0f,\"write_mb_s\":%.0f,"
        "\"records_kb\":%zu,\"peak_rss_kb\":%ld,\"peak_rss_before_kb\":%ld}\n",
        static_cast<unsigned long long>(summary.size), static_cast<long long>(summary.stats.traces),
        static_cast<double>(summary.size) / 1e6 / read, static_cast<double>(written.size) / 1e6 / write,
        records.size() / 1024, peak, before);
    compare_readers(records);
    return 0;
}
