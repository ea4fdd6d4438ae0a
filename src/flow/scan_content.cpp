#include "flow/scan_content.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace opentraces::flow {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t k_beginning = 8000;
constexpr std::array<std::string_view, 8> k_archives = {"\x1f\x8b"sv,
                                                        "BZh"sv,
                                                        "\xfd"
                                                        "7zXZ\0"sv,
                                                        "\x28\xb5\x2f\xfd"sv,
                                                        "PK\x03\x04"sv,
                                                        "PK\x05\x06"sv,
                                                        "7z\xbc\xaf\x27\x1c"sv,
                                                        "Rar!\x1a\x07"sv};
constexpr std::string_view k_tar = "ustar";
constexpr std::size_t k_tar_at = 257;

ContentKind kind_of(std::string_view beginning) {
    const bool archive = std::any_of(k_archives.begin(), k_archives.end(),
                                     [&](std::string_view magic) { return beginning.starts_with(magic); }) ||
                         (beginning.size() > k_tar_at && beginning.substr(k_tar_at).starts_with(k_tar));
    if (archive) return ContentKind::Archive;
    return beginning.find('\0') == std::string_view::npos ? ContentKind::Text : ContentKind::Binary;
}

}  // namespace

Content content_of(json::ByteSource in) {
    auto beginning = std::make_shared<std::string>(k_beginning, '\0');
    std::size_t filled = 0;
    while (filled < k_beginning) {
        const std::size_t got = in(beginning->data() + filled, k_beginning - filled);
        if (got == 0) break;
        filled += got;
    }
    beginning->resize(filled);
    Content content;
    content.kind = kind_of(*beginning);
    content.source = [beginning, in = std::move(in), at = std::size_t{0}](char* buffer,
                                                                          std::size_t size) mutable {
        if (at == beginning->size()) return in(buffer, size);
        const std::size_t count = std::min(size, beginning->size() - at);
        std::memcpy(buffer, beginning->data() + at, count);
        at += count;
        return count;
    };
    return content;
}

}  // namespace opentraces::flow
