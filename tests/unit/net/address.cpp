#include "opentraces/net/address.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "opentraces/net/curl_transport.hpp"

using namespace opentraces;
using namespace opentraces::net;
using testing::error_from;

TEST_CASE("addresses: what can be meant is taken") {
    for (const std::string address :
         {"https://huggingface.co", "http://127.0.0.1:8080/hub", "https://[::1]:8443",
          "HTTPS://Hub.Example/a_b~c", "http://localhost"}) {
        INFO(address);
        CHECK_NOTHROW(check_address(address, "HF_ENDPOINT", "https://huggingface.co"));
    }
}

TEST_CASE("addresses: what cannot is a usage error that does not repeat it") {
    const std::string word = "hunter2hunter2";
    for (const std::string& address : std::vector<std::string>{"hub.example/" + word,
                                                               "file:///etc/" + word,
                                                               "ftp://hub.example/" + word,
                                                               "https://" + word + "@hub",
                                                               "https://me:" + word + "@hub.example",
                                                               "https://",
                                                               "https:///" + word,
                                                               "https://hub:0/" + word,
                                                               "https://hub:99999/" + word,
                                                               "https://hub:port/" + word,
                                                               "https://hub example/" + word,
                                                               "https://hub\n.example/" + word,
                                                               "https://hub\x01/" + word,
                                                               "https://hub.example/?" + word,
                                                               "https://hub.example/#" + word,
                                                               "https://[::1/" + word,
                                                               "https://h\xC3\xBC"
                                                               "b/" +
                                                                   word,
                                                               "//" + word,
                                                               "https://hub%2e/" + word,
                                                               "https:\\\\hub\\" + word}) {
        INFO(address);
        const Error error =
            error_from([&] { check_address(address, "HF_ENDPOINT", "https://huggingface.co"); });
        CHECK(error.code() == ErrorCode::BadOption);
        CHECK(error.message().starts_with("HF_ENDPOINT "));
        CHECK(error.hint().find("https://huggingface.co") != std::string::npos);
        CHECK(std::string(error.what()).find(word) == std::string::npos);
        CHECK(error.hint().find(word) == std::string::npos);
    }
}

TEST_CASE("addresses: plain http may carry a token to this machine only, unless that is allowed") {
    Environment environment;
    for (const std::string address : {"https://hub.example", "http://127.0.0.1:80", "http://127.9.9.9",
                                      "http://[::1]:80", "http://localhost:1", "http://a.localhost"}) {
        INFO(address);
        CHECK_NOTHROW(check_may_carry_secrets(address, "HF_ENDPOINT", environment));
    }
    for (const std::string address :
         {"http://hub.example", "http://127.0.0.1.example.org", "http://localhost.example.org",
          "http://10.0.0.1", "http://[2001:db8::1]", "http://notlocalhost"}) {
        INFO(address);
        CHECK(error_from([&] { check_may_carry_secrets(address, "HF_ENDPOINT", environment); }).code() ==
              ErrorCode::BadOption);
    }
    environment.variables["OPENTRACES_ALLOW_HTTP"] = "1";
    CHECK_NOTHROW(check_may_carry_secrets("http://hub.example", "HF_ENDPOINT", environment));
}

TEST_CASE("addresses: proxies") {
    for (const std::string proxy :
         {"proxy:3128", "http://proxy:3128", "socks5h://me:secret@proxy", "10.0.0.1:1"}) {
        INFO(proxy);
        CHECK(is_proxy_address(proxy));
    }
    for (const std::string proxy :
         {"file:///x", "http://", "proxy:port", "a b", "http://proxy\r\nx", "gopher://p"}) {
        INFO(proxy);
        CHECK_FALSE(is_proxy_address(proxy));
        Environment environment;
        environment.variables["https_proxy"] = proxy;
        const Error error = error_from([&] { curl_options(environment, "test"); });
        CHECK(error.code() == ErrorCode::BadOption);
        CHECK(error.message().find("https_proxy") != std::string::npos);
    }
}
