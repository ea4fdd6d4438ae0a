#include <fmt/format.h>

#include "security/planted.hpp"

namespace opentraces::testing {
namespace {

constexpr std::string_view k_hex = "0123456789abcdef";
constexpr std::string_view k_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string hex(std::size_t length, std::uint64_t n) {
    return random_text(k_hex, length, n);
}

std::string uuid(std::uint64_t n) {
    const std::string h = hex(32, n);
    return h.substr(0, 8) + "-" + h.substr(8, 4) + "-4" + h.substr(13, 3) + "-a" + h.substr(17, 3) + "-" +
           h.substr(20);
}

std::string lines(const std::string& text, std::size_t width) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += width)
        out += text.substr(at, width) + "\n";
    return out;
}

const Negative k_negatives[] = {
    {"git commit",
     [](std::uint64_t n) { return "commit " + hex(40, n) + "\nMerge: " + hex(7, n + 1) + "\n"; }},
    {"SHA-256", [](std::uint64_t n) { return hex(64, n) + "  dist/package-1.2.3.tar.gz\n"; }},
    {"image digest", [](std::uint64_t n) { return "FROM debian@sha256:" + hex(64, n) + "\n"; }},
    {"integrity",
     [](std::uint64_t n) {
         return "      \"integrity\": \"sha512-" + random_text(k_base64, 86, n) + "==\",\n";
     }},
    {"go.sum",
     [](std::uint64_t n) {
         return "github.com/owner/module v1.2.3 h1:" + random_text(k_base64, 43, n) + "=\n";
     }},
    {"UUID", [](std::uint64_t n) { return "request " + uuid(n) + " took 12 ms\n"; }},
    {"tool call id",
     [](std::uint64_t n) { return "{\"tool_use_id\":\"toolu_01" + random_text(k_letters, 22, n) + "\"}\n"; }},
    {"call id",
     [](std::uint64_t n) { return "{\"call_id\":\"call_" + random_text(k_letters, 24, n) + "\"}\n"; }},
    {"thinking signature",
     [](std::uint64_t n) {
         return "{\"type\":\"thinking\",\"signature\":\"Er" + random_text(k_base64, 298, n) + "\"}\n";
     }},
    {"certificate",
     [](std::uint64_t n) {
         return "-----BEGIN CERTIFICATE-----\n" + lines("MIID" + random_text(k_base64, 252, n), 64) +
                "-----END CERTIFICATE-----\n";
     }},
    {"public SSH key",
     [](std::uint64_t n) {
         return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + random_text(k_base64, 43, n) + " build\n";
     }},
    {"image",
     [](std::uint64_t n) {
         return "<img src=\"data:image/png;base64,iVBORw0KGgo" + random_text(k_base64, 400, n) + "\">\n";
     }},
    {"image in lines",
     [](std::uint64_t n) { return lines("iVBORw0KGgoAAAANSUhEUgAA" + random_text(k_base64, 356, n), 76); }},
    {"placeholder",
     [](std::uint64_t n) {
         constexpr std::string_view k_words[] = {"your-api-key", "<token>",     "${API_TOKEN}", "changeme",
                                                 "xxxxxxxxxxxx", "{{ token }}", "REPLACE_ME",   "..."};
         return fmt::format("api_key = \"{}\"\n", k_words[n % std::size(k_words)]);
     }},
    {"from the environment",
     [](std::uint64_t n) {
         constexpr std::string_view k_words[] = {"process.env.API_KEY", "os.environ[\"API_KEY\"]",
                                                 "env.get('API_KEY')",  "settings.api_key",
                                                 "getSecret(name)",     "config::api_key()"};
         return fmt::format("api_key = {}\n", k_words[n % std::size(k_words)]);
     }},
    {"addresses of documentation",
     [](std::uint64_t n) {
         return fmt::format("see 192.0.2.{} and 2001:db8::{:x}, write to user{}@example.com\n", n % 250,
                            n % 60000, n);
     }},
    {"versions and times",
     [](std::uint64_t n) {
         return fmt::format("v1.{}.{} 17112{:05} 2026-11-28T10:00:{:02}.{:06}Z\n", n % 40, n % 17, n % 99999,
                            n % 60, n % 999999);
     }},
    {"CSS", [](std::uint64_t n) { return fmt::format(".a{{color:#{};top:{}px}}\n", hex(6, n), n % 99); }},
    {"names of code",
     [](std::uint64_t n) {
         constexpr std::string_view k_words[] = {"AbstractAuthenticationTokenProcessingFilterFactoryBean",
                                                 "test_password_reset_token_expires_24h",
                                                 "kSecAttrAccessibleWhenUnlockedThisDeviceOnly",
                                                 "std::unordered_map<std::string_view, Handler>"};
         return fmt::format("{}({})\n", k_words[n % std::size(k_words)], n);
     }},
    {"paths",
     [](std::uint64_t n) {
         return fmt::format("/usr/lib/x86_64-linux-gnu/libfoo-{}.so.{}.{}\n", hex(8, n), n % 9, n % 30);
     }},
};

}  // namespace

std::span<const Negative> hard_negatives() {
    return k_negatives;
}

}  // namespace opentraces::testing
