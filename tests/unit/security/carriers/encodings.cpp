// Encoded forms: the secret is among other text that was encoded with it.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "opentraces/core/digest.hpp"
#include "unit/security/carriers/carrier.hpp"

namespace opentraces::testing {
namespace {

std::string inner(const std::string& secret) {
    return "# settings of the service\nDEPLOY=" + secret + "\nREGION=eu-1\n";
}

std::string wrapped(const std::string& text, std::size_t width, const std::string& line_end) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += width)
        out += (at > 0 ? line_end : "") + text.substr(at, width);
    return out;
}

std::vector<std::string> pieces(const std::string& text, std::size_t width) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < text.size(); at += width)
        all.push_back(text.substr(at, width));
    return all;
}

std::string hex_of(const std::string& text) {
    return hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// What encodes the secret itself: whole groups of three bytes inside of it.
std::string base64_core(const std::string& text, const std::string& secret) {
    const std::size_t begin = (text.find(secret) + 2) / 3;
    const std::size_t end = (text.find(secret) + secret.size()) / 3;
    return base64(text).substr(begin * 4, (end - begin) * 4);
}

Carried base64_after(const std::string& before, const std::string& secret, const std::string& after) {
    const std::string text = inner(secret);
    return {before + base64(text) + after, {base64_core(text, secret)}};
}

Carried base64_lines(const std::string& before, const std::string& secret, std::size_t width,
                     const std::string& line_end) {
    const std::string encoded = base64(inner(secret));
    return {before + wrapped(encoded, width, line_end) + "\n", pieces(encoded, width)};
}

std::string deflated(const std::string& text, int window) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    std::string out(text.size() + 256, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string printable(const std::string& bytes) {
    std::string out = bytes;
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '.');
    return out;
}

// Sixteen bytes a line: offset, groups of `group` bytes, the same as text.
Carried dump(const std::string& secret, std::size_t group, const std::string& offset_format,
             const std::string& before_text, const std::string& after_text) {
    const std::string text = inner(secret);
    Carried carried{"$ show\n", {}, 16};
    for (std::size_t at = 0; at < text.size(); at += 16) {
        const std::string row = text.substr(at, 16);
        std::string groups;
        for (std::size_t i = 0; i < 16; ++i) {
            if (i > 0 && i % group == 0) groups += ' ';
            if (group == 1 && i == 8 && before_text.size() > 2) groups += ' ';
            groups += i < row.size() ? hex_of(row.substr(i, 1)) : "  ";
        }
        carried.text += fmt::format(fmt::runtime(offset_format), at) + groups + before_text + printable(row) +
                        after_text + "\n";
        const std::size_t begin = text.find(secret);
        if (at < begin || at + 16 > begin + secret.size()) continue;
        carried.traces.push_back(groups.substr(0, groups.find_last_not_of(' ') + 1));
        carried.traces.push_back(printable(row));
    }
    return carried;
}

std::string numbers(const std::string& text, const std::string& format) {
    std::string out;
    for (const char c : text)
        out += (out.empty() ? "" : ", ") + fmt::format(fmt::runtime(format), static_cast<int>(c));
    return out;
}

std::string utf16(const std::string& text) {
    std::string out;
    for (const char c : text)
        out += {c, '\0'};
    return out;
}

const Carrier k_carriers[] = {
    {"base64 alone", [](const std::string& s) { return base64_after("", s, "\n"); }, 100},
    {"base64 behind NAME=", [](const std::string& s) { return base64_after("SSH_KEY_B64=", s, "\n"); }, 100},
    {"base64 behind NAME_B64=\"",
     [](const std::string& s) { return base64_after("export CONF_B64=\"", s, "\""); }, 100},
    {"base64 behind --from-literal=key=",
     [](const std::string& s) {
         return base64_after("kubectl create secret --from-literal=key=", s, " -n x");
     },
     100},
    {"base64 behind data=, in a query",
     [](const std::string& s) { return base64_after("https://h.io/p?data=", s, "&x=1"); }, 100},
    {"base64 behind a path", [](const std::string& s) { return base64_after("/v1/blob/", s, " 200"); }, 100},
    {"base64url",
     [](const std::string& s) {
         Carried carried = base64_after("state=", s, "");
         for (std::string* text : {&carried.text, &carried.traces.front()}) {
             std::replace(text->begin(), text->end(), '+', '-');
             std::replace(text->begin(), text->end(), '/', '_');
         }
         return carried;
     },
     100},
    {"base64, the beginning is missing",
     [](const std::string& s) {
         const std::string text = inner(s);
         return Carried{"…" + base64(text).substr(5) + "\n", {base64_core(text, s)}};
     },
     100},
    {"base64 in 76 columns", [](const std::string& s) { return base64_lines("", s, 76, "\n"); }, 100},
    {"base64 in 64 columns, CRLF", [](const std::string& s) { return base64_lines("", s, 64, "\r\n"); }, 100},
    {"base64 in a YAML block",
     [](const std::string& s) { return base64_lines("data:\n  conf: |\n    ", s, 76, "\n    "); }, 100},
    {"base64 in a JSON string",
     [](const std::string& s) { return base64_lines("{\"content\":\"", s, 60, "\\n"); }, 100},
    {"base64 of UTF-16",
     [](const std::string& s) {
         const std::string text = utf16(inner(s));
         return Carried{"powershell -EncodedCommand " + base64(text), {base64_core(text, utf16(s))}};
     },
     100},
    {"base64 of gzip",
     [](const std::string& s) {
         const std::string encoded = base64(deflated(inner(s), 31));
         return Carried{"release: " + encoded + "\n", {encoded}};
     },
     100},
    {"base64 of gzip in 76 columns",
     [](const std::string& s) {
         const std::string encoded = base64(deflated(inner(s), 31));
         return Carried{"release: " + wrapped(encoded, 76, "\n  ") + "\n", pieces(encoded, 76)};
     },
     100},
    {"base64 of zlib",
     [](const std::string& s) {
         const std::string encoded = base64(deflated(inner(s), 15));
         return Carried{"b'" + encoded + "'\n", {encoded}};
     },
     100},
    {"base64 of base64",
     [](const std::string& s) {
         const std::string encoded = base64("data: " + base64(inner(s)) + "\n");
         return Carried{encoded + "\n", {encoded.substr(16, encoded.size() - 32)}};
     },
     100},
    {"hex",
     [](const std::string& s) {
         return Carried{"raw " + hex_of(inner(s)) + "\n", {hex_of(s)}};
     },
     100},
    {"hex behind 0x",
     [](const std::string& s) {
         return Carried{"SELECT 0x" + hex_of(s), {hex_of(s)}};
     },
     100},
    {"hex behind NAME=",
     [](const std::string& s) {
         return Carried{"KEY_HEX=" + hex_of(s) + "\n", {hex_of(s)}};
     },
     100},
    {"xxd -p",
     [](const std::string& s) {
         return Carried{"$ xxd -p .env\n" + wrapped(hex_of(inner(s)), 60, "\n") + "\n",
                        pieces(hex_of(inner(s)), 60)};
     },
     100},
    {"bytes apart",
     [](const std::string& s) {
         const std::string text = wrapped(hex_of(inner(s)), 2, " ");
         return Carried{text, {wrapped(hex_of(s), 2, " ")}};
     },
     100},
    {"list of bytes",
     [](const std::string& s) {
         return Carried{"const key = [" + numbers(s, "{}") + "];", {numbers(s, "{}")}, 24};
     },
     100},
    {"list of bytes, 0x",
     [](const std::string& s) {
         return Carried{
             "uint8_t k[] = {\n    " + numbers(s, "0x{:02x}") + "};", {numbers(s, "0x{:02x}")}, 24};
     },
     100},
    {"xxd", [](const std::string& s) { return dump(s, 2, "{:08x}: ", "  ", ""); }, 100},
    {"xxd -g1", [](const std::string& s) { return dump(s, 1, "{:08x}: ", "  ", ""); }, 100},
    {"hexdump -C", [](const std::string& s) { return dump(s, 1, "{:08x}  ", "  |", "|"); }, 100},
    {"od -tx1z", [](const std::string& s) { return dump(s, 1, "{:07o} ", "  >", "<"); }, 100},
};

}  // namespace

std::span<const Carrier> encoded_carriers() {
    return k_carriers;
}

}  // namespace opentraces::testing
