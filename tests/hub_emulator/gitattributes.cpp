#include "gitattributes.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace hub_emulator {
namespace {

constexpr const char* k_lfs_patterns[] = {"*.7z",
                                          "*.arrow",
                                          "*.avro",
                                          "*.bin",
                                          "*.bz2",
                                          "*.ckpt",
                                          "*.ftz",
                                          "*.gz",
                                          "*.h5",
                                          "*.joblib",
                                          "*.lfs.*",
                                          "*.lz4",
                                          "*.mds",
                                          "*.mlmodel",
                                          "*.model",
                                          "*.msgpack",
                                          "*.npy",
                                          "*.npz",
                                          "*.onnx",
                                          "*.ot",
                                          "*.parquet",
                                          "*.pb",
                                          "*.pickle",
                                          "*.pkl",
                                          "*.pt",
                                          "*.pth",
                                          "*.rar",
                                          "*.safetensors",
                                          "saved_model/**/*",
                                          "*.tar.*",
                                          "*.tar",
                                          "*.tflite",
                                          "*.tgz",
                                          "*.wasm",
                                          "*.xz",
                                          "*.zip",
                                          "*.zst",
                                          "*tfevents*",
                                          "*.pcm",
                                          "*.sam",
                                          "*.raw",
                                          "*.aac",
                                          "*.flac",
                                          "*.mp3",
                                          "*.ogg",
                                          "*.wav",
                                          "*.bmp",
                                          "*.gif",
                                          "*.png",
                                          "*.tiff",
                                          "*.jpg",
                                          "*.jpeg",
                                          "*.webp",
                                          "*.mp4",
                                          "*.webm"};
constexpr const char* k_lfs_attributes = " filter=lfs diff=lfs merge=lfs -text\n";

bool class_contains(std::string_view name, unsigned char c) {
    if (name == "space") {
        return std::isspace(c) != 0;
    }
    if (name == "digit") {
        return std::isdigit(c) != 0;
    }
    if (name == "alpha") {
        return std::isalpha(c) != 0;
    }
    return name == "alnum" && std::isalnum(c) != 0;
}

// `pattern` starts after `[`. Sets `length` to what the expression took, 0 if it never closes.
bool bracket_matches(std::string_view pattern, char c, std::size_t& length) {
    std::size_t i = 0;
    const bool negated = !pattern.empty() && (pattern[0] == '!' || pattern[0] == '^');
    i += negated ? 1 : 0;
    bool found = false;
    for (bool first = true; i < pattern.size() && (pattern[i] != ']' || first); first = false) {
        if (pattern.substr(i, 2) == "[:") {
            const auto end = pattern.find(":]", i + 2);
            if (end != std::string_view::npos) {
                found = found ||
                        class_contains(pattern.substr(i + 2, end - i - 2), static_cast<unsigned char>(c));
                i = end + 2;
                continue;
            }
        }
        i += pattern[i] == '\\' && i + 1 < pattern.size() ? 1 : 0;
        const char low = pattern[i];
        if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
            found = found || (low <= c && c <= pattern[i + 2]);
            i += 3;
        } else {
            found = found || low == c;
            ++i;
        }
    }
    length = i < pattern.size() ? i + 1 : 0;
    return c != '/' && found != negated;
}

bool glob(std::string_view pattern, std::string_view text);

bool glob_stars(std::string_view pattern, std::string_view text) {
    if (pattern.substr(0, 3) == "**/") {
        const auto rest = pattern.substr(3);
        if (glob(rest, text)) {
            return true;
        }
        for (auto slash = text.find('/'); slash != std::string_view::npos;
             slash = text.find('/', slash + 1)) {
            if (glob(rest, text.substr(slash + 1))) {
                return true;
            }
        }
        return false;
    }
    if (pattern == "**") {
        return true;
    }
    while (!pattern.empty() && pattern[0] == '*') {
        pattern.remove_prefix(1);
    }
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (glob(pattern, text.substr(i))) {
            return true;
        }
        if (i < text.size() && text[i] == '/') {
            return false;
        }
    }
    return false;
}

bool glob(std::string_view pattern, std::string_view text) {
    while (!pattern.empty()) {
        if (pattern[0] == '*') {
            return glob_stars(pattern, text);
        }
        if (text.empty()) {
            return false;
        }
        std::size_t taken = 1;
        bool matches = false;
        if (pattern[0] == '?') {
            matches = text[0] != '/';
        } else if (pattern[0] == '[') {
            matches = bracket_matches(pattern.substr(1), text[0], taken);
            taken = taken == 0 ? pattern.size() : taken + 1;
        } else {
            taken = pattern[0] == '\\' && pattern.size() > 1 ? 2 : 1;
            matches = pattern[taken - 1] == text[0];
        }
        if (!matches) {
            return false;
        }
        pattern.remove_prefix(taken);
        text.remove_prefix(1);
    }
    return text.empty();
}

