// A server that is no Hub: endless, slow, enormous, lying. Each ends with a documented error in little time
// and memory, and nothing that it says brings the token back.
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "catch.hpp"
#include "doubles/raw_server.hpp"
#include "opentraces/core/digest.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

std::string token() {
    return std::string("hf") + "_" + "HostileServerEchoes1234";
}

constexpr const char* k_json = "Content-Type: application/json\r\n";
constexpr long k_most_memory_kb = 256L * 1024;

// Answers by the beginning of the path; the longest that fits.
class Server {
public:
    using Handler = std::function<void(RawConnection&, const std::string& head)>;

    void on(const std::string& path, Handler handler) { m_handlers[path] = std::move(handler); }
    void on(const std::string& path, const std::string& status, const std::string& headers,
            const std::string& body) {
        on(path, [=](RawConnection& client, const std::string&) { client.answer(status, headers, body); });
    }
    std::string url() const { return m_server.url(); }
    int asked(const std::string& path) {
        const std::lock_guard guard(m_mutex);
        int count = 0;
        for (const std::string& one : m_paths)
            count += one.starts_with(path) ? 1 : 0;
        return count;
    }

private:
    void serve(RawConnection& client) {
        for (std::string head = client.read_head(); !head.empty(); head = client.read_head()) {
            const std::size_t begin = head.find(' ') + 1;
            const std::string path = head.substr(begin, head.find(' ', begin) - begin);
            {
                const std::lock_guard guard(m_mutex);
                m_paths.push_back(path);
            }
            const Handler* handler = nullptr;
            for (const auto& [start, one] : m_handlers)
                if (path.starts_with(start)) handler = &one;
            if (handler == nullptr) return client.answer("404 Not Found", k_json, "{\"error\":\"no\"}");
            (*handler)(client, head);
        }
    }

    std::map<std::string, Handler> m_handlers;
    std::mutex m_mutex;
    std::vector<std::string> m_paths;
    RawServer m_server{[this](RawConnection& client) { serve(client); }};
};

// Runs one command against the server, with limits that fit a test.
struct Attack {
    Attack() {
        bench.set("HF_ENDPOINT", server.url());
        bench.set("HF_TOKEN", token());
        bench.set("OPENTRACES_NOW", "2026-01-01T00:00:00Z");  // pauses do not wait
        bench.set("OPENTRACES_MAX_ATTEMPTS", "1");
        bench.set("OPENTRACES_REQUEST_TIMEOUT", "1");
        bench.set("OPENTRACES_STALL_TIMEOUT", "1");
        bench.set("OPENTRACES_MIN_SPEED", "1000");
    }

    // Answers the error's message.
    std::string refused(const std::vector<std::string>& arguments, int exit, const std::string& code) {
        const auto begin = std::chrono::steady_clock::now();
        std::vector<std::string> words = arguments;
        words.emplace_back("--json");
        const RunResult run = bench.expect(exit, words);
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
        rusage used{};
        ::getrusage(RUSAGE_CHILDREN, &used);
        CHECK(used.ru_maxrss < k_most_memory_kb);
        CHECK(run.out.find(token()) == std::string::npos);
        CHECK(run.err.find(token()) == std::string::npos);
        const json::Value answer = run.json();
        CHECK(answer["error"]["code"].string_or() == code);
        CHECK_FALSE(answer["error"]["hint"].string_or().empty());
        return std::string(answer["error"]["message"].string_or());
    }
    std::string whoami(int exit, const std::string& code) { return refused({"whoami"}, exit, code); }

    // A dataset with these files in its root, its data and its index, as far as its listings say.
    void dataset(const std::string& root, const std::string& data, const std::string& index) {
        server.on("/api/datasets/eve/traces?", "200 OK", k_json,
                  "{\"id\":\"eve/traces\",\"sha\":\"" + std::string(40, 'a') +
                      "\",\"private\":false,\"gated\":false,\"disabled\":false}");
        server.on(tree(), "200 OK", k_json,
                  "[" + folder_entry("data") + "," + folder_entry("opentraces") + root + "]");
        server.on(tree() + "/data", "200 OK", k_json, "[" + data + "]");
        server.on(tree() + "/opentraces", "200 OK", k_json, "[" + index + "]");
    }
    static std::string tree() { return "/api/datasets/eve/traces/tree/" + std::string(40, 'a'); }
    static std::string folder_entry(const std::string& path) {
        return R"({"type":"directory","path":")" + path + R"(","size":0,"oid":")" + std::string(40, 'b') +
               "\"}";
    }
    static std::string file_entry(const std::string& path, std::uint64_t size,
                                  const std::string& oid = std::string(40, 'c')) {
        return fmt::format(R"({{"type":"file","path":"{}","size":{},"oid":"{}"}})", path, size, oid);
    }
    static std::string shard_path() { return "data/traces_20260131T235959Z_0a1b2c3d.jsonl"; }

    Server server;
    Workbench bench;
};

