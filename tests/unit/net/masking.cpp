#include "opentraces/net/masking.hpp"

#include "catch.hpp"
#include "doubles/scripted_transport.hpp"
#include "opentraces/core/digest.hpp"

using namespace opentraces;
using namespace opentraces::net;

namespace {

std::string token() {
    return std::string("hf") + "_" + "AbCdEfGhIjKlMnOpQr";
}

std::string escaped(const std::string& text, const char* form) {
    std::string out;
    for (const char c : text) {
        char buffer[16];
        std::snprintf(buffer, sizeof buffer, form, static_cast<unsigned>(c));
        out += buffer;
    }
    return out;
}

}  // namespace

TEST_CASE("mask: a secret goes in every form that a server can give it") {
    const Mask mask({token()});
    for (const std::string& form : {token(), escaped(token(), "%%%02X"), escaped(token(), "%%25%02x"),
                                    escaped(token(), "\\u%04x"), "hf%5F" + token().substr(3)}) {
        INFO(form);
        CHECK(mask.finds(form));
        CHECK(mask.masked("a " + form + " b " + form + ".") == "a [token] b [token].");
    }
    for (const std::string user : {"", "u", "us", "use", "alice"}) {
        const std::string basic = base64(user + ":" + token());
        INFO(basic);
        CHECK(mask.masked("Basic " + basic + " x") == "Basic [token] x");
        std::string url_safe = basic;
        for (char& c : url_safe)
            c = c == '+' ? '-' : c == '/' ? '_' : c;
        CHECK(mask.masked(url_safe) == "[token]");
    }
}

TEST_CASE("mask: everything else stays") {
    const Mask mask({token(), "", "short"});
    for (const std::string text : {"", "hf_", "short", "50% of hf_AbCd", "\\u00e9 \\ %zz %4", "Zm9v", "\\"}) {
        CHECK(mask.masked(text) == text);
    }
    CHECK_FALSE(Mask({}).finds(token()));
}

TEST_CASE("mask: answers are masked before anybody reads them, content is not") {
    testing::ScriptedTransport inner;
    MaskingTransport transport(inner, {token()});
    inner.expect("GET", "/x", 403, "{\"error\":\"" + token() + "\"}",
                 {{"x-error-message", "no " + token()}, {"location", "/y?t=" + token()}});
    Request request;
    request.url = "https://hub.example/x";
    const Response refused = transport.send(request);
    CHECK(refused.body == "{\"error\":\"[token]\"}");
    CHECK(refused.header("x-error-message") == "no [token]");
    CHECK(refused.header("location") == "/y?t=[token]");

    std::string content;
    request.sink = [&](std::string_view bytes) { content += bytes; };
    inner.expect("GET", "/x", 200, token());
    transport.send(request);
    CHECK(content == token());

    inner.expect("GET", "/x", [](const Request&) -> Response {
        throw TransportError(TransportFailure::Broken, "cut " + token(), true);
    });
    try {
        transport.send(request);
        FAIL("no failure");
    } catch (const TransportError& error) {
        CHECK(std::string(error.what()) == "cut [token]");
        CHECK(error.request_may_have_arrived());
    }
}
