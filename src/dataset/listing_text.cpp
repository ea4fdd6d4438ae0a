#include "dataset/listing_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace opentraces::dataset {
namespace {

// One file per line: kind, size, digest, path. The path comes last because it may hold anything but LF.
constexpr char k_folder = 'd';
constexpr char k_large = 'l';
constexpr char k_regular = 'f';

std::string_view take(std::string_view& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

bool read_line(std::string_view line, hub::RemoteFile& file) {
    const std::string_view kind = take(line);
    const std::string_view size = take(line);
    const std::string_view digest = take(line);
    const auto [end, problem] = std::from_chars(size.data(), size.data() + size.size(), file.size);
    if (kind.size() != 1 || problem != std::errc{} || end != size.data() + size.size() || line.empty())
        return false;
    file.folder = kind[0] == k_folder;
    file.large = kind[0] == k_large;
    file.digest = digest;
    file.path = line;
    return file.folder || file.large || kind[0] == k_regular;
}

}  // namespace

std::string listing_to_text(const std::vector<hub::RemoteFile>& files) {
    std::string text;
    for (const hub::RemoteFile& file : files) {
        const char kind = file.folder ? k_folder : file.large ? k_large : k_regular;
        text += fmt::format("{} {} {} {}\n", kind, file.size, file.digest, file.path);
    }
    return text;
}

std::optional<std::vector<hub::RemoteFile>> listing_from_text(std::string_view text) {
    std::vector<hub::RemoteFile> files;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == text.npos) return std::nullopt;
        hub::RemoteFile file;
        if (!read_line(text.substr(0, end), file)) return std::nullopt;
        files.push_back(std::move(file));
        text.remove_prefix(end + 1);
    }
    return files;
}

}  // namespace opentraces::dataset
