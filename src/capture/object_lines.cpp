#include "capture/object_lines.hpp"

#include <algorithm>
#include <optional>

#include "opentraces/core/text.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture {
namespace {

using Take = std::function<void(json::Value&& object, std::size_t line)>;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The code unit of a \uXXXX escape at `at`, or -1.
int escaped_unit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
    int unit = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

bool is_high_surrogate(int unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(int unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

// The line with escapes of half a pair replaced; nullopt if it has none.
std::optional<std::string> with_whole_surrogates(std::string_view line) {
    std::string repaired;
    std::size_t copied = 0;
    for (std::size_t at = line.find('\\'); at != std::string_view::npos; at = line.find('\\', at)) {
        const int unit = escaped_unit(line, at);
        if (unit < 0) {
            at += 2;
        } else if (is_high_surrogate(unit) && is_low_surrogate(escaped_unit(line, at + 6))) {
            at += 12;
        } else {
            if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
                repaired.append(line.substr(copied, at - copied)).append("\\ufffd");
                copied = at + 6;
            }
            at += 6;
        }
        if (at >= line.size()) break;
    }
    if (copied == 0) return std::nullopt;
    repaired.append(line.substr(copied));
    return repaired;
}

}  // namespace

json::Value parse_object_text(std::string_view text, std::size_t& end) {
    try {
        return json::parse_prefix(text, end);
    } catch (const json::SyntaxError&) {
        const auto repaired = with_whole_surrogates(text);
        if (!repaired) throw;
        json::Value value = json::parse_prefix(*repaired, end);
        // Both escapes have six characters, so offsets are the same.
        return value;
    }
}

std::string why_broken(std::string_view text, const json::SyntaxError& error) {
    if (text.find('\0') != std::string_view::npos) return "binary data";
    if (!is_valid_utf8(text)) return "not UTF-8";
    return std::string("not JSON: ") + error.what();
}

namespace {

void read_line(const json::Line& line, LineTally& tally, const Take& take) {
    std::string_view rest = trim(line.text);
    while (!rest.empty()) {
        std::size_t end = 0;
        json::Value value;
        try {
            value = parse_object_text(rest, end);
        } catch (const json::SyntaxError& error) {
            if (line.terminated) {
                tally.skipped.push_back({.line = line.number, .words = why_broken(rest, error)});
            } else {
                tally.incomplete_last_line = true;
            }
            return;
        }
        rest = trim(rest.substr(std::min(end, rest.size())));
        if (value.if_object() != nullptr) {
            ++tally.objects;
            take(std::move(value), line.number);
        } else {
            tally.skipped.push_back({.line = line.number, .words = "not a JSON object"});
        }
    }
}

void count_line(const json::Line& line, LineTally& tally, const Take& take) {
    if (line.too_long) {
        ++tally.lines;
        tally.skipped.push_back({.line = line.number, .words = "longer than 64 MiB"});
    } else if (!trim(line.text).empty()) {
        ++tally.lines;
        read_line(line, tally, take);
    }
}

}  // namespace

LineTally read_objects(Sources& sources, const std::string& path, const Take& take) {
    LineTally tally;
    json::LineReader reader(sources.open(path), k_longest_line);
    json::Line line;
    while (reader.next(line))
        count_line(line, tally, take);
    return tally;
}

std::size_t take_line(std::string_view text, std::vector<json::Value>& into) {
    LineTally tally;
    const std::size_t length = std::min(text.find('\n'), text.size());
    json::Line line;
    line.terminated = length < text.size();
    line.text = text.substr(0, length);
    count_line(line, tally, [&](json::Value&& object, std::size_t) { into.push_back(std::move(object)); });
    return std::min(length + 1, text.size());
}

bool look_through(std::string_view text, const std::function<bool(const json::Value& object)>& is_enough) {
    bool enough = false;
    for (std::vector<json::Value> objects; !enough && !text.empty(); objects.clear()) {
        text.remove_prefix(take_line(text, objects));
        enough = std::any_of(objects.begin(), objects.end(), is_enough);
    }
    return enough;
}

}  // namespace opentraces::capture