bool mentions(const std::string& text, const std::string& words) {
    INFO(text);
    return text.find(words) != std::string::npos;
}

// Until the client has gone, or for longer than any test may take.
void drip(RawConnection& client, std::string_view piece) {
    for (int i = 0; i < 200 && client.is_open(); ++i) {
        client.write(piece);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

}  // namespace

TEST_CASE("hostile: a server that drips its answer") {
    Attack attack;
    SECTION("the body") {
        attack.server.on("/api/whoami", [](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n");
            drip(client, std::string(1000, ' '));
        });
    }
    SECTION("the headers") {
        attack.server.on("/api/whoami", [](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 200 OK\r\n");
            drip(client, "X: " + std::string(1000, 'x') + "\r\n");
        });
    }
    SECTION("informational answers") {
        attack.server.on("/api/whoami", [](RawConnection& client, const std::string&) {
            drip(client, "HTTP/1.1 102 Processing\r\nX: " + std::string(1000, 'x') + "\r\n\r\n");
        });
    }
    // Above the minimum speed, so that only the total time ends it.
    CHECK(mentions(attack.whoami(4, "NETWORK_FAILED"), "OPENTRACES_REQUEST_TIMEOUT"));
}

TEST_CASE("hostile: a server that says nothing, or a byte now and then") {
    Attack attack;
    attack.bench.set("OPENTRACES_REQUEST_TIMEOUT", "60");
    attack.server.on("/api/whoami", [](RawConnection& client, const std::string&) {
        client.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        drip(client, " ");
    });
    CHECK(mentions(attack.whoami(4, "NETWORK_FAILED"), "OPENTRACES_STALL_TIMEOUT"));
}

TEST_CASE("hostile: an answer without an end") {
    Attack attack;
    attack.bench.set("OPENTRACES_MAX_ANSWER", "1000000");
    attack.bench.set("OPENTRACES_REQUEST_TIMEOUT", "60");
    const std::string much(100'000, '[');
    SECTION("a body") {
        attack.server.on("/api/whoami", [&](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 200 OK\r\n\r\n");
            for (int i = 0; i < 20'000 && client.is_open(); ++i)
                client.write(much);
        });
        CHECK(mentions(attack.whoami(4, "UNEXPECTED_ANSWER"), "OPENTRACES_MAX_ANSWER"));
    }
    SECTION("headers") {
        attack.server.on("/api/whoami", [&](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 20'000 && client.is_open(); ++i)
                client.write("X: " + std::string(1000, 'x') + "\r\n");
        });
        CHECK(mentions(attack.whoami(4, "UNEXPECTED_ANSWER"), "256 KiB"));
    }
    SECTION("nesting") {
        attack.server.on("/api/whoami", "200 OK", k_json, std::string(900'000, '['));
        CHECK(mentions(attack.whoami(4, "UNEXPECTED_ANSWER"), "not JSON"));
    }
}

TEST_CASE("hostile: redirects") {
    Attack attack;
    SECTION("without an end") {
        std::atomic<int> count{0};
        attack.server.on("/", [&](RawConnection& client, const std::string&) {
            client.answer("307 Temporary Redirect", fmt::format("Location: /{}\r\n", ++count), "");
        });
        CHECK(mentions(attack.whoami(4, "UNEXPECTED_ANSWER"), "OPENTRACES_MAX_REDIRECTS"));
        CHECK(count == 6);
    }
    SECTION("to another server, with what was sent") {
        Server other;
        attack.server.on("/api/whoami", "302 Found",
                         "Location: " + other.url() + "/?token=" + token() + "\r\n", "");
        CHECK(mentions(attack.whoami(4, "UNEXPECTED_ANSWER"), "another server"));
        CHECK(other.asked("/") == 0);
    }
    SECTION("to a file") {
        attack.server.on("/api/whoami", "302 Found", "Location: file:///etc/passwd\r\n", "");
        attack.whoami(4, "UNEXPECTED_ANSWER");
    }
}

TEST_CASE("hostile: lengths and types that are not true") {
    Attack attack;
    SECTION("shorter than announced") {
        attack.server.on("/api/whoami", [](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"name\":\"eve\"}");
            client.close();
        });
        attack.whoami(4, "NETWORK_FAILED");
    }
    SECTION("a length that is none") {
        attack.server.on("/api/whoami", [](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}");
            client.close();
        });
        attack.whoami(4, "NETWORK_FAILED");
    }
    SECTION("a web page") {
        attack.server.on("/api/whoami", "200 OK", "Content-Type: text/html\r\n", "<html>hello</html>");
        CHECK(mentions(attack.whoami(4, "UNEXPECTED_ANSWER"), "a web page"));
    }
    SECTION("a name that is a path") {
        attack.server.on("/api/whoami", "200 OK", k_json, R"({"name":"../../x"})");
        attack.whoami(4, "UNEXPECTED_ANSWER");
    }
}

TEST_CASE("hostile: the token comes back and is shown nowhere") {
    Attack attack;
    const std::string basic = base64("alice:" + token());
    std::string escaped;
    for (const char c : token())
        escaped += fmt::format("%{:02x}", c);
    SECTION("in an error") {
        attack.server.on("/api/whoami", "403 Forbidden", k_json, "{\"error\":\"not for " + token() + "\"}");
        CHECK(mentions(attack.whoami(3, "PERMISSION_DENIED"), "not for [token]"));
    }
    SECTION("in a header") {
        attack.server.on("/api/whoami", "403 Forbidden", "X-Error-Message: no " + token() + "\r\n", "");
        CHECK(mentions(attack.whoami(3, "PERMISSION_DENIED"), "no [token]"));
    }
    SECTION("as the request's id") {
        attack.server.on("/api/whoami", "403 Forbidden", "X-Request-Id: " + token() + "\r\n", "");
        CHECK(mentions(attack.whoami(3, "PERMISSION_DENIED"), "[token]"));
    }
    SECTION("escaped") {
        attack.server.on("/api/whoami", "403 Forbidden", k_json, "{\"error\":\"see " + escaped + "\"}");
        CHECK(mentions(attack.whoami(3, "PERMISSION_DENIED"), "see [token]"));
    }
    SECTION("in base64") {
        attack.server.on("/api/whoami", "403 Forbidden", k_json, "{\"error\":\"Basic " + basic + "\"}");
        CHECK(mentions(attack.whoami(3, "PERMISSION_DENIED"), "Basic [token]"));
    }
    SECTION("while waiting") {
        attack.bench.set("OPENTRACES_MAX_ATTEMPTS", "3");
        attack.server.on("/api/whoami", "429 Too Many Requests", "X-Error-Message: " + token() + "\r\n", "");
        CHECK(mentions(attack.whoami(4, "RATE_LIMITED"), "[token]"));
    }
    SECTION("as the user's name") {
        attack.server.on("/api/whoami", "200 OK", k_json, "{\"name\":\"" + token() + "\"}");
        attack.whoami(4, "UNEXPECTED_ANSWER");
    }
}

TEST_CASE("hostile: listings") {
    Attack attack;
    attack.dataset("", Attack::file_entry(Attack::shard_path(), 10), "");
    const std::vector<std::string> pull{"pull", "eve/traces"};
    SECTION("without an end") {
        attack.bench.set("OPENTRACES_MAX_PAGES", "20");
        std::atomic<int> page{0};
        attack.server.on(Attack::tree() + "/data", [&](RawConnection& client, const std::string&) {
            client.answer("200 OK",
                          fmt::format("Link: <{}/data?cursor={}>; rel=\"next\"\r\n", Attack::tree(), ++page),
                          "[]");
        });
        CHECK(mentions(attack.refused(pull, 4, "UNEXPECTED_ANSWER"), "OPENTRACES_MAX_PAGES"));
        CHECK(page == 20);
    }
    SECTION("too long") {
        attack.bench.set("OPENTRACES_MAX_LISTED", "10");
        std::string entries = Attack::file_entry("data/0", 1);
        for (int i = 1; i < 12; ++i)
            entries += "," + Attack::file_entry(fmt::format("data/{}", i), 1);
        attack.server.on(Attack::tree() + "/data", "200 OK", k_json, "[" + entries + "]");
        CHECK(mentions(attack.refused(pull, 4, "UNEXPECTED_ANSWER"), "OPENTRACES_MAX_LISTED"));
    }
    SECTION("with a name that drives a terminal") {
        attack.server.on(Attack::tree() + "/data", "200 OK", k_json,
                         "[" + Attack::file_entry("data/traces_\\u001b[31m\\n.jsonl", 1) + "]");
        // Not the name of a shard: nothing of this listing is fetched.
        const std::string message = attack.refused(pull, 6, "NOT_FOUND");
        CHECK(message.find('\x1b') == std::string::npos);
        CHECK(message.find('\n') == std::string::npos);
    }
    SECTION("with a name that no file can have") {
        attack.server.on(
            Attack::tree() + "/data", "200 OK", k_json,
            "[" + Attack::file_entry("data/traces_" + std::string(300, 'a') + ".jsonl", 1) + "]");
        CHECK(mentions(attack.refused(pull, 5, "CORRUPT_DATASET"), "too long for a file"));
    }
    SECTION("that go on elsewhere") {
        Server other;
        attack.server.on(Attack::tree() + "/data", "200 OK",
                         "Link: <" + other.url() + "/more>; rel=\"next\"\r\n", "[]");
        CHECK(mentions(attack.refused(pull, 4, "UNEXPECTED_ANSWER"), "another server"));
        CHECK(other.asked("/") == 0);
    }
}

TEST_CASE("hostile: small files that are not small") {
    Attack attack;
    const std::string shard = Attack::file_entry(Attack::shard_path(), 10);
    SECTION("an index of ten gigabytes") {
        attack.dataset("", shard, Attack::file_entry("opentraces/index-00001.jsonl", 10'000'000'000));
        CHECK(mentions(attack.refused({"pull", "eve/traces"}, 5, "CORRUPT_DATASET"), "too large"));
    }
    SECTION("a card of one gigabyte") {
        attack.bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--remote", "eve/traces"});
        attack.dataset("," + Attack::file_entry("README.md", 1'000'000'000), "", "");
        CHECK(mentions(attack.refused({"card", "--check"}, 5, "CORRUPT_DATASET"), "too large"));
    }
    CHECK(attack.server.asked("/datasets/eve/traces/resolve/") == 0);
}

TEST_CASE("hostile: downloads") {
    Attack attack;
    const auto serve = [&](std::uint64_t announced, Server::Handler handler) {
        attack.dataset("", Attack::file_entry(Attack::shard_path(), announced), "");
        attack.server.on("/datasets/eve/traces/resolve/", std::move(handler));
    };
    const std::vector<std::string> pull{"pull", "eve/traces"};
    SECTION("larger than announced") {
        serve(1000, [](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 200 OK\r\n\r\n");
            for (int i = 0; i < 20'000 && client.is_open(); ++i)
                client.write(std::string(100'000, 'x'));
            client.close();
        });
        CHECK(mentions(attack.refused(pull, 4, "SHARD_UNAVAILABLE"), "larger than announced"));
    }
    SECTION("slower than the minimum") {
        serve(1'000'000, [](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            drip(client, "x");
        });
        attack.refused(pull, 4, "SHARD_UNAVAILABLE");
    }
    SECTION("a byte for each connection") {
        serve(1'000'000, [](RawConnection& client, const std::string&) {
            client.write("HTTP/1.1 206 Partial Content\r\nContent-Length: 1000\r\n\r\nx");
            client.close();
        });
        attack.bench.set("OPENTRACES_MAX_ATTEMPTS", "4");
        CHECK(mentions(attack.refused(pull, 4, "SHARD_UNAVAILABLE"), "the connection broke"));
        CHECK(attack.server.asked("/datasets/eve/traces/resolve/") == 4);
    }
    SECTION("other bytes than announced, as a web page") {
        serve(10, [](RawConnection& client, const std::string&) {
            client.answer("200 OK", "Content-Type: text/html\r\n", "<html></h>");
        });
        CHECK(mentions(attack.refused(pull, 4, "SHARD_UNAVAILABLE"), "digest"));
    }
}

TEST_CASE("hostile: addresses that cannot be meant are usage errors before anything is sent") {
    Attack attack;
    for (const std::string& address : {std::string("hub.example"), "http://me:" + token() + "@127.0.0.1:9",
                                       std::string("file:///etc/passwd"), std::string("http://"),
                                       std::string("http://hub.example"), attack.server.url() + "/?x=1"}) {
        INFO(address);
        attack.bench.set("HF_ENDPOINT", address);
        CHECK(mentions(attack.whoami(2, "BAD_OPTION"), "HF_ENDPOINT"));
        attack.refused({"auth", "status"}, 2, "BAD_OPTION");
    }
    attack.bench.set("HF_ENDPOINT", attack.server.url());
    attack.bench.set("http_proxy", "file:///etc/passwd");
    CHECK(mentions(attack.whoami(2, "BAD_OPTION"), "http_proxy"));
    attack.bench.unset("http_proxy");
    attack.bench.set("OPENTRACES_MAX_PAGES", "many");
    CHECK(mentions(attack.whoami(2, "BAD_OPTION"), "OPENTRACES_MAX_PAGES"));
    CHECK(attack.server.asked("/") == 0);
}
