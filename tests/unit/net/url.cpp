#include "opentraces/net/url.hpp"

#include "catch.hpp"

using namespace opentraces::net;

TEST_CASE("an origin is scheme, host and port") {
    CHECK(origin_of("https://Hub.Example/a/b?c") == "https://hub.example:443");
    CHECK(origin_of("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
    CHECK(origin_of("http://user:secret@host/") == "http://host:80");
    CHECK(origin_of("http://[::1]/x") == "http://[::1]:80");
    CHECK(origin_of("http://[::1]:81/x") == "http://[::1]:81");
    CHECK(origin_of("https://host?x=http://other") == "https://host:443");
    CHECK(origin_of("/relative").empty());
    CHECK(origin_of("ftp://host/").empty());
    CHECK(origin_of("https://").empty());
}

TEST_CASE("redirect targets are resolved") {
    CHECK(resolve_location("https://h/a/b?c=1", "/d?e") == "https://h/d?e");
    CHECK(resolve_location("https://h/a/b?c=1", "d") == "https://h/a/d");
    CHECK(resolve_location("https://h", "d") == "https://h/d");
    CHECK(resolve_location("https://h/a", "//other/x") == "https://other/x");
    CHECK(resolve_location("https://h/a", "http://other/x") == "http://other/x");
    CHECK(resolve_location("https://h/a", "file:///etc/passwd") == "file:///etc/passwd");
    CHECK(resolve_location("https://h/a/b", "c?d=e://f") == "https://h/a/c?d=e://f");
}

TEST_CASE("paths are escaped") {
    CHECK(percent_encode("refs/pr/1", false) == "refs%2Fpr%2F1");
    CHECK(percent_encode("data/a b#?.jsonl", true) == "data/a%20b%23%3F.jsonl");
}

TEST_CASE("a server's words are short, printable, and without signed queries") {
    CHECK(server_words(" see https://s3.example/x?X-Amz-Signature=abc now ") ==
          "see https://s3.example/x?… now");
    CHECK(server_words("why? because") == "why? because");
    CHECK(server_words(std::string(1000, 'a')).size() == 300 + 3);
    CHECK(server_words("two\nlines") == "two lines");
}
