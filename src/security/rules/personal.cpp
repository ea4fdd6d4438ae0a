// What points to a person: addresses and numbers.
#include "security/match/matchers.hpp"

namespace opentraces::security {

std::span<const Rule> personal_rules() {
    static const Rule k_rules[] = {
        {.id = "ssn",
         .description = "US social security number",
         .anchors = "###-##-####",
         .matcher = match_ssn,
         .hits = {"ssn 536-{}22-8145", "(417-{}05-1120)"},
         .misses = {"111-22-3333", "078-05-1120", "000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567",
                    "123-45-0000", "1123-45-6789", "123-45-67890"}},
        {.id = "phone_number",
         .description = "Phone number in a usual notation",
         .severity = Severity::Medium,
         .anchors = "###-####|###.####|) ### ####|+###|+# (|+# #|+#-#|+## |+##-",
         .matcher = match_phone,
         .hits = {"call 415-{}555-0132 now", "(415){} 555-0132", "tel +49 30{} 901820", "+1 415-{}555-0132",
                  "phone: +4915{}112345678", "415.{}555.0132"},
         .misses = {"1711234567", "1711234567890", "120 340 5600", "3.14159265358979", "2024-01-15",
                    "0.415.555.01327", "+1234", "\n+1234567890", "d3b07384-d9a0-4c9b-8f3e-415555013200"}},
        {.id = "email_address",
         .description = "E-mail address",
         .severity = Severity::Medium,
         .anchors = "@",
         .matcher = match_email,
         .hits = {"jane.doe{}@corp.com", "x{}@example.com.evil.org", "<bob+tag{}@mail.co.uk>",
                  "j\xc3\xbcrgen{}@firma.de", "Author: Jane <jane{}@corp.com>", "x{}@notexample.com",
                  "jan{}@firma.pl", "\"email\": \"jane{}@corp.com\""},
         .misses = {"git@github.com:owner/repo", "noreply@corp.com", "a@example.com", "pkg@1.2.3-beta.rc",
                    "a@b.shape", "@app.route", "icon@2x.png", "user@localhost",
                    "1+x@users.noreply.github.com", "main@utils.py", "no-reply+7@corp.com",
                    "x@mail.example.com", "donotreply@corp.com", "x@users.noreply.codeberg.org",
                    "Copyright (c) 2014 Jane Doe <jane@corp.com>", "Author-email: jane@corp.com",
                    "Maintainer: Jane Doe <jane@corp.com>",
                    "\"authors\": [\n{\"name\": \"Jane\",\n\"email\": \"jane@corp.com\"}]"}},
        {.id = "ipv4_address",
         .description = "Public IPv4 address",
         .severity = Severity::Medium,
         .anchors = ".#.|.##.|.###.",
         .matcher = match_ipv4,
         .hits = {"host 151.101{}.64.81 up", "http://93.184{}.216.34:8080/", "93.184{}.216.34."},
         .misses = {"version 1.2.3.4", "1.2.3.4", "http://10.0.0.1:8080", "(10.0.0.1)", "10.0.0.1,",
                    "192.168.1.20", "127.0.0.1", "Chrome/120.0.6099.71", "1.2.3.4.5", "256.100.1.1",
                    "v93.184.216.34", "0.0.0.0", "// 27.4.5.1 constructors", "ping 192.0.2.17",
                    "at 203.0.113.42 up"}},
        {.id = "ipv6_address",
         .description = "Global IPv6 address",
         .severity = Severity::Medium,
         .anchors = "####:|###a:|###b:|###c:|###d:|###e:|###f:|#a##:|#a#a:|#a#b:|#a#c:|#a#d:|#a#e:|#a#f:|#c##"
                    ":|#c#f:|#b##:",
         .matcher = match_ipv6,
         .hits = {"at 2a02:db8{}::1 now", "2a02:0db8:85a3{}::8a2e:0370:7334",
                  "[2a00:1450{}:4001:0:0:0:0:200e]:443"},
         .misses = {"a::b", "fd::close", "dec::x", "12:34:56", "fe80::1", "::1", "2024:01:15",
                    "at 2001:db8::1 now", "std::vector"}},
    };
    return k_rules;
}

}  // namespace opentraces::security
