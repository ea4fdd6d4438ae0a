// Which JSON reader records stand on: our own lexer and reader beside simdjson and nlohmann (which documents
// stand on), over the lines of real sessions. Nothing without the corpus. The decision and its reasons are in
// docs/performance.md.
#include <simdjson.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/lexer.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;

namespace {

constexpr double k_seconds = 1.0;  // of processor time for each figure
const std::filesystem::path k_corpus = std::filesystem::path(OPENTRACES_SOURCE_DIR) / "../shared/corpus";

using Lines = std::vector<simdjson::padded_string>;

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string_view text_of(const simdjson::padded_string& line) {
    return {line.data(), line.size()};
}

Lines lines_of(const std::filesystem::path& folder) {
    Lines lines;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".jsonl") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        for (std::string line; std::getline(in, line);) {
            // What every reader of the comparison takes.
            simdjson::dom::parser parser;
            simdjson::padded_string padded(line);
            if (line.starts_with('{') && parser.parse(padded).error() == simdjson::SUCCESS)
                lines.push_back(std::move(padded));
        }
    }
    return lines;
}

// The same characters in a script of two bytes for each.
Lines beyond_ascii(const Lines& lines) {
    Lines other;
    for (const auto& line : lines) {
        std::string text = "\"";
        for (const char c : text_of(line)) {
            if (c >= 'a' && c <= 'z')
                append_utf8(text, static_cast<char32_t>(0x430 + c - 'a'));
            else if (c == ' ' || (c >= '0' && c <= '9'))
                text += c;
        }
        other.emplace_back(text + '"');
    }
    return other;
}

template <class Work>
double megabytes_per_second(const Lines& lines, Work work) {
    std::size_t bytes = 0;
    const double begin = processor_seconds();
    double now = begin;
    do {
        for (const auto& line : lines) {
            work(line);
            bytes += line.size();
        }
        now = processor_seconds();
    } while (now - begin < k_seconds);
    return static_cast<double>(bytes) / 1e6 / (now - begin);
}

std::size_t walk(const simdjson::dom::element& element) {
    std::size_t count = 1;
    if (simdjson::dom::array array; element.get(array) == simdjson::SUCCESS)
        for (const auto item : array)
            count += walk(item);
    if (simdjson::dom::object object; element.get(object) == simdjson::SUCCESS)
        for (const auto member : object)
            count += walk(member.value);
    return count;
}

// simdjson's tokens, our values: what the reader would cost on it. The bare words, integers of any length and
// the checks of the grammar that on-demand parsing leaves out are missing.
void build(simdjson::ondemand::value in, json::Value& out) {
    using Type = simdjson::ondemand::json_type;
    switch (in.type()) {
        case Type::object: {
            json::Object& object = out.variant().emplace<json::Object>();
            for (auto member : in.get_object()) {
                std::string key(std::string_view(member.unescaped_key()));
                json::Value* slot = object.find(key);
                build(member.value(), slot != nullptr ? *slot : object.append(std::move(key), {}));
            }
            return;
        }
        case Type::array: {
            json::Array& array = out.variant().emplace<json::Array>();
            for (auto item : in.get_array())
                build(item.value(), array.emplace_back());
            return;
        }
        case Type::string:
            out.variant().emplace<std::string>(std::string_view(in.get_string()));
            return;
        case Type::number: {
            const std::string_view literal = trim(std::string_view(in.raw_json_token()));
            out = json::Number{std::string(literal), literal.find_first_of(".eE") != literal.npos};
            return;
        }
        case Type::boolean:
            out = bool(in.get_bool());
            return;
        default:
            out = nullptr;
    }
}

void report(const char* input, const Lines& lines) {
    std::size_t seen = 0;
    const auto print = [&](const char* reader, double speed) {
        std::printf("{\"bench\":\"json\",\"input\":\"%s\",\"reader\":\"%s\",\"mb_per_s\":%.0f}\n", input,
                    reader, speed);
    };
    print("own tokens", megabytes_per_second(lines, [&](const auto& line) {
              json::LocatedTokens in(text_of(line));
              while (in.next() < json::Token::End)
                  ++seen;
          }));
    print("own values", megabytes_per_second(
                            lines, [&](const auto& line) { seen += json::parse(text_of(line)).is_null(); }));
    simdjson::dom::parser dom;
    print("simdjson dom",
          megabytes_per_second(lines, [&](const auto& line) { seen += walk(dom.parse(line)); }));
    simdjson::ondemand::parser on_demand;
    print("simdjson on demand into own values", megabytes_per_second(lines, [&](const auto& line) {
              auto document = on_demand.iterate(line);
              json::Value value;
              if (document.type() == simdjson::ondemand::json_type::object) {
                  build(document.get_value(), value);
              } else {
                  value = std::string_view(document.get_string());
              }
              seen += value.is_null();
          }));
    print("nlohmann", megabytes_per_second(lines, [&](const auto& line) {
              seen += nlohmann::ordered_json::parse(text_of(line)).size();
          }));
    print("nlohmann into own values", megabytes_per_second(lines, [&](const auto& line) {
              seen += json::read_document(text_of(line)).is_null();
          }));
    print("UTF-8 check, own",
          megabytes_per_second(lines, [&](const auto& line) { seen += is_valid_utf8(text_of(line)); }));
    print("UTF-8 check, simdjson", megabytes_per_second(lines, [&](const auto& line) {
              seen += simdjson::validate_utf8(line.data(), line.size());
          }));
    if (seen == 0) std::puts("nothing was read");
}

}  // namespace

int main() {
    if (!std::filesystem::exists(k_corpus)) return 0;
    const Lines claude = lines_of(k_corpus / "claude-code");
    report("claude-code", claude);
    report("codex", lines_of(k_corpus / "codex"));
    report("beyond ASCII", beyond_ascii(claude));
}