// Splits `"quoted pattern" attr` or `pattern attr`.
std::string take_pattern(std::string_view& line) {
    std::string pattern;
    if (!line.empty() && line[0] == '"') {
        std::size_t i = 1;
        for (; i < line.size() && line[i] != '"'; ++i) {
            i += line[i] == '\\' && i + 1 < line.size() ? 1 : 0;
            pattern += line[i];
        }
        line.remove_prefix(std::min(line.size(), i + 1));
        return pattern;
    }
    const auto end = line.find_first_of(" \t");
    pattern = line.substr(0, end);
    line = end == std::string_view::npos ? std::string_view() : line.substr(end);
    return pattern;
}

std::size_t utf8_length(unsigned char lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead < 0xe0) {
        return 2;
    }
    if (lead >= 0xe0 && lead < 0xf0) {
        return 3;
    }
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

}  // namespace

std::string default_gitattributes() {
    std::string text;
    for (const auto* pattern : k_lfs_patterns) {
        text += std::string(pattern) + k_lfs_attributes;
    }
    return text;
}

bool git_pattern_matches(std::string_view pattern, std::string_view path) {
    if (pattern.find('/') == std::string_view::npos) {
        const auto slash = path.rfind('/');
        return glob(pattern, slash == std::string_view::npos ? path : path.substr(slash + 1));
    }
    if (pattern[0] == '/') {
        pattern.remove_prefix(1);
    }
    return glob(pattern, path);
}

GitAttributes::GitAttributes(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        std::string_view rest(line);
        const auto start = rest.find_first_not_of(" \t");
        if (start == std::string_view::npos || rest[start] == '#') {
            continue;
        }
        rest.remove_prefix(start);
        const auto pattern = take_pattern(rest);
        std::istringstream attributes{std::string(rest)};
        for (std::string attribute; attributes >> attribute;) {
            if (attribute.rfind("filter", 0) == 0 || attribute == "-filter" || attribute == "!filter") {
                m_lines.push_back({pattern, attribute == "filter=lfs"});
            }
        }
    }
}

bool GitAttributes::is_lfs(std::string_view path) const {
    for (auto line = m_lines.rbegin(); line != m_lines.rend(); ++line) {
        if (git_pattern_matches(line->pattern, path)) {
            return line->lfs;
        }
    }
    return false;
}

std::string exact_path_line(std::string_view path) {
    std::string line;
    for (const char c : path) {
        if (c == ' ') {
            line += "[[:space:]]";
            continue;
        }
        if (std::string_view("*?[\\").find(c) != std::string_view::npos) {
            line += '\\';
        }
        line += c;
    }
    return line + k_lfs_attributes;
}

bool git_ignores(std::string_view gitignore, std::string_view path) {
    std::istringstream lines{std::string(gitignore)};
    bool ignored = false;
    for (std::string line; std::getline(lines, line);) {
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (line.empty() || line[0] == '#') {
            continue;
        }
        std::string_view pattern(line);
        const bool negated = pattern[0] == '!';
        pattern.remove_prefix(negated ? 1 : 0);
        const bool folder_only = !pattern.empty() && pattern.back() == '/';
        pattern.remove_suffix(folder_only ? 1 : 0);
        bool matches = !folder_only && git_pattern_matches(pattern, path);
        for (auto slash = path.find('/'); !matches && slash != std::string_view::npos;
             slash = path.find('/', slash + 1)) {
            matches = git_pattern_matches(pattern, path.substr(0, slash));
        }
        ignored = matches ? !negated : ignored;
    }
    return ignored;
}

bool looks_binary(std::string_view sample) {
    for (std::size_t i = 0; i < sample.size();) {
        const auto length = utf8_length(static_cast<unsigned char>(sample[i]));
        if (length == 0 || sample[i] == '\0') {
            return true;
        }
        for (std::size_t k = 1; k < length && i + k < sample.size(); ++k) {
            if ((static_cast<unsigned char>(sample[i + k]) & 0xc0U) != 0x80U) {
                return true;
            }
        }
        i += length;
    }
    return false;
}

}  // namespace hub_emulator
