#include "capture/documents.hpp"

#include <algorithm>

#include "capture/object_lines.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/syntax_error.hpp"

namespace opentraces::capture {
namespace {

// Nullopt if it is longer than may be.
std::optional<std::string> whole_text(const json::ByteSource& source) {
    constexpr std::size_t k_piece = std::size_t{256} << 10;
    std::string text;
    std::size_t length = 0;
    while (true) {
        text.resize(length + k_piece);
        const std::size_t count = source(text.data() + length, k_piece);
        length += count;
        if (count == 0) break;
        if (length > k_longest_document) return std::nullopt;
    }
    text.resize(length);
    return text;
}

std::size_t line_at(std::string_view text, std::size_t offset) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
    return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

}  // namespace

std::optional<json::Value> read_session_document(const std::string& path, Sources& sources,
                                                 ParsedSession& parsed) {
    const std::optional<std::string> whole = whole_text(sources.open(path));
    if (!whole) {
        refuse(parsed, "longer than 512 MiB");
        return std::nullopt;
    }
    const std::string_view text = *whole;
    if (trim(text).empty()) {
        refuse(parsed, "empty file");
        return std::nullopt;
    }
    std::size_t end = 0;
    try {
        json::Value value = parse_object_text(text, end);
        if (trim(text.substr(std::min(end, text.size()))).empty()) return value;
        refuse(parsed, "not JSON: text after the value", line_at(text, end));
    } catch (const json::SyntaxError& error) {
        refuse(parsed, why_broken(text, error), line_at(text, error.offset()));
    }
    return std::nullopt;
}

json::Value read_side_document(const std::string& path, Sources& sources, ParsedSession& parsed) {
    if (!is_file_itself(path, sources.disk())) return {};
    parsed.files.push_back(path);
    const std::optional<std::string> text = whole_text(sources.open(path));
    try {
        std::size_t end = 0;
        if (text) return parse_object_text(trim(*text), end);
    } catch (const json::SyntaxError&) {
        // Counted below.
    }
    parsed.report.skipped.push_back({.words = fs::file_name(path) + ": not JSON"});
    return {};
}

bool is_file_itself(const std::string& path, fs::Disk& disk) {
    const auto info = disk.info(path);
    return info && info->kind == fs::FileKind::File && !disk.link_target(path);
}

}  // namespace opentraces::capture
