// Throughput of the scanner: plain text, and serialised lines as push checks them.
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>

#include "opentraces/security/scrub.hpp"

using namespace opentraces;

namespace {

constexpr std::size_t k_bytes = std::size_t{64} << 20;

// What tool output looks like: code, paths, ids, hashes, prose.
std::string sample_text() {
    const std::string page =
        "    if (parser->peek() == '\\n') return Token{\"newline\", line++};  // finished\n"
        "drwxr-xr-x 2 dev dev 4096 Jan 12 10:31 src/security/rules\n"
        "commit 3f786850e387550fdab836ed7e6dc881de23001b\n"
        "The build failed because the header was not found; the include path was wrong.\n"
        "{\"id\": \"toolu_01AbCdEfGhJkMnPqRsTuVwXy\", \"input_tokens\": 12345, \"uuid\": "
        "\"6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5f\"}\n"
        "export function renderTokenList(tokens: Token[], options: RenderOptions = {}): string {\n"
        "  1234\xe2\x86\x92    const result = await fetch(`/api/v1/items/${id}?page=${page}`);\n";
    std::string text;
    text.reserve(k_bytes + page.size());
    while (text.size() < k_bytes)
        text += page;
    return text;
}

std::string sample_lines(const std::string& text) {
    std::string lines;
    constexpr std::size_t k_content = 4'000;
    for (std::size_t at = 0; at + k_content < text.size(); at += k_content) {
        lines += "{\"step_index\":1,\"role\":\"agent\",\"content\":\"";
        for (const char c : text.substr(at, k_content)) {
            if (c == '\n') {
                lines += "\\n";
                continue;
            }
            if (c == '"' || c == '\\') lines += '\\';
            lines += c;
        }
        lines += "\"}\n";
    }
    return lines;
}

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Megabytes per second of processor time; `work` is called once for each line.
template <class Work>
double throughput(const std::string& text, std::size_t piece, Work work) {
    const double before = processor_seconds();
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = text.find('\n', std::min(text.size() - 1, at + piece));
        end = end == std::string::npos ? text.size() : end + 1;
        work(std::string_view(text).substr(at, end - at));
        at = end;
    }
    return static_cast<double>(text.size()) / 1e6 / (processor_seconds() - before);
}

}  // namespace

int main() {
    const std::string text = sample_text();
    std::size_t found = 0;
    const double raw =
        throughput(text, 65'536, [&](std::string_view part) { found += security::scan_text(part).size(); });
    const std::string lines = sample_lines(text);
    const double json = throughput(
        lines, 0, [&](std::string_view line) { found += security::residual_findings(line).size(); });
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"bench\":\"scan\",\"raw_mb_per_s\":%.0f,\"jsonl_mb_per_s\":%.0f,\"found\":%zu,\"peak_rss_mb\":%ld}"
        "\n",
        raw, json, found, usage.ru_maxrss / 1024);
}
